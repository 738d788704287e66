"""Couplings as edge lists and matrices are those of the Hamiltonian."""

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.couplings import couplings


def drawn(family: str, size: Size, rows: int = 3) -> np.ndarray:
    home = families.load(family)
    rngs = [np.random.default_rng(k) for k in range(rows)]
    return np.stack([home.flatten(home.draw_rows(size, rng, shifted=False)[0]) for rng in rngs])


def test_those_of_a_chain() -> None:
    size, rows = Size(5), drawn("tfim_1d", Size(5))
    found = couplings("tfim_1d_n005", rows)
    assert list(found) == ["ZZ", "X"]
    assert found["ZZ"].sites.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert np.array_equal(found["ZZ"].weights, -rows[:, :4])  # H = - J ZZ - h X
    dense = found["ZZ"].dense()
    assert np.array_equal(dense, dense.transpose(0, 2, 1))
    assert np.array_equal(dense[:, range(4), range(1, 5)], -rows[:, :4])
    assert np.count_nonzero(dense[0]) == 8
    assert np.array_equal(found["X"].dense(), -np.ones((3, size.sites)))
    assert couplings("tfim_1d_n005", rows[0])["ZZ"].weights.shape == (1, 4)
    with pytest.raises(RequestError, match="unknown kind of string 'YY'"):
        found["YY"]


def test_long_bonds_that_a_row_lacks_are_zero() -> None:
    size = Size(8)
    family, rows = families.load("heisenberg_1d"), drawn("heisenberg_1d", size, 4)
    dense = couplings("heisenberg_1d_n008", rows)["XX"].dense()
    for matrix, row in zip(dense, rows, strict=True):
        assert np.array_equal(matrix, family.unflatten(size, row)["J"])
    assert (dense == 0).sum() > 4 * 8


def test_those_of_graphs_quenches_and_three_sites() -> None:
    size = Size(6, letter="v")
    rows = drawn("qaoa_maxcut", size)
    weights = families.load("qaoa_maxcut").unflatten(size, rows[1])["w"]
    assert np.array_equal(couplings("qaoa_maxcut_v006", rows)["w"].dense()[1], weights)
    assert set(couplings("quench_tfim_1d_n004", drawn("quench_tfim_1d", Size(4)))) == {"ZZ", "X"}
    three = couplings("cluster_ising_1d_n006", drawn("cluster_ising_1d", Size(6)))["ZXZ"]
    assert three.sites.shape == (4, 3)
    with pytest.raises(RequestError, match="strings of 3 sites are no matrix"):
        three.dense()
