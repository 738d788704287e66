"""A skill below zero is said in words, to programs and on the command line."""

from pathlib import Path

import numpy as np
import pytest

from leaderboard.kinds.errors import SKILL
from leaderboard.kinds.metrics import Metric
from leaderboard.scoring.score import Report, Value, score
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import SyntheticFolder
from tests.door import Door
from tests.leaderboard.answers import answer, cell, metadata

LABELS = np.random.default_rng(0).normal(size=(50, 8)).clip(-1, 1)
CONSTANT = LABELS.mean(axis=0)


def skill(predictions: np.ndarray) -> Report:
    return score(predictions, LABELS, "renyi2", train_mean=CONSTANT)


def test_a_skill_below_zero_is_worse_than_the_constant() -> None:
    words = skill(CONSTANT + 0.5 + 0.0 * LABELS).words()
    assert words == [
        "skill below 0: worse than the constant answer, the mean training estimate",
        "skill_x below 0: worse than the best constant in hindsight, the mean exact test label",
    ]
    assert skill(0.5 * (LABELS + CONSTANT)).words() == []


def test_one_whose_interval_holds_zero_is_not_told_from_it() -> None:
    noise = np.random.default_rng(1).normal(size=LABELS.shape)
    words = skill(CONSTANT + 0.02 * noise).words()
    assert words
    assert all("its interval holds 0: as good as" in said for said in words)


def test_a_report_prints_its_numbers_and_words() -> None:
    text = str(skill(CONSTANT + 0.5 + 0.0 * LABELS))
    assert text.splitlines()[0] == "renyi2, 50 test rows"
    assert "  rmse             " in text
    assert text.endswith("the mean exact test label")
    assert str(Value(0.5, 0.25, 0.75)) == "0.5000 [0.2500, 0.7500]"
    assert str(Value(None, note="of one class")) == "- (of one class)"


def test_the_command_says_it(tmp_path: Path, synthetic_folder: SyntheticFolder, door: Door) -> None:
    path = tmp_path / "p.parquet"
    write_submission(
        path, {cell(synthetic_folder): answer(synthetic_folder, shift=5.0)}, metadata()
    )
    _, out, _ = door("score", path, "--private", synthetic_folder.private)
    assert f"{cell(synthetic_folder)}: skill below 0: worse than the constant answer" in out


def test_a_gain_says_against_what() -> None:
    with pytest.raises(ValueError, match="against"):
        Metric("gain", SKILL.function, "higher", "1 - a / b", gain_on=SKILL.gain_on)
