"""Single precision, forgotten operators and rows solved again: what they must leave as it was."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from builders import families
from builders.core.names import Size
from builders.solvers.dmrg.blocks import centred
from builders.solvers.dmrg.mpo import DONE
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.warm_starts import _warm_start, warm_start, warm_starts
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.mps import measure
from builders.solvers.mps.mps import orthonormal
from tests.builders.small_states import drawn


@pytest.mark.parametrize("family", ["heisenberg_1d", "xxz_1d"])
def test_single_precision_moves_labels_by_no_more_than_it_says(family: str) -> None:
    size = Size(24)
    spec = families.load(family)
    rng = np.random.default_rng(3)
    hamiltonians = [spec.hamiltonian(size, spec.draw(size, rng)) for _ in range(3)]
    settings = replace(spec.solver_settings(size), tolerance=1e-3)
    assert settings.single
    single = solve_warm(family, size, hamiltonians, settings=settings)
    double = solve_warm(family, size, hamiltonians, settings=replace(settings, single=False))
    assert single.energy == pytest.approx(double.energy, rel=1e-9)
    ours, theirs = single.labels(), double.labels()
    for name in ours:
        assert ours[name] == pytest.approx(theirs[name], abs=1e-5), name
        assert not np.array_equal(ours[name], theirs[name])  # it was another precision
    ((_, state),) = single.groups
    for site in state.sites[1:]:
        for block in site.values():
            one = torch.eye(block.shape[1], dtype=torch.float64).expand(len(block), -1, -1)
            assert torch.allclose(block @ block.mT, one, atol=1e-12, rtol=0.0)


def test_the_newton_schulz_step_squares_the_deviation() -> None:
    (h, _, _) = drawn("xxz_1d", 10, 1)
    ((_, state),) = solve_warm("xxz_1d", Size(10), [h]).groups
    rng = torch.Generator().manual_seed(0)
    shaken = replace(
        state,
        sites=[
            {q: b + 1e-5 * torch.randn(b.shape, generator=rng, dtype=b.dtype) for q, b in s.items()}
            for s in state.sites
        ],
    )
    for site in orthonormal(shaken).sites[1:]:
        for q, block in site.items():
            off = block @ block.mT - torch.eye(block.shape[1], dtype=block.dtype)
            # (3/4) of the square of a deviation of 1e-5 √columns in each of the elements.
            assert off.abs().max() < 20 * 1e-10 * block.shape[2], q


def test_a_part_is_shifted_by_a_multiple_of_the_identity() -> None:
    rng = torch.Generator().manual_seed(1)
    part = {(c, q): torch.randn((2, 3, 4, 4), generator=rng) for c in (0, 2) for q in (0, 2)}
    before = {key: ops.clone() for key, ops in part.items()}
    after = centred(part, DONE)
    shift = after[0, 0][:, DONE] - before[0, 0][:, DONE]
    number = shift[:, 0, 0]
    for q in (0, 2):
        moved = after[0, q][:, DONE] - before[0, q][:, DONE]
        assert torch.allclose(moved, number[:, None, None] * torch.eye(4), atol=1e-6)
        assert torch.equal(after[2, q], before[2, q])
        assert torch.equal(after[0, q][:, 2], before[0, q][:, 2])
    mean = torch.cat([after[0, q][:, DONE].diagonal(dim1=1, dim2=2) for q in (0, 2)], 1).mean(1)
    assert torch.allclose(mean, torch.zeros(2), atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["tfim_1d", "cluster_ising_1d"])
def test_operators_left_behind_change_no_correlation(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = Size(64 if family == "tfim_1d" else 32)
    spec = families.load(family)
    rng = np.random.default_rng(8)
    hamiltonians = [spec.hamiltonian(size, spec.draw(size, rng)) for _ in range(2)]
    batch = solve_warm(family, size, hamiltonians)
    counted: list[int] = []
    real = measure._faded

    def faded(open_: dict[int, torch.Tensor]) -> int:
        counted.append(real(open_))
        return counted[-1]

    monkeypatch.setattr(measure, "_faded", faded)
    found = batch.labels()["correlation"]
    monkeypatch.setattr(measure, "_faded", lambda _: 0)
    assert found == pytest.approx(batch.labels()["correlation"], abs=1e-9)
    assert family != "tfim_1d" or sum(counted) > 0


@pytest.mark.parametrize(("multiplets", "part"), [(True, 0.3), (False, 1.0)])
def test_rows_solved_again_stay_in_their_places(multiplets: bool, part: float) -> None:
    cases = [drawn("heisenberg_1d", 12, seed) for seed in range(4)]
    size, hamiltonians = Size(12), [h for h, _, _ in cases]
    settings = families.load("heisenberg_1d").solver_settings(size)
    poor = replace(settings, bond=8, multiplets=multiplets)
    first = solve_warm("heisenberg_1d", size, hamiltonians, settings=poor, again_above=np.inf)
    limit = float(np.sort(first.relative_variance)[1:3].mean())  # the two worst are above it
    again = solve_warm("heisenberg_1d", size, hamiltonians, settings=poor, again_above=limit / part)
    worse = first.relative_variance > limit
    assert worse.sum() == 2
    assert np.array_equal(again.energy[~worse], first.energy[~worse])
    assert (again.relative_variance[worse] < first.relative_variance[worse]).all()
    for row, (h, sector, _) in enumerate(cases):
        exact = exact_ground_state(h, sector).energy
        assert exact * (1 + 1e-9) <= again.energy[row] <= exact * (1 - 1e-3)
        assert sum(row in rows for rows, _ in again.groups) == 1


def test_a_pilot_is_kept_however_it_is_asked_for() -> None:
    spec, size = families.load("tfim_1d"), Size(10)
    first = warm_start("tfim_1d", size)
    (sector,) = spec.sector(size).choices()
    assert warm_start("tfim_1d", size, 0, sector) is first
    assert warm_start("tfim_1d", size, 0, sector, spec.solver_settings(size).bond) is first
    assert warm_start("tfim_1d", size, bond=4).bond() == 4


@pytest.mark.parametrize("family", ["heisenberg_1d", "xxz_1d_attractive"])
def test_rows_start_from_pilots_that_were_solved_before(family: str) -> None:
    """What times rows without their warm starts relies on it."""
    spec, size = families.load(family), Size(6)
    before = warm_starts(family, size)
    solved = _warm_start.cache_info().misses
    h = spec.hamiltonian(size, spec.draw(size, np.random.default_rng(0)))
    solve_warm(family, size, [h])
    assert _warm_start.cache_info().misses == solved
    assert all(
        warm_starts(family, size)[sector][0] is first for sector, (first, *_) in before.items()
    )
