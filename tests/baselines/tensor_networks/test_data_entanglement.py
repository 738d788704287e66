"""Entanglement of data sets by Gram matrices against dense tensors and closed forms."""

from typing import Any

import numpy as np
import pytest

from baselines.tensor_networks.data_entanglement import DataTensor, angle_features
from baselines.tensor_networks.partition import canonical_blocks, scales
from builders.core.errors import RequestError
from builders.solvers.mps.schmidt import renyi2, von_neumann


def dense(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    total = np.zeros((features.shape[2],) * features.shape[1])
    for instance, label in zip(features, labels, strict=True):
        term = np.array(label)
        for vector in instance:
            term = np.multiply.outer(term, vector)
        total = total + term
    return total


def weights_of(tensor: np.ndarray, part: list[int]) -> np.ndarray:
    others = [i for i in range(tensor.ndim) if i not in part]
    rows = tensor.shape[0] ** len(part)
    values = np.linalg.svd(tensor.transpose(*part, *others).reshape(rows, -1), compute_uv=False)
    return values**2 / (values**2).sum()


@pytest.mark.parametrize(("n", "sites", "size"), [(5, 6, 2), (12, 5, 3), (40, 6, 2), (1, 4, 2)])
def test_gram_matrices_give_the_entropies_of_the_dense_tensor(
    n: int, sites: int, size: int
) -> None:
    rng = np.random.default_rng(n)
    features = rng.normal(size=(n, sites, size)) * np.exp(rng.normal(size=(n, sites, 1)))
    labels = rng.normal(size=n)
    labels[: n // 3] = 0.0
    tensor, data = dense(features, labels), DataTensor(features, labels)
    for part in ([0], [1, 3], [0, 1, 2], list(range(1, sites))):
        exact, ours = weights_of(tensor, part), data.weights(part)
        assert von_neumann(ours) == pytest.approx(von_neumann(exact), abs=1e-10)
        assert renyi2(ours) == pytest.approx(renyi2(exact), abs=1e-10)


@pytest.mark.parametrize(("sites", "window"), [(8, 2), (7, 2), (9, 4), (6, 3)])
def test_canonical_partitions_are_those_block_by_block(sites: int, window: int) -> None:
    rng = np.random.default_rng(0)
    data = DataTensor(angle_features(rng.random((9, sites)), 0.4), rng.choice([-1.0, 1.0], 9))
    found = data.canonical(window)
    assert len(found) == len(scales(sites, window))
    for scale, blocks in enumerate(found):
        exact = [data.weights(block) for block in canonical_blocks(sites, window, scale)]
        assert np.allclose(blocks, exact, rtol=0.0, atol=1e-10)


def test_instances_that_are_orthogonal_everywhere_make_a_ghz_state() -> None:
    features = np.repeat(np.eye(4)[:, None], 100, axis=1)
    data = DataTensor(features, np.array([1.0, -1.0, 1.0, 1.0]))
    for part in ([0], range(50), range(0, 100, 2)):
        assert von_neumann(data.weights(part)) == pytest.approx(2.0, abs=1e-12)
    # Labels are amplitudes: 9/10 and 1/10 are the weights of 3 and 1.
    data = DataTensor(features[:2], np.array([3.0, 1.0]))
    assert data.weights([7]) == pytest.approx([0.9, 0.1], abs=1e-12)


def test_instances_that_differ_on_one_part_alone_are_a_product() -> None:
    rng = np.random.default_rng(2)
    features = np.concatenate([rng.normal(size=(20, 3, 2)), np.ones((20, 5, 2))], axis=1)
    data = DataTensor(features, rng.normal(size=20))
    assert von_neumann(data.weights(range(3))) == pytest.approx(0.0, abs=1e-9)
    assert von_neumann(data.weights([0])) > 0.1


def test_norms_of_many_sites_neither_overflow_nor_vanish() -> None:
    rng = np.random.default_rng(4)
    features = rng.normal(size=(6, 300, 3))
    labels = rng.normal(size=6)
    exact = DataTensor(features, labels).weights(range(150))
    for factor in (1e-20, 1e20):
        assert np.allclose(DataTensor(features * factor, labels).weights(range(150)), exact)


@pytest.mark.parametrize(
    ("features", "labels", "said"),
    [
        (np.ones((3, 4)), np.ones(3), r"\(n, N, M\) and \(n,\) are meant"),
        (np.ones((3, 4, 2)), np.ones(2), "are meant"),
        (np.ones((3, 1, 2)), np.ones(3), "two sites"),
        (np.ones((5000, 2, 1)), np.ones(5000), "5000 instances; at most 4096"),
        (np.zeros((3, 4, 2)), np.ones(3), "no φ may be 0"),
        (np.full((3, 4, 2), np.nan), np.ones(3), "must be finite"),
        (np.ones((3, 4, 2)), np.zeros(3), "some label must not be 0"),
    ],
)
def test_what_is_no_data_set_is_refused(features: Any, labels: Any, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        DataTensor(features, labels)


def test_a_sum_that_cancels_is_refused() -> None:
    features = np.ones((2, 4, 2))
    with pytest.raises(RequestError, match="the labelled sum of 2 instances cancels"):
        DataTensor(features, np.array([1.0, -1.0])).weights([0])
