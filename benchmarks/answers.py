"""Answers that `qslbench protocol` left behind, scored again with every resample of the test rows.

What a table of differences, ratios or rank correlations needs is not the interval of each score
but the score of each model on the same resample.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.variant import Variant
from baselines.running.protocol_scores import read_answer
from builders.folders.siblings import private_folder
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.scoring.scorer import Scorer

BOOTSTRAPS = 1000


@dataclass(frozen=True, order=True)
class Asked:
    """What tells answers apart; seed 0 of each model is read.

    Attributes:
        model: a baseline with its settings, as summaries of protocols name it.
    """

    config: str
    task: str
    n: int
    shots: int
    tokens: str
    model: str


@dataclass(frozen=True)
class Samples:
    """The primary metric of one answer.

    Attributes:
        value: on all test rows.
        draws: float64 (BOOTSTRAPS,), on resamples of them, the same for all answers to a cell; rows
            of one evolution are drawn together.
        seconds: CPU seconds of fit and predict.
    """

    value: float
    draws: NDArray[np.float64]
    seconds: float


def read(results: Path, protocol: str, folders: Sequence[Path]) -> dict[Asked, Samples]:
    """The answers of a protocol to cells of these data folders, each with `DIR-private` beside it.

    Args:
        results: what `--out` was.
        protocol: its name.
        folders: data set folders.
    """
    scorers = [(folder, Scorer(folder, private_folder(folder))) for folder in folders]
    found: dict[Asked, Samples] = {}
    for path in sorted((results / protocol / "cells").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        answers = path.with_suffix(".parquet")
        if record.get("seed") or "refused" in record or not answers.is_file():
            continue
        scorer = next((s for folder, s in scorers if _holds(folder, record["config"])), None)
        if scorer is None:
            continue
        model = str(Variant(record["baseline"], tuple(sorted(record["settings"].items()))))
        place = record["config"], record["task"], record["n"], record["shots"]
        key = CellKey(*place)
        task, truth = tasks.load(key.task), scorer.truth(key)
        evidence = task.evidence(truth.aligned(read_answer(answers)), truth)
        value, draws = (
            task.ranking.function(evidence, weights)
            for weights in (evidence.blocks.equal, evidence.blocks.resamples(BOOTSTRAPS, 0))
        )
        asked = Asked(*place, record["tokens"], model)
        found[asked] = Samples(float(value[0]), draws, float(record["cpu_seconds"]))
    return found


def _holds(folder: Path, config: str) -> bool:
    return (folder / "data" / config).is_dir()


def interval(draws: NDArray[Any]) -> tuple[float, float]:
    """95 % of the draws."""
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def told(value: float, draws: NDArray[Any], digits: int = 2) -> str:
    """`1.23 [1.10, 1.40]`."""
    low, high = interval(draws)
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"
