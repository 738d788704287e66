"""Largest cuts against plain enumeration and HiGHS; best angles and the form that is kept."""

from itertools import product

import numpy as np
import pytest

from builders.solvers.graphs.best_angles import best_angles
from builders.solvers.graphs.cuts import cut_of, cut_values, sides_of
from builders.solvers.graphs.expected_cut import expected_cut
from builders.solvers.graphs.fixed_angles import DEPTHS, fixed_angles
from builders.solvers.graphs.maximum_cut import by_programming, by_trial, maximum_cuts
from builders.solvers.graphs.random_graphs import (
    bipartite_regular,
    gaussian_couplings,
    independent_edges,
    is_connected,
    regular,
)
from builders.solvers.graphs.symmetries import canonical

KINDS = {
    "regular": lambda rng: regular(8, 3, rng),
    "independent": lambda rng: independent_edges(7, 0.5, rng),
    "normal": lambda rng: gaussian_couplings(7, rng),
}


def some(kind: str, count: int = 3) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.stack([KINDS[kind](rng) for _ in range(count)])


@pytest.mark.parametrize("kind", KINDS)
def test_values_and_numbers_of_cuts_are_those_of_plain_sums(kind: str) -> None:
    weights = some(kind, 1)
    vertices = weights.shape[1]
    values = [
        sum(weights[0, i, j] for i in range(vertices) for j in range(i) if side[i] != side[j])
        for side in product((0, 1), repeat=vertices)
        if side[-1] == 0
    ]
    assert cut_values(weights)[0] == pytest.approx(values)
    sides = sides_of(np.arange(len(values)), vertices)
    every = np.repeat(weights, len(values), axis=0)
    assert cut_of(every, sides.astype(bool)) == pytest.approx(values)
    largest = maximum_cuts(weights)
    assert largest.value[0] == pytest.approx(max(values))
    assert np.array_equal(largest.sides[0], sides[int(np.argmax(np.round(values, 9)))])


@pytest.mark.parametrize(("kind", "vertices"), [("regular", 18), ("normal", 10)])
def test_highs_proves_what_trying_all_cuts_finds(kind: str, vertices: int) -> None:
    rng = np.random.default_rng(4)
    weights = regular(vertices, 3, rng) if kind == "regular" else gaussian_couplings(vertices, rng)
    cuts = np.stack([by_trial(weights), by_programming(weights)]).astype(bool)
    tried, proven = cut_of(np.stack([weights, weights]), cuts)
    assert tried == pytest.approx(proven)
    assert tried == pytest.approx(cut_values(weights[None]).max())


@pytest.mark.slow
def test_largest_cuts_of_twenty_vertices_are_those_of_all_cuts() -> None:
    rng = np.random.default_rng(5)
    for weights in (regular(20, 3, rng), gaussian_couplings(20, rng), regular(40, 3, rng)):
        if len(weights) == 20:
            assert maximum_cuts(weights[None]).value[0] == pytest.approx(
                cut_values(weights[None]).max()
            )
        else:
            assert 50 <= maximum_cuts(weights[None]).value[0] <= 58


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", DEPTHS)
def test_the_kept_form_says_the_same_and_is_one_of_all_images(kind: str, depth: int) -> None:
    weights, rng = some(kind), np.random.default_rng(depth)
    angles = rng.uniform(-9.0, 9.0, (3, 2 * depth))
    kept = canonical(weights, angles)
    value = expected_cut(weights, angles).value
    # Angles of up to 9 lose a digit in products with cuts.
    assert expected_cut(weights, kept).value == pytest.approx(value, abs=1e-11)
    assert canonical(weights, kept) == pytest.approx(kept, abs=1e-12)
    turned = angles + np.r_[np.zeros(depth), rng.integers(-2, 3, depth) * np.pi / 2]
    assert canonical(weights, turned) == pytest.approx(kept, abs=1e-12)
    assert canonical(weights, -angles) == pytest.approx(kept, abs=1e-12)
    if kind != "normal":
        turned = angles + np.r_[2.0 * np.pi * rng.integers(-2, 3, depth), np.zeros(depth)]
        assert canonical(weights, turned) == pytest.approx(kept, abs=1e-12)
    if kind == "regular":
        # Half a period of the last γ turns the sign of the last β alone.
        turned = angles.copy()
        turned[:, depth - 1] += np.pi
        turned[:, -1] *= -1.0
        assert canonical(weights, turned) == pytest.approx(kept, abs=1e-12)
    assert (np.abs(kept[:, depth:]) <= np.pi / 4 + 1e-12).all()
    assert (kept[:, 0] >= 0).all()


@pytest.fixture(scope="module")
def best() -> dict:
    found = {}
    for kind in KINDS:
        weights = some(kind, 4)
        rngs = [np.random.default_rng(k) for k in range(4)]
        found[kind] = weights, best_angles(weights, DEPTHS, rngs)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_best_angles_are_stationary_and_grow_with_depth(kind: str, best: dict) -> None:
    weights, found = best[kind]
    largest = maximum_cuts(weights).value
    below = weights.sum(axis=(1, 2)) / 4
    for depth, one in zip(DEPTHS, found, strict=True):
        assert one.slope.max() < 1e-8
        assert one.value == pytest.approx(expected_cut(weights, one.angles).value)
        assert (one.value >= expected_cut(weights, fixed_angles(weights, depth)).value).all()
        assert (one.value > below).all()
        assert (one.value < largest).all()
        below = one.value


@pytest.mark.parametrize("kind", KINDS)
def test_best_angles_do_not_depend_on_numbers_of_vertices(kind: str, best: dict) -> None:
    weights, found = best[kind]
    order = np.random.default_rng(7).permutation(weights.shape[1])
    moved = weights[:, order][:, :, order]
    again = best_angles(moved, (1, 2), [np.random.default_rng(k) for k in range(4)])
    for one, other in zip(found[:2], again, strict=True):
        assert other.value == pytest.approx(one.value, rel=1e-9)
        assert other.angles == pytest.approx(one.angles, abs=1e-6)


def test_random_graphs_are_what_they_are_called() -> None:
    rng = np.random.default_rng(6)
    for _ in range(20):
        cubic, halves = regular(8, 3, rng), bipartite_regular(8, 3, rng)
        for graph in (cubic, halves):
            assert (graph.sum(axis=1) == 3).all()
            assert is_connected(graph)
            assert np.isin(graph, (0, 1)).all()
        assert maximum_cuts(halves[None]).value[0] == 12
    # All labelled 3-regular graphs on 6 vertices: 60 prisms and 10 complete bipartite ones.
    prisms = sum(np.trace(np.linalg.matrix_power(regular(6, 3, rng), 3)) > 0 for _ in range(700))
    assert abs(prisms - 600) < 4 * np.sqrt(700 * 6 / 49)
    two = np.kron(np.eye(2), np.ones((3, 3)) - np.eye(3))
    assert not is_connected(two)
