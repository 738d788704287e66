"""Kernels, leave-one-out errors and the Lasso against independent calculations."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso

from baselines.linear.kernels import dirichlet, ntk, rbf
from baselines.linear.lasso_path import LassoPath, choose, descend
from baselines.linear.smoothers import held_out_error


def test_rbf_by_hand() -> None:
    a, b = np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]])
    assert rbf(a, b, 0.1)[0, 0] == pytest.approx(np.exp(-2.5))


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_dirichlet_closed_form(degree: int) -> None:
    """Σ_{k=−K}^{K} e^{ikx} = sin((K + ½)x) / sin(x/2)."""
    a, b = np.random.default_rng(0).normal(size=(2, 5, 3))
    x = np.pi * (a[:, None] - b[None])
    expected = (np.sin((degree + 0.5) * x) / np.sin(0.5 * x)).mean(axis=2)
    np.testing.assert_allclose(dirichlet(a, b, degree), expected, rtol=1e-9, atol=1e-9)


def test_ntk_by_hand() -> None:
    """Orthogonal inputs, one hidden layer: Σ = 1/π, κ₀ = ½, Θ = 1/π + 0·½; Θ of equal ones is 2."""
    found = ntk(np.array([[1.0, 0.0]]), np.array([[0.0, 2.0], [5.0, 0.0]]), depth=1)
    np.testing.assert_allclose(found, [[0.5 / np.pi, 1.0]], atol=1e-12)


@pytest.mark.parametrize("depth", [1, 3])
def test_ntk_is_the_limit_of_finite_networks(depth: int) -> None:
    """Gradients of random ReLU networks of width 1,000, summed over all weights, NTK scaling.

    Fluctuations are of relative order 1/√width = .03 for a network; 8 are averaged.
    """
    rng, width = np.random.default_rng(0), 1000
    x = rng.normal(size=(2, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    total = np.zeros((2, 2))
    for _ in range(8):
        weights = [rng.normal(size=(width if k else 3, width)) for k in range(depth)]
        readout = rng.normal(size=width)
        layers, active = [x], []
        for W in weights:
            h = layers[-1] @ W
            active.append(h > 0)
            # The factor √(2/width) keeps the variance; on the first layer inputs have length 1.
            layers.append(np.sqrt(2.0 / width) * h.clip(0.0))
        total += layers[-1] @ layers[-1].T
        back = np.tile(readout, (2, 1))
        for k in range(depth - 1, -1, -1):
            back = np.sqrt(2.0 / width) * back * active[k]
            total += (back @ back.T) * (layers[k] @ layers[k].T)
            back = back @ weights[k].T
    scale = np.sqrt(np.diag(total))
    found = ntk(x, x, depth)[0, 1]
    assert found == pytest.approx((total / np.outer(scale, scale))[0, 1], abs=0.03)


@pytest.mark.parametrize("groups", [list(range(9)), [0, 0, 1, 2, 2, 2, 1, 3, 0], [0] * 4 + [1] * 5])
def test_errors_of_groups_held_out_are_those_of_refits(groups: list[int]) -> None:
    rng = np.random.default_rng(0)
    X, Y, penalty = rng.normal(size=(9, 3)), rng.normal(size=(9, 4)), 0.7
    expected = 0.0
    for group in set(groups):
        out = np.array(groups) == group
        centre, mean = X[~out].mean(axis=0), Y[~out].mean(axis=0)
        x, y = X[~out] - centre, Y[~out] - mean
        slopes = np.linalg.solve(x.T @ x + penalty * np.eye(3), x.T @ y)
        expected += float(np.sum((Y[out] - mean - (X[out] - centre) @ slopes) ** 2))
    x = X - X.mean(axis=0)
    weights = x @ np.linalg.solve(x.T @ x + penalty * np.eye(3), x.T) + 1.0 / 9.0
    found = held_out_error(weights, Y @ Y.T, np.array(groups))
    assert found == pytest.approx(expected, rel=1e-9)


def test_descent_in_one_dimension_is_soft_thresholding() -> None:
    gram, target = np.full((3, 1, 1), 2.0), np.array([[3.0], [-0.5], [-3.0]])
    found = descend(gram, target, 1.0, np.zeros((3, 1)))
    np.testing.assert_allclose(found, [[1.0], [0.0], [-1.0]])


def test_path_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(40, 60)), rng.normal(size=(40, 30))
    X, Y = X - X.mean(axis=0), Y + 2.0 * X[:, :30]
    Y = Y - Y.mean(axis=0)
    path = LassoPath(X, Y)
    for factor in (0.7, 0.4, 0.3):
        penalty = factor * path.largest
        outputs, found = path.at(penalty)
        slopes = np.zeros((60, 30))
        slopes[:, outputs] = found
        expected = Lasso(alpha=penalty, tol=1e-8, max_iter=10_000).fit(X, Y).coef_.T
        # Coordinates stop when a step is below λ/100.
        np.testing.assert_allclose(slopes, expected, atol=0.02 * penalty)
    assert path.at(1.001 * path.largest)[0].size == 0


def test_choice_walks_down_until_it_gets_worse() -> None:
    asked: list[float] = []

    def error(penalty: float) -> float:
        asked.append(penalty)
        return (np.log(penalty / 4.0) / np.log(0.8) - 3.2) ** 2

    assert choose(error, 4.0) == pytest.approx(4.0 * 0.8**3)
    assert len(asked) == 6
