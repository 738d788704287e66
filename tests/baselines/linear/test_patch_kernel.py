"""The kernel between states made of patches: what it is a kernel of, and what it is learnt with."""

import numpy as np
import pytest
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.inputs.patch_states import patch_strings, patches, weights
from baselines.linear.patch_kernel import PatchKernel
from baselines.models.local_shadow_kernel import Model
from builders.core.errors import RequestError
from builders.shadows.estimators import shadow_renyi2
from tests.baselines.cells import make_cell, place, telling_cell, with_shots

Floats = NDArray[np.float64]


def sites_of(size: int | str, width: int) -> NDArray[np.int64]:
    config = place(size)
    return patches(config.family, config.size, width)


def product_shots(bloch: Floats, shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Random-Pauli shots of product states with Bloch vectors float64 (R, N, 3)."""
    rows, sites, _ = bloch.shape
    basis = rng.integers(0, 3, (rows, shots, sites))
    mean = np.take_along_axis(bloch[:, None], basis[..., None], axis=3)[..., 0]
    return (2 * basis + (rng.random(basis.shape) > (1.0 + mean) / 2.0)).astype(np.uint8)


def test_patches_are_windows_of_a_chain_and_paths_of_a_lattice() -> None:
    assert sites_of(5, 1).tolist() == [[0], [1], [2], [3], [4]]
    assert sites_of(5, 2).tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert sites_of(5, 3).tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    # 2 · 3 · 2 bonds; paths of a square lattice have any two of a site's bonds: Σ z (z − 1)/2 with
    # four corners of 2 bonds, four edges of 3 and a middle of 4.
    assert len(sites_of("3x3", 2)) == 12
    assert len(sites_of("3x3", 3)) == 4 * 1 + 4 * 3 + 6


def test_strings_are_those_of_the_shot() -> None:
    """One shot Z₊ X₋ of two sites: X counts −3, Z 3, ZX −9, all else 0."""
    found = patch_strings(np.array([[[4, 1]]], dtype=np.uint8), np.array([[0, 1]]))[0, 0]
    wanted = np.zeros((4, 4))
    wanted[0, 0], wanted[3, 0], wanted[0, 1], wanted[3, 1] = 1.0, 3.0, -3.0, -9.0
    np.testing.assert_array_equal(found.reshape(4, 4), wanted)
    assert weights(2).reshape(4, 4)[3].tolist() == [1, 2, 2, 2]


@pytest.mark.parametrize("width", [1, 2, 3])
def test_kernel_is_the_double_sum_over_snapshots(width: int) -> None:
    """2^w · 1/TT' Σ_tt' Π_i tr σ_i σ'_i, the traces 5, −4 and ½ of `shadow_kernel_svm`."""
    rng = np.random.default_rng(0)
    left, right = rng.integers(0, 6, (2, 3, 7, 5), dtype=np.uint8)
    same_basis = left[:, None, :, None] // 2 == right[None, :, None] // 2
    same = left[:, None, :, None] == right[None, :, None]
    trace = np.where(same, 5.0, np.where(same_basis, -4.0, 0.5))  # (R, S, T, T', N)
    sites = sites_of(5, width)
    wanted = 2.0**width * trace[..., sites].prod(axis=-1).mean(axis=(2, 3, 4))
    np.testing.assert_allclose(PatchKernel(sites, 1.0, False)(left, right), wanted, rtol=1e-5)


@pytest.mark.parametrize("shared", [False, True])
def test_kernel_of_product_states_is_a_product(shared: bool) -> None:
    """k → mean over patches of Π_i (1 + λ r_i·r'_i) for many shots."""
    rng = np.random.default_rng(1)
    bloch = rng.normal(size=(4, 6, 3))
    bloch *= 0.8 / np.linalg.norm(bloch, axis=2, keepdims=True)
    sites, decay = sites_of(6, 2), 1.0 / 3.0
    first, second = sites.T
    overlap = 1.0 + decay * np.einsum("ria,sjb,ab->rsij", bloch, bloch, np.eye(3))
    if shared:
        pairs = overlap[:, :, first][..., first] * overlap[:, :, second][..., second]
        wanted = pairs.mean(axis=(2, 3))
    else:
        wanted = (overlap[:, :, first, first] * overlap[:, :, second, second]).mean(axis=2)
    kernel = PatchKernel(sites, decay, shared)
    found = kernel(*(product_shots(bloch, 20000, rng) for _ in range(2)))
    # A pair string has the standard error 3/√M = .02, a kernel of 5 patches of 16 less than that.
    np.testing.assert_allclose(found, wanted, atol=0.03)
    assert np.ptp(wanted) > 0.1


@pytest.mark.parametrize("shared", [False, True])
def test_kernel_is_positive_semidefinite_and_symmetric(shared: bool) -> None:
    shots = np.random.default_rng(2).integers(0, 6, (12, 9, 7), dtype=np.uint8)
    gram = PatchKernel(sites_of(7, 3), 1.0 / 3.0, shared)(shots, shots)
    np.testing.assert_allclose(gram, gram.T, rtol=1e-5)
    assert np.linalg.eigvalsh(gram).min() > -1e-5 * np.linalg.norm(gram)


def error(cell: Cell, exact: Floats) -> float:
    found = Model().fit(cell).predict(cell.rows)
    return float(np.sqrt(np.mean((found - exact) ** 2)))


def test_labels_of_states_that_shots_tell_apart_are_learnt() -> None:
    """Product states of one ⟨Z⟩ a row: S₂ of a pair is −2 log₂ ((1 + ⟨Z⟩²)/2).

    Three quarters of the variance are explained, and other rows tell more of a pair than the shots
    of its own row do by themselves.
    """
    cell = telling_cell("renyi2", n=30, shots=128)
    z = np.random.default_rng(1)
    _, tested = (z.permutation(np.linspace(0.0, 1.0, count)) for count in (30, 40))
    exact = np.broadcast_to(-2.0 * np.log2((1.0 + tested[:, None] ** 2) / 2.0), (40, 7))
    found = error(cell, exact)
    assert found < 0.5 * float(exact.std())
    assert found < float(np.sqrt(np.mean((shadow_renyi2(cell.rows.shots) - exact) ** 2)))


def test_uniform_tokens_teach_nothing() -> None:
    """Labels are made of the other half of the shots, so that their noise is not learnt.

    Of the noise of a row, √(3/32) = .3, the mean over 30 rows is left, .06.
    """
    cell = make_cell(size=6, n=30, shots=32, test=40)
    assert error(cell, np.eye(6).reshape(1, 36)) < 0.1


def test_phases_are_told() -> None:
    cell = telling_cell("phase", n=40, shots=128, family="tfim_1d_critical")
    tested = np.random.default_rng(1)
    tested.permutation(40)
    wanted = tested.permutation(np.linspace(0.0, 1.0, 40)) > 0.5
    classes = np.array(cell.family.label("phase").classes)[wanted.astype(int)]
    assert np.mean(Model().fit(cell).predict(cell.rows) == classes) >= 0.9


def test_shots_in_any_order_give_the_same_answer() -> None:
    cell = telling_cell("correlation", n=24, shots=32)
    model = Model().fit(cell)
    assert model.chosen is not None
    turned = cell.rows.with_shots(cell.rows.shots[:, ::-1])
    np.testing.assert_allclose(model.predict(turned), model.predict(cell.rows), atol=1e-5)


def test_too_few_shots_for_two_halves_leave_the_mean() -> None:
    cell = make_cell(shots=3)
    found = Model().fit(cell).predict(cell.rows)
    np.testing.assert_allclose(found, np.tile(cell.labels.mean(axis=0), (5, 1)), atol=1e-6)


def test_too_many_rows_are_refused() -> None:
    cell = make_cell(size=2, n=2501, shots=2, test=1)
    with pytest.raises(RequestError, match="at most 2500 rows"):
        Model().fit(with_shots(cell, cell.shots))
