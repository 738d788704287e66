"""The families, one a file, found by file name; each file defines `FAMILY`."""

from functools import cache

from builders.core import discovery
from builders.core.errors import RequestError, UnknownError
from builders.core.names import parse_config
from builders.physics.declaration import check_declaration
from builders.physics.family import Family
from builders.physics.hamiltonian_family import HamiltonianFamily, need_hamiltonian

CHAIN_SIZES = ("8", "10", "12", "16", "25", "31", "48", "63", "100", "127", "256", "512", "1024")


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
        family: Family = discovery.find(__name__, name, "FAMILY", _check, kind="family")
    except UnknownError:
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
