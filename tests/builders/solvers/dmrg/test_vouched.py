"""How far energies of one sector can be off, and which starts count as having found its state."""

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch

from builders.core.names import Size
from builders.families.xxz_1d import FAMILY as XXZ
from builders.physics.hamiltonian import Sector
from builders.physics.label_error import LabelError
from builders.solvers.dmrg.targets import Targets
from builders.solvers.dmrg.vouched import Run, Search
from builders.solvers.dmrg.warm_starts import other_starts


class Levels:
    """Two levels 0.1 apart."""

    energies = torch.tensor([-10.0, -9.9], dtype=torch.float64)


def run(*, drop: float, slope: float, foreseen: bool) -> Run:
    none, moved = np.zeros((2, 2)), LabelError(np.inf, np.inf)
    levels = cast(Targets, Levels())
    return Run(levels, 64, -10.0, 1e-4, drop, slope, foreseen, none, none[0], moved)


def test_the_first_bond_says_nothing_of_how_far_the_energy_is_off() -> None:
    assert run(drop=np.inf, slope=np.inf, foreseen=False).room == np.inf


def test_a_drop_that_was_not_expected_is_what_may_still_come() -> None:
    stuck = run(drop=1.5, slope=1e2, foreseen=False)
    assert stuck.energy_error == pytest.approx(1e-3)  # variance / gap
    assert stuck.room == 1.5


def test_energies_are_extrapolated_in_the_variance() -> None:
    """E = E₀ + 0.2 v: 2e-5 is missing, and half more is allowed for; never more than v / gap."""
    assert run(drop=3e-3, slope=0.2, foreseen=True).room == pytest.approx(3e-5)
    assert run(drop=3e-3, slope=50.0, foreseen=True).room == pytest.approx(1e-3)
    assert run(drop=3e-4, slope=np.inf, foreseen=True).room == pytest.approx(3e-4)


def test_labels_are_vouched_for_by_the_last_drop_and_not_by_its_extrapolation() -> None:
    """The two lowest levels may be mixed as long as the energy falls by more than .001 of a gap."""
    told = replace(run(drop=3e-4, slope=0.2, foreseen=True), moved=LabelError(1e-5, 1e-5))
    assert told.room < 1e-3 * told.gap < told.energy_error
    assert not told.label_error.allowed


def test_another_start_agrees_at_a_smaller_bond() -> None:
    told: list[str] = []
    size = Size(10)
    h = XXZ.hamiltonian(size, XXZ.typical(size))
    search = Search(h, Sector("magnetization", 0), 128, say=told.append)
    while search.run.bond < 128:
        search.grow()
    assert [line.rsplit(" ", 1)[1] for line in told] == ["32", "64", "128"]
    search.confirm()
    assert [line.rsplit(" ", 1)[1] for line in told[3:]] == ["32", "64"]
    assert told[0].startswith("sum Z = 0: energy -1")


def test_other_starts_are_those_of_the_sector() -> None:
    sector = Sector("magnetization", 0)
    found = other_starts("bond_alternating_xxz_1d", Size(8), sector)
    assert len(found) > 1
    assert {state.qubit.sector for state in found} == {sector}
    assert other_starts("bond_alternating_xxz_1d", Size(8), Sector("magnetization", 2)) == []
    assert other_starts("xxz_1d", Size(8), sector) == []
