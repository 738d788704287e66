"""`solve` on random hard Hamiltonians, against Kronecker products: right or refused."""

import numpy as np
import pytest

from builders import families, solve
from builders.core.errors import RequestError, WorkError
from builders.physics.hamiltonian import Sector
from builders.physics.sectors import distinct_sectors, sectors_of
from tests.builders.building.hard_instances import FAMILIES, Oracle, instance, same

FEW = len(FAMILIES)
MANY, MANY_BY_DMRG = 300, 50
PART = 50  # instances a test


def verdict(number: int, solver: str, largest: int) -> str:
    """`right`, `refused`, or how a result is wrong."""
    one = instance(number, largest)
    family = families.solvable(one.family)
    try:
        found = solve(one.family, one.size, one.parameters, solver=solver)
    except (RequestError, WorkError):
        return "refused"
    h = family.hamiltonian(one.size, family.check(one.size, one.parameters))
    every = sectors_of(family.sector(one.size), one.size.sites)
    oracle = Oracle(h, every[0].kind)
    assert isinstance(found.sector, Sector)
    meant = oracle.reference(found.sector)
    lowest = oracle.lowest(distinct_sectors(h, every))
    if found.energy > lowest + 2.0 * same(h):
        return f"energy {found.energy} above {lowest}"
    off = float(np.abs(found.correlation() - meant.correlation).max())
    entropy = float(np.abs(found.renyi2() - meant.renyi2).max())
    if off > 5e-4 or entropy > 1e-3:
        return f"labels off by {off:.1e}, {entropy:.1e}, gap {meant.gap:.1e}"
    if found.label_error.correlation < off - 1e-7:
        return f"correlation off by {off:.1e}, said {found.label_error.correlation:.1e}"
    return "right"


def wrong(numbers: range, solver: str, largest: int) -> tuple[dict[int, str], int]:
    verdicts = {k: verdict(k, solver, largest) for k in numbers}
    refused = sum(v == "refused" for v in verdicts.values())
    return {k: v for k, v in verdicts.items() if v not in ("right", "refused")}, refused


@pytest.mark.parametrize("solver", ["auto", "dmrg"])
def test_a_few_small_hard_instances(solver: str) -> None:
    bad, refused = wrong(range(FEW), solver, 6)
    assert bad == {}
    assert refused <= FEW // 3


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, MANY, PART))
def test_auto_is_right_or_refuses(first: int) -> None:
    bad, refused = wrong(range(first, first + PART), "auto", 14)
    assert bad == {}
    assert refused <= PART // 10


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, MANY_BY_DMRG, PART))
def test_dmrg_is_right_or_refuses(first: int) -> None:
    bad, refused = wrong(range(first, first + PART), "dmrg", 9)
    assert bad == {}
    assert refused <= PART // 5
