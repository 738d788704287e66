"""Names of sizes, configs and repositories: `5x5`, `heisenberg_2d_05x05`, `ORG/NAME`.

A config is FAMILY_SIZE or FAMILY_SIZE-CHANNEL. SIZE is a letter and a number (n sites, d distance
of a code, v vertices of a graph) or ROWSxCOLUMNS; a code that is measured for other rounds than its
distance has them behind it, as d05r10. CHANNEL names the noise that its record went through.
"""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from builders.core.errors import RequestError

_SIZE = re.compile(r"[+-]?\d{1,9}|\d{1,9}x\d{1,9}")
_ROUNDS = re.compile(r"([+-]?\d{1,9})r(\d{1,9})")
CODE = "d"
# One spelling a config: digits are padded, and more are taken only where they are needed.
_DIGITS = {"n": 3, "d": 2, "v": 3}
_CONFIG = re.compile(
    r"(?P<family>[a-z][a-z0-9_]*?)_"
    r"(?:(?P<letter>[ndv])(?P<number>\d{2,9})(?:r(?P<rounds>\d{2,9}))?"
    r"|(?P<rows>\d\d|[1-9]\d\d+)x(?P<cols>\d\d|[1-9]\d\d+))"
    r"(?:-(?P<channel>[a-z][a-z0-9_.]*))?"
)

PRIVATE = "-private"
"""Behind the name of a data set folder: the folder of its hidden labels."""

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, order=True)
class Size:
    """A chain of `sites`, or a lattice of `rows` by `columns` (then sites = rows · columns).

    `letter` says what the number counts, as `builders.physics.geometry` has it: n sites, d the
    distance of a code, v vertices of a graph. `rounds` are those for which a code is measured, 0
    where they are as many as its distance.
    """

    sites: int
    rows: int | None = None
    columns: int | None = None
    letter: str = "n"
    rounds: int = 0

    @staticmethod
    def parse(text: str | int, letter: str = "n") -> "Size":
        """Read `48` or `5x5`; of a code `5` or `5r10`, distance and rounds.

        Raises:
            RequestError: anything else, sizes below 2 sites, and no rounds.
        """
        given = str(text).strip()
        parts = _ROUNDS.fullmatch(given) if letter == CODE else None
        if parts is not None:
            return Size.parse(parts[1], letter)._measured(int(parts[2]))
        if not _SIZE.fullmatch(given):
            raise RequestError(
                f"size {given!r} is not a size. Give an integer such as 48, "
                "or rows x columns such as 5x5."
            )
        if "x" in given:
            rows, columns = (int(part) for part in given.split("x"))
            size = Size(rows * columns, rows, columns)
        else:
            size = Size(int(given), letter=letter)
        if size.sites < 2 and letter == CODE:
            raise RequestError(f"distance {given} is too small: odd distances from 3 are allowed.")
        if size.sites < 2:
            raise RequestError(f"size {given} has too few sites. The smallest system has 2.")
        return size

    def _measured(self, rounds: int) -> "Size":
        """The code measured for so many rounds."""
        if rounds < 1:
            raise RequestError(f"size {self}r{rounds}: a code is measured for 1 round or more.")
        return replace(self, rounds=0 if rounds == self.sites else rounds)

    @property
    def is_chain(self) -> bool:
        """Whether the size is a plain number of sites."""
        return self.rows is None

    def __str__(self) -> str:
        if not self.is_chain:
            return f"{self.rows}x{self.columns}"
        return f"{self.sites}r{self.rounds}" if self.rounds else str(self.sites)

    @property
    def suffix(self) -> str:
        """The part of a config name after the family: `n048`, `05x05`, `d05r10`, `v016`."""
        if not self.is_chain:
            return f"{self.rows:02d}x{self.columns:02d}"
        measured = f"r{self.rounds:02d}" if self.rounds else ""
        return f"{self.letter}{self.sites:0{_DIGITS[self.letter]}d}{measured}"


class ConfigName(NamedTuple):
    """What a config's name says.

    Attributes:
        family: name of the family.
        size: system size.
        channel: noise channel of its record; "" for none.
    """

    family: str
    size: Size
    channel: str = ""

    def __str__(self) -> str:
        return config_name(*self)


def config_name(family: str, size: Size, channel: str = "") -> str:
    """`("heisenberg_1d", Size(48))` → `heisenberg_1d_n048`."""
    return f"{family}_{size.suffix}" + (f"-{channel}" if channel else "")


def parse_config(config: str) -> ConfigName:
    """Inverse of `config_name`.

    Raises:
        RequestError: the text is not a config name.
    """
    match = _CONFIG.fullmatch(config)
    if match is not None:
        if match["letter"]:
            rounds = f"r{int(match['rounds'])}" if match["rounds"] else ""
            number = match["number"].lstrip("0") or "0"
            size = Size.parse(f"{number}{rounds}", match["letter"])
        else:
            size = Size.parse(f"{int(match['rows'])}x{int(match['cols'])}")
        parsed = ConfigName(match["family"], size, match["channel"] or "")
        if str(parsed) == config:
            return parsed
    raise RequestError(
        f"config {config!r} is not a config name. Write FAMILY_nNNN such as tfim_1d_n048, "
        "FAMILY_RRxCC such as heisenberg_2d_05x05, FAMILY_dNN or FAMILY_vNNN."
    )


def is_repo(text: str) -> bool:
    """Whether a text has the form ORG/NAME of an id on the Hub."""
    return (
        _REPO.fullmatch(text) is not None
        and len(text) <= 96
        and not any(pair in text for pair in ("--", ".."))
        and not text.endswith((".git", "-", "."))
    )


def check_repo(text: str) -> None:
    """Refuse what cannot be the id of a repository on the Hub.

    Raises:
        RequestError: such a text.
    """
    if not is_repo(text):
        raise RequestError(
            f"repository {text!r}: give ORG/NAME of letters, digits, '.', '-' and '_', up to 96, "
            "without '--' or '..'."
        )
