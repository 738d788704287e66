"""Helpers of the family contract: sizes a family takes, and parameters from a seed."""

from collections.abc import Sequence

import numpy as np

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.geometry import Graph
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.parameters import Parameters

SIZES = ("2", "3", "8", "10", "32", "48", "2x2", "3x4")


def sizes(family: Family, most: int = 48) -> list[Size]:
    """The sizes of SIZES that the family takes, up to `most` sites; its own ones where it takes
    no two of these.
    """
    found = _taken(family, SIZES, most)
    return found if len(found) > 1 else _taken(family, family.sizes, most)


def _taken(family: Family, texts: Sequence[str], most: int) -> list[Size]:
    found = []
    for text in texts:
        try:
            size = family.geometry.parse(text)
            family.check_size(size)
        except RequestError:
            continue
        found += [size] if size.sites <= most else []
    return found


def small(family: Family) -> Size:
    """A size of four sites, or the smallest one; of graphs one at which rows differ."""
    if isinstance(family.geometry, Graph):
        return family.geometry.parse("8")
    return Size(4) if chain(family) else min(sizes(family))


def draw(family: Family, size: Size, seed: int = 0) -> Parameters:
    """Parameters drawn from this seed."""
    return family.draw(size, np.random.default_rng(seed))


def solvable() -> list[str]:
    """Names of the families that have Hamiltonians to solve."""
    return [n for n in families.names() if isinstance(families.load(n), HamiltonianFamily)]


def chains() -> list[str]:
    """Names of the families of chains that have Hamiltonians to solve."""
    return [n for n in solvable() if chain(families.load(n))]


def chain(family: Family) -> bool:
    """Whether the family lives on a chain."""
    return Size(10) in sizes(family)
