"""Schmidt weights of cuts and of the blocks of a tree against the amplitudes of the state."""

import numpy as np
import pytest
import torch

from builders.core.errors import RequestError
from builders.physics.hamiltonian import Sector
from builders.solvers.exact.partition_weights import partition_weights
from builders.solvers.mps.canonical import right_canonical
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.measure import block_entropies, densities
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.random_start import random_mps
from builders.solvers.mps.schmidt import SchmidtForm, renyi2, schmidt_form, von_neumann
from builders.solvers.mps.tree_blocks import tree_weights

SECTORS = [
    Sector("none"),
    Sector("magnetization", 0),
    Sector("parity", 1),
    Sector("parity_z", -1),
    Sector("sublattice_parity", 1),
    Sector("spin", 2),
]
# Weights left out are below 1e-12 each, and there are fewer than a hundred.
TOLERANCE = 4e-9


def amplitudes(form: SchmidtForm) -> np.ndarray:
    vector = form.sites[0]
    for site in form.sites[1:]:
        vector = np.tensordot(vector, site, axes=1)
    return vector.reshape(-1)


@pytest.mark.parametrize("sector", SECTORS, ids=lambda s: s.kind)
@pytest.mark.parametrize("window", [2, 3])
def test_cuts_and_blocks_have_the_weights_of_the_amplitudes(sector: Sector, window: int) -> None:
    form = schmidt_form(random_mps(Qubit.of(sector), 10, seed=3))
    vector = amplitudes(form)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-12)
    for k in range(1, 10):
        exact = partition_weights(vector, range(k))
        assert von_neumann(form.weights[k]) == pytest.approx(von_neumann(exact), abs=TOLERANCE)
    scales = tree_weights(form, window)
    assert [len(scale) for scale in scales] == ([10, 5, 3, 2] if window == 2 else [10, 4, 2])
    for scale, blocks in enumerate(scales):
        for number, weights in enumerate(blocks):
            start = number * window**scale
            exact = partition_weights(vector, range(start, min(start + window**scale, 10)))
            assert von_neumann(weights) == pytest.approx(von_neumann(exact), abs=TOLERANCE)
            assert renyi2(weights) == pytest.approx(renyi2(exact), abs=TOLERANCE)


def test_complex_states_and_rows_of_a_batch() -> None:
    rng = np.random.default_rng(1)
    sites = []
    for i in range(8):
        left, right = min(2**i, 2 ** (8 - i), 6), min(2 ** (i + 1), 2 ** (7 - i), 6)
        shape = (2, left, right)
        sites.append(
            {
                (0, s): torch.from_numpy(rng.normal(size=shape) + 1j * rng.normal(size=shape))
                for s in (0, 1)
            }
        )
    state = right_canonical(sites, Sector("none"), any_norm=True)
    norm = torch.stack([b.abs().square().sum((1, 2)) for b in state.sites[0].values()]).sum(0)
    first = {q: b / norm.sqrt()[:, None, None] for q, b in state.sites[0].items()}
    state = Mps(state.qubit, state.dims, [first, *state.sites[1:]])
    labels = block_entropies(densities(state)).numpy()
    for row in (0, 1):
        form = schmidt_form(state, row)
        ours = [renyi2(weights) for weights in form.weights[1:-1]]
        assert np.abs(ours - labels[row]).max() < TOLERANCE
        exact = partition_weights(amplitudes(form), [2, 3])
        assert von_neumann(tree_weights(form, 2)[1][1]) == pytest.approx(
            von_neumann(exact), abs=TOLERANCE
        )


def test_entropies_of_known_weights() -> None:
    assert von_neumann(np.full(8, 1 / 8)) == renyi2(np.full(8, 1 / 8)) == 3.0
    assert von_neumann(np.array([1.0, 0.0, -1e-17])) == 0.0
    assert renyi2(np.array([3.0, 1.0])) == pytest.approx(-np.log2(10 / 16))


def test_ghz_product_and_sorted_partitions() -> None:
    ghz = np.zeros(2**6)
    ghz[[0, -1]] = np.sqrt(0.5)
    for part in ([0], [1, 4], [0, 2, 4]):
        assert von_neumann(partition_weights(ghz, part)) == pytest.approx(1.0, abs=1e-12)
    # Three Bell pairs (0, 1), (2, 3), (4, 5): odd against even cuts all, halves cut one.
    pair = np.array([1.0, 0.0, 0.0, 1.0]) / np.sqrt(2)
    pairs = np.kron(np.kron(pair, pair), pair)
    assert von_neumann(partition_weights(pairs, [0, 2, 4])) == pytest.approx(3.0, abs=1e-12)
    assert von_neumann(partition_weights(pairs, [0, 1, 2])) == pytest.approx(1.0, abs=1e-12)
    assert von_neumann(partition_weights(pairs, [0, 1])) == pytest.approx(0.0, abs=1e-12)


def test_sites_that_make_no_partition_or_no_tree_are_refused() -> None:
    for part in ([], [0, 0], [4], range(4)):
        with pytest.raises(RequestError, match=r"give 1 to 3 different sites of 0\.\.3"):
            partition_weights(np.full(16, 0.25), part)
    form = schmidt_form(random_mps(Qubit.of(Sector("none")), 5))
    with pytest.raises(RequestError, match="5 qubits in sites of 2 under windows of 2"):
        tree_weights(form, 2, qubits=2)


def test_blocks_past_memory_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builders.solvers.mps.tree_blocks.LARGEST", 20)
    form = schmidt_form(random_mps(Qubit.of(Sector("none")), 8))
    with pytest.raises(RequestError, match="at most 20 are held"):
        tree_weights(form, 2)
