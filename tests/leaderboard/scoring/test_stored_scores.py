"""Existing tasks score as they always did: numbers that the scorer gave before it was rewritten.

`tests/golden/scores.json` holds them in full. Products of matrices may round otherwise on another
processor, and nothing else may move: hence 1e-12.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.truth import Columns, TrainingRows, Truth
from leaderboard.ranking.comparison import paired_difference
from leaderboard.scoring.paired import standing
from leaderboard.scoring.score import Report, report_of, score

ROWS, SITES, SHOTS, TRAIN = 24, 6, 16, 9
CELLS = [(n, m, k) for n, m in ((9, 16), (4, 8)) for k in range(3)]
STORED = json.loads((Path(__file__).parents[2] / "golden" / "scores.json").read_text())
NEAR = {"rel": 1e-12, "abs": 1e-15}
TASKS = ("correlation", "renyi2", "energy", "phase")


def arrays(task: str) -> tuple[np.ndarray, list[np.ndarray], np.ndarray | None]:
    """Labels, three answers, and margins of classes."""
    rng = np.random.default_rng(11)
    if task == "phase":
        labels = rng.choice(["ordered", "paramagnetic"], ROWS)
        wrong = {"ordered": "paramagnetic", "paramagnetic": "ordered"}
        answers = []
        for share in (0.1, 0.2, 0.5):
            bad = rng.random(ROWS) < share
            pairs = zip(labels, bad, strict=True)
            answers.append(np.array([wrong[name] if b else name for name, b in pairs]))
        return labels, answers, rng.uniform(0, 0.2, ROWS)
    if task == "correlation":
        upper = np.triu(rng.uniform(-0.9, 0.3, (ROWS, SITES, SITES)), 1)
        labels = (upper + upper.transpose(0, 2, 1) + np.eye(SITES)).reshape(ROWS, -1)
    elif task == "renyi2":
        labels = rng.uniform(0, 2, (ROWS, SITES - 1))
    else:
        labels = -rng.uniform(1, 2, (ROWS, 1))
    spreads = (0.05, 0.06, 0.3)
    return labels, [noisy(labels, s, rng) for s in spreads], None


def noisy(labels: np.ndarray, spread: float, rng: np.random.Generator) -> np.ndarray:
    return (labels + rng.normal(0, spread, labels.shape)).astype(np.float32)


@pytest.fixture(scope="module")
def training() -> TrainingRows:
    rng = np.random.default_rng(12)
    family, size = families.load("tfim_1d"), Size(SITES)
    rows = [family.flatten(family.draw(size, rng)) for _ in range(TRAIN)]
    shots = rng.integers(0, 6, (TRAIN, SHOTS, SITES), dtype=np.uint8)
    columns = {"parameters": np.stack(rows), "shots": shots}
    return TrainingRows(family, size, Columns(columns.get))


def reported(task: str, n: int, m: int, k: int, training: TrainingRows) -> tuple[Report, Any]:
    """The report of one case and what is stated beside it."""
    labels, answers, margins = arrays(task)
    known = tasks.load(task)
    truth = Truth(
        labels, np.arange(ROWS), Blocks.of(ROWS), family=training.family, size=training.size,
        training=training.first(n, m), given={"margins": margins},
    )  # fmt: skip
    answer = Answer(truth.row_id, answers[k])
    details = known.details_of(answer, truth) | {"floor": known.floor(truth)}
    return report_of(known, known.evidence(answer, truth)), details


def near(found: Any, stored: Any) -> None:
    """The same up to rounding, whatever is in it."""
    if isinstance(stored, dict):
        assert found.keys() == stored.keys()
        for key in stored:
            near(found[key], stored[key])
    elif isinstance(stored, float | list):
        assert found == pytest.approx(stored, **NEAR)
    else:
        assert found == stored


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("place", "case"), list(enumerate(CELLS)))
def test_scores_are_the_stored_ones(task, place, case, training) -> None:
    stored = dict(STORED[task]["cases"][place])
    report, details = reported(task, *case, training)
    assert (stored.pop("n"), stored.pop("shots")) == case[:2]
    near(report.losses.values.tolist(), stored.pop("losses"))
    near(report.reference.values.tolist(), stored.pop("reference"))
    near(details.pop("floor"), stored.pop("floor", None))
    near(
        details, {name: stored.pop(name) for name in ("distances", "violations") if name in stored}
    )
    near(report.to_json(), stored)


@pytest.mark.parametrize("task", TASKS)
def test_rankings_and_differences_are_the_stored_ones(task, training) -> None:
    stored, key = STORED[task], CellKey("tfim_1d_n006", task, 9, 16)
    losses = [reported(task, *case, training)[0].losses for case in CELLS[:3]]
    found = standing(losses, tasks.load(task).ranking)
    assert found.ranks.tolist() == stored["ranks"]
    near(found.p_above[1:].tolist(), stored["p_above"])
    near(found.resolvable[1:].tolist(), stored["resolvable"])
    apart = paired_difference(key, losses[0], losses[1])
    near(
        {**apart.difference.to_json(), "p": apart.p, "first": apart.first, "second": apart.second},
        stored["difference"],
    )


def test_score_takes_the_references_as_keywords(training) -> None:
    """The public function on arrays, with what a board works out given by hand."""
    labels, answers, _ = arrays("renyi2")
    task = tasks.load("renyi2")
    mean = task.estimates(training.first(9, 16)).mean(axis=0)
    near(score(answers[0], labels, "renyi2", train_mean=mean).to_json(), {
        key: value for key, value in STORED["renyi2"]["cases"][0].items()
        if key in ("task", "rows", "metrics", "bootstraps", "seed")
    })  # fmt: skip
