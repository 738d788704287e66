"""The families, one a file, found by file name; each file defines `FAMILY`."""

from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from builders.core import discovery
from builders.core.errors import RequestError, UnknownError
from builders.core.names import parse_config
from builders.core.own_files import OwnFile
from builders.physics.declaration import check_declaration
from builders.physics.family import Family
from builders.physics.hamiltonian_family import HamiltonianFamily, need_hamiltonian

CHAIN_SIZES = ("8", "10", "12", "16", "25", "31", "48", "63", "100", "127", "256", "512", "1024")


class MadeBy(NamedTuple):
    """The file of a family that is none of ours.

    Attributes:
        file: its name.
        sha256: hash of its bytes.
    """

    file: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.file}, SHA-256 {self.sha256}"


_expected: dict[str, tuple[MadeBy, Path, Path]] = {}


def names() -> list[str]:
    """Names of all families."""
    return discovery.names(__name__)


def load(name: str) -> Family:
    """The family of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one. Or a plug-in that is broken
            or declared wrongly.
    """
    try:
        family: Family = discovery.find(
            __name__, name, "FAMILY", _check, kind="family", base=lambda: Family, made=True
        )
    except UnknownError:
        if name in _expected:
            raise RequestError(_missing(name)) from None
        _refuse_config(name)
        raise
    return family


def _refuse_config(name: str) -> None:
    """Say what is meant where a config's name stands for its family."""
    try:
        said = parse_config(name)
    except RequestError:
        return
    if said.family in names():
        raise RequestError(
            f"{name!r} is a config: its family is {said.family} and its size {said.size}. Give "
            f"{said.family}, and --size {said.size} where a size is asked for."
        ) from None


def named(text: str) -> str:
    """The name of what a command was given: a name, or the path of a file with a family.

    Raises:
        RequestError: no such file, no Python, or the name of another family.
    """
    return discovery.named(__name__, text, kind="family")


def source(name: str) -> OwnFile | None:
    """The file of a family of somebody's own; None of ours."""
    return discovery.source(__name__, name)


def at_work(name: str) -> AbstractContextManager[None]:
    """Inside, an error in the file of somebody's own family is refused with file and line."""
    return discovery.refused_faults(__name__, name, running=True)


def expect(name: str, made_by: MadeBy, where: Path, beside: Path) -> None:
    """Remember of a data set which file its family is, for the refusal where that is not here.

    Args:
        name: of the family.
        made_by: the file.
        where: the manifest that says so.
        beside: where the data set holds the file, if it is whole.
    """
    _expected[name] = (made_by, where, beside)


def check_source(name: str, made_by: MadeBy | None, where: str) -> None:
    """Refuse rows whose family is another file than the one here.

    Args:
        name: of the family.
        made_by: the file that made the rows; None for a family of ours.
        where: the rows.

    Raises:
        RequestError: names both files with their hashes.
    """
    if made_by is None or name not in names():
        return
    here = source(name)
    if here is None or here.sha256 != made_by.sha256:
        other = "this package has one of its own" if here is None else f"{here.path} is another one"
        raise RequestError(
            f"{where}: its rows were made by {made_by}, and {other}"
            f"{'' if here is None else f', SHA-256 {here.sha256}'}. Give the one that made them, "
            "or build the rows anew."
        )


def _missing(name: str) -> str:
    made_by, where, beside = _expected[name]
    file = beside if beside.is_file() else made_by.file
    return (
        f"{where}: family {name} is none of this package, but of the file {made_by}. Read {file}, "
        f"which is run when it is given, and give it: `qslbench --plugin {file} COMMAND …`, or in "
        f'Python qslbench.plug_in("{file}").'
    )


@cache
def _check(name: str, family: Family) -> None:
    if not isinstance(family, Family):
        raise TypeError(f"`FAMILY` is {family!r}, an instance of a Family is needed")
    if family.name != name:
        raise ValueError(f"family {family.name} stands in {name}.py: name both alike")
    check_declaration(family)


def solvable(name: str) -> HamiltonianFamily:
    """The family of that name, whose parameters fix a Hamiltonian.

    Raises:
        RequestError: unknown name, or its parameters fix none.
    """
    return need_hamiltonian(load(name))
