"""States in any gauge made right-canonical, and states of different sizes in one batch."""

import numpy as np
import pytest
import torch

from builders.core.errors import WorkError
from builders.physics.hamiltonian import Sector
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.mps.canonical import Parts, right_canonical, stacked
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, product_mps
from tests.builders.small_states import drawn

N = 7
SECTOR = Sector("magnetization", 1)


def state(bond: int, seed: int = 0) -> Mps:
    h, sector, _ = drawn("xxz_1d", N, seed)
    assert sector == SECTOR
    start = product_mps(Qubit.of(sector), N)
    return dmrg(build_mpo([h], sector), start, (HalfSweeps(6, 2, bond),))[0]


def in_random_gauge(mps: Mps, seed: int) -> list[Parts]:
    """The same state with G⁻¹ G put into every bond, block by block."""
    rng = np.random.default_rng(seed)
    gauge = [
        {
            q: torch.from_numpy(np.eye(d) + 0.3 * rng.standard_normal((d, d)))
            for q, d in dims.items()
        }
        for dims in mps.dims[1:-1]
    ]
    ends = [{q: torch.eye(1, dtype=torch.float64) for q in mps.dims[i]} for i in (0, -1)]
    gauge = [ends[0], *gauge, ends[1]]
    return [
        {
            (q, s): torch.linalg.inv(gauge[i][q])
            @ a[0]
            @ gauge[i + 1][mps.qubit.add(q, mps.qubit.charges(i)[s])]
            for (q, s), a in mps.parts(i).items()
        }
        for i in range(mps.n_sites)
    ]


def overlap(a: Mps, b: Mps) -> float:
    """⟨a|b⟩ of the first rows."""
    walk = {0: torch.ones((1, 1), dtype=torch.float64)}
    for i in range(a.n_sites):
        new: dict[int, torch.Tensor] = {}
        ours, theirs = a.parts(i), b.parts(i)
        for (q, s), bra in ours.items():
            if (q, s) in theirs and q in walk:
                charge = a.qubit.add(q, a.qubit.charges(i)[s])
                term = bra[0].mT @ walk[q] @ theirs[q, s][0]
                new[charge] = new[charge] + term if charge in new else term
        walk = new
    return float(walk[a.qubit.total])


def test_a_random_gauge_is_undone() -> None:
    truth = state(6)
    found = right_canonical(in_random_gauge(truth, 1), SECTOR)
    assert abs(overlap(found, truth)) == pytest.approx(1.0, abs=1e-12)
    assert found.dims[0] == {0: 1}
    assert found.dims[-1] == {SECTOR.value: 1}
    for i, site in enumerate(found.sites):
        for q, block in site.items():
            a = block[0]
            assert a.shape[0] == found.dims[i][q]
            # Rounding, times the condition of the gauge.
            assert torch.allclose(a @ a.mT, torch.eye(len(a), dtype=a.dtype), atol=1e-12)


def test_blocks_that_no_path_leads_to_are_dropped() -> None:
    truth = state(6)
    sites = in_random_gauge(truth, 1)
    sites[3][41, 0] = torch.ones((2, 3), dtype=torch.float64)  # no charge 41 on three sites
    sites[3][3, 0] = torch.ones((1, 2), dtype=torch.float64)  # leads to 4, from where nothing goes
    assert 4 not in {q for q, _ in sites[4]}
    found = right_canonical(sites, SECTOR)
    assert 41 not in found.dims[3]
    assert abs(overlap(found, truth)) == pytest.approx(1.0, abs=1e-12)


def test_another_norm_is_refused() -> None:
    sites = in_random_gauge(state(6), 1)
    scaled = [{key: a * 1.1 for key, a in sites[0].items()}, *sites[1:]]
    with pytest.raises(WorkError, match=r"norm 1\.1"):
        right_canonical(scaled, SECTOR)
    with pytest.raises(WorkError, match="norm 0"):
        right_canonical([{}, *sites[1:]], SECTOR)


def test_stacked_rows_have_the_labels_and_shots_that_they_have_apart() -> None:
    states = [state(3), state(6, 1), state(12, 2)]
    assert len({s.bond() for s in states}) == 3
    numbers = np.zeros(3)
    apart = Batch(tuple(((k,), s) for k, s in enumerate(states)), *[numbers] * 4)
    together = Batch((((0, 1, 2), stacked(states)),), numbers, numbers, numbers, numbers)
    labels = apart.labels()
    for name, values in together.labels().items():
        assert values == pytest.approx(labels[name], abs=1e-13), name
    # Probabilities differ in the last bits alone, which moves none of these outcomes.
    shots = [b.sample(200, np.random.default_rng(5).spawn(3)) for b in (apart, together)]
    assert np.array_equal(*shots)
