"""The arithmetic of benchmarks; what they measure is not run here."""

import numpy as np
import pytest

from benchmarks.baselines import merged
from benchmarks.floors import floor
from builders.cards.measurements import Baselines, Score


def record(*scores: tuple[str, float], seed: int = 1) -> Baselines:
    made = tuple(
        Score(
            baseline=name, config="tfim_1d_n008", task="correlation", n=20, shots=64,
            metric="rmse_entrywise", value=value, low=value, high=value,
        )
        for name, value in scores
    )  # fmt: skip
    return Baselines(command="python", hardware="a machine", data_seed=seed, scores=made)


def test_new_scores_take_the_place_of_old_ones_alone() -> None:
    found = merged(record(("ridge", 0.2), ("knn", 0.3)), record(("ridge", 0.1), ("svr", 0.4)))
    assert {s.baseline: s.value for s in found.scores} == {"ridge": 0.1, "knn": 0.3, "svr": 0.4}


def test_scores_of_other_data_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="seed 2"):
        merged(record(("ridge", 0.2)), record(("ridge", 0.1), seed=2))


def test_floor_of_pairs_that_share_all_letters() -> None:
    """As many weights as values leave the variance of an estimate of C, 3/M."""
    assert floor({"XXYYZZ": 6.0}, 2, 300, 3, 0.0) == pytest.approx(np.sqrt(3.0 / 300))


def test_floor_of_products_of_means() -> None:
    """δC = √2 |m| δm / 3, with δm² = 3 (1 − m²)/M · p/(n N)."""
    found = floor({"X": 2.0}, 10, 300, 4, 0.5)
    assert found == pytest.approx(np.sqrt(2 * 0.5 / 9 * 3 * 0.5 / 300 * 2 / 40))
