"""The names under which a board answers.

A page of a stranger can make its own name mean 127.0.0.1 (DNS rebinding), and a browser then takes
a board on a laptop for part of that page. The name that the browser asks for gives it away.
"""

import ipaddress
import os
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

VARIABLE = "QSLBENCH_BOARD_HOSTS"
ANY = "*"
# A number in brackets or a name, and a port. Nothing else may follow: what one program takes for a
# port can be a password to another, as in `localhost:80@evil.example`.
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::[0-9]{0,5})?", re.ASCII)


@dataclass(frozen=True)
class Hosts:
    """Names that are answered beside addresses in numbers, `localhost` and this machine's own.

    Attributes:
        names: in lower case; `*` stands for every one.
    """

    names: frozenset[str] = frozenset()

    @staticmethod
    def of(names: Iterable[str]) -> "Hosts":
        """These names, as people write them."""
        return Hosts(frozenset(name.strip().lower().rstrip(".") for name in names if name.strip()))

    @staticmethod
    def from_environment() -> "Hosts":
        """What `to_environment` wrote."""
        return Hosts.of(os.environ.get(VARIABLE, "").split(","))

    def to_environment(self) -> dict[str, str]:
        """Variable → value."""
        return {VARIABLE: ",".join(sorted(self.names))}

    def answers(self, header: str) -> bool:
        """Whether a request with that `Host` is answered.

        >>> hosts = Hosts.of(["board.example.org"])
        >>> [hosts.answers(h) for h in ("Board.example.org:8501", "[::1]:80", "evil.example")]
        [True, True, False]
        """
        name = host_of(header)
        if name is None:
            return False
        return ANY in self.names or name in self.names or _is_number(name) or name in _own()


def host_of(header: str) -> str | None:
    """The name in a `Host` header, without its port; None where it is no name with a port."""
    found = _HOST.fullmatch(header.strip().lower())
    return None if found is None else found[1] or found[2].rstrip(".")


def _is_number(name: str) -> bool:
    # A number is resolved by nobody, so that no stranger can lend it.
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@cache
def _own() -> frozenset[str]:
    return frozenset({"localhost", socket.gethostname().lower()})
