"""The heavy-hexagon lattice: that of the 127-qubit devices, and every beginning of it."""

import numpy as np
import pytest

from builders.core.names import Size
from builders.physics.heavy_hex import HeavyHex

LATTICE = HeavyHex()


def test_it_is_the_coupling_map_of_the_127_qubit_devices() -> None:
    pytest.importorskip("qiskit_ibm_runtime")
    from builders.solvers.devices.backends import load

    for name in ("fake_sherbrooke", "fake_brisbane"):
        device = {tuple(sorted(edge)) for edge in load(name).coupling_map}
        assert {tuple(edge) for edge in LATTICE.edges(Size(127)).tolist()} == device
    assert len(device) == 144


@pytest.mark.parametrize("n", [2, 3, 14, 15, 19, 36, 65, 113, 127])
def test_every_beginning_is_connected_with_at_most_three_neighbours(n: int) -> None:
    size = Size(n)
    edges, steps = LATTICE.edges(size), LATTICE.distances(size)
    assert (edges[:, 0] < edges[:, 1]).all()
    assert np.bincount(edges.ravel(), minlength=n).max() <= 3
    assert np.array_equal(steps, steps.T)
    assert np.array_equal(np.argwhere(np.triu(steps == 1)), edges)
    assert (steps[~np.eye(n, dtype=bool)] > 0).all()


def test_edges_are_one_step_long_where_they_are_drawn() -> None:
    at = LATTICE.positions(Size(127))
    a, b = LATTICE.edges(Size(127)).T
    assert np.array_equal(np.abs(at[a] - at[b]).sum(axis=1), np.ones(144))
    assert len(np.unique(at, axis=0)) == 127
    # A cell has twelve qubits: 0 … 4, 15, 22 … 18, 14. Opposite ones are six steps apart.
    steps = LATTICE.distances(Size(127))
    cell = [0, 1, 2, 3, 4, 15, 22, 21, 20, 19, 18, 14]
    assert [int(steps[cell[k], cell[(k + 6) % 12]]) for k in range(12)] == [6] * 12
