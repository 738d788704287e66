"""Pairs, the curve in distance, targets and what a site sees."""

from dataclasses import replace

import numpy as np
import pytest

from baselines.contract.targets import Target
from baselines.inputs.curve import distance_curve
from baselines.inputs.features import SiteWindow, channels
from baselines.inputs.pairs import Pairs
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from leaderboard import tasks
from tests.baselines.cells import place


def test_pairs_of_a_matrix_by_hand() -> None:
    pairs = Pairs.of(tasks.load("correlation"), place(4))
    assert pairs.sites.tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    assert pairs.distance.tolist() == [1, 2, 3, 1, 2, 1]
    assert pairs.edge.tolist() == [0, 0, 0, 1, 0, 0]


def test_pairs_of_a_vector_by_hand() -> None:
    pairs = Pairs.of(tasks.load("renyi2"), place(4))
    assert pairs.sites.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert pairs.edge.tolist() == [0, 1, 0]


@pytest.mark.parametrize("task", ["correlation", "renyi2"])
def test_read_undoes_write(task: str) -> None:
    pairs = Pairs.of(tasks.load(task), place(5))
    values = np.random.default_rng(0).normal(size=(3, len(pairs.sites)))
    flat = pairs.write(values)
    assert flat.shape == (3, tasks.load(task).length(Size(5)))
    assert np.array_equal(pairs.read(flat), values)


def test_pairs_of_a_lattice_by_hand() -> None:
    """Sites 0 1 / 2 3: the diagonal pairs are two steps apart."""
    pairs = Pairs.of(tasks.load("correlation"), place("2x2"))
    assert pairs.distance.tolist() == [1, 1, 2, 2, 1, 1]


def test_pairs_refuse_scalars() -> None:
    task = tasks.load("correlation")
    with pytest.raises(RequestError, match="Choose another baseline"):
        Pairs.of(replace(task, shape=lambda _: ()), place(9))


def test_curve_keeps_exact_means() -> None:
    """Rows without scatter have no noise: nothing is smoothed away."""
    pairs = Pairs.of(tasks.load("correlation"), place(20))
    by_distance = np.random.default_rng(0).normal(size=20)
    values = np.tile(by_distance[pairs.distance], (4, 1))
    np.testing.assert_allclose(distance_curve(pairs, values), values[0], atol=1e-12)


def test_curve_smooths_noise_on_a_power_law() -> None:
    pairs = Pairs.of(tasks.load("correlation"), place(40))
    rng = np.random.default_rng(0)
    truth = (-1.0) ** pairs.distance / pairs.distance
    values = truth + rng.normal(size=(20, len(truth)))
    groups = np.bincount(pairs.distance)
    pooled = np.bincount(pairs.distance, weights=values.mean(axis=0))[1:] / groups[1:]
    error = np.mean((distance_curve(pairs, values) - truth) ** 2)
    # 8 fitted numbers instead of 39: a fifth of the variance if all misfit is seen as noise.
    assert error < 0.5 * np.mean((pooled[pairs.distance - 1] - truth) ** 2)


def test_curve_of_one_row_is_its_pooled_mean() -> None:
    pairs = Pairs.of(tasks.load("correlation"), place(3))
    assert distance_curve(pairs, np.array([[1.0, 5.0, 2.0]])).tolist() == [1.5, 5.0, 1.5]


def test_target_of_entropies_is_the_purity() -> None:
    target = Target(tasks.load("renyi2"))
    shots = np.full((1, 9, 3), 4, dtype=np.uint8)
    # All shots Z0 Z0: the pair terms are 81·(81 − 9), the site terms twice 9·(81 − 9).
    assert target.estimate(shots)[0, 0] == pytest.approx(0.25 * (1 + 99 * 72 / 72))
    np.testing.assert_allclose(target.to_label(np.array([[0.25, 0.5, 0.1]])), [[2.0, 1.0, 2.0]])


def test_target_of_correlations_is_the_label() -> None:
    target = Target(tasks.load("correlation"))
    shots = np.random.default_rng(0).integers(0, 6, (2, 7, 4), dtype=np.uint8)
    expected = tasks.load("correlation").estimate(shots)
    assert np.array_equal(target.to_label(target.estimate(shots)), expected)


def test_channels_of_couplings_by_range() -> None:
    family, size = families.load("heisenberg_1d"), Size(5)
    coupling = np.array([[10.0 * min(i, j) + max(i, j) for j in range(5)] for i in range(5)])
    np.fill_diagonal(coupling, 0.0)
    found = channels(family, size, family.flatten({"J": coupling})[None])
    assert [c[0].tolist() for c in found.local] == [
        [1.0, 12.0, 23.0, 34.0],
        [2.0, 13.0, 24.0],
        [3.0, 14.0],
        [4.0],
    ]
    assert found.shared.tolist() == [[17.5, 34.0, 13.0, 24.0, 8.5, 14.0, 4.0, 4.0]]


def test_window_by_hand() -> None:
    """J of bonds with training mean 0 and spread 1; constant h gives no feature."""
    family, size = families.load("tfim_1d"), Size(3)
    rows = np.array([[1.0, -1.0, 1, 1, 1], [-1.0, 1.0, 1, 1, 1]])
    found = channels(family, size, rows)
    right, left = SiteWindow(found, half_width=1, decay=0.5).views(found)
    root = np.float32(0.5**0.5)  # a bond beside the site is half a step away
    # Site 1 to the right: the bond behind (J0), the one ahead (J1), one past the end.
    np.testing.assert_allclose(right[0, 1, :3], [root, -root, 0.0], rtol=1e-6)
    # To the left the same bonds change places.
    np.testing.assert_allclose(left[0, 1, :3], [-root, root, 0.0], rtol=1e-6)
    # The last site has J1 behind it and nothing ahead.
    np.testing.assert_allclose(right[0, 2, :3], [-root, 0.0, 0.0], rtol=1e-6)
    # 3 bonds, 6 numbers on the two ends; mean and maximum do not vary over these rows.
    assert right.shape == (2, 3, 9)


def test_views_of_the_mirror_image() -> None:
    family, size = families.load("heisenberg_1d"), Size(7)
    rng = np.random.default_rng(0)
    drawn = [family.draw(size, rng)["J"] for _ in range(4)]
    flat, mirrored = (
        channels(family, size, np.stack([family.flatten({"J": j}) for j in rows]))
        for rows in (drawn, [j[::-1, ::-1] for j in drawn])
    )
    window = SiteWindow(flat)
    (right, left), (right_m, left_m) = window.views(flat), window.views(mirrored)
    np.testing.assert_allclose(right_m, left[:, ::-1], atol=1e-5)
    np.testing.assert_allclose(left_m, right[:, ::-1], atol=1e-5)
