"""Protocols, one a file, found by file name; each file defines `PROTOCOL`."""

from typing import TYPE_CHECKING

from builders.core import discovery

if TYPE_CHECKING:
    from baselines.contract.protocol import Protocol


def names() -> list[str]:
    """Names of all protocols."""
    return discovery.names(__name__)


def load(name: str) -> "Protocol":
    """The protocol of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one. Or a broken plug-in.
    """
    protocol: Protocol = discovery.find(__name__, name, "PROTOCOL", _check, kind="protocol")
    return protocol


def _check(name: str, protocol: "Protocol") -> None:
    from baselines.contract.protocol import Protocol

    if not isinstance(protocol, Protocol):
        raise TypeError(f"`PROTOCOL` of {name} is {protocol!r}, a Protocol(…) is needed")
