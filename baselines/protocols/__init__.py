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
        RequestError: unknown name; the message holds the nearest one.
    """
    protocol: Protocol = discovery.load(__name__, name, kind="protocol").PROTOCOL
    return protocol
