"""Do learned angles beat fixed ones? Ratios to the largest cut, and paired differences.

    python -m benchmarks.qaoa DATA [--n 100] [--models NAME …]

Every model is fitted to the first n graphs of each config of DATA, hidden labels in DATA-private,
and asked about its test graphs; models for any size also about those of the family's configs with
fewer training graphs. A line
tells the mean ratio of expected to largest cut and its difference from that of the fixed angles on
the same graphs with its 95 % interval; cuts have no such partner.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import baselines
from baselines.contract.baseline import Baseline
from baselines.contract.cutting import cut, test_rows
from baselines.contract.stored import Stored
from baselines.running.protocol_scores import paired_difference
from builders.dataset import manifest
from builders.dataset.config import Config, offered_tasks
from builders.kinds.graph import GraphFamily
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.cut_shares import ABOVE_RANDOM
from leaderboard.scoring.score import Value
from leaderboard.scoring.scorer import Scorer

ANGLES = (
    "train_mean",
    "knn",
    "mean_angles",
    "nearest_graph",
    "graph_ridge",
    "graph_angles",
    "fixed_angles",
)
CUTS = ("greedy_cut", "goemans_williamson", "annealing_cut")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--models", nargs="+", default=[*ANGLES, *CUTS])
    given = parser.parse_args(arguments)
    held = manifest.read(given.data)
    scorer = Scorer(given.data, given.data.with_name(given.data.name + "-private"))
    print(
        "| trained on | asked about | task | model | ratio | less fixed angles [95 %] "
        "| the same of `above_random` |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, entry in sorted(held.configs.items()):
        config = Config.parse(name)
        if not isinstance(config.family, GraphFamily) or entry.rows.get("train", 0) < given.n:
            continue
        away = [
            other
            for other, its in sorted(held.configs.items())
            if its.family == entry.family and other != name and its.rows.get("train", 0) < given.n
        ]
        for task in offered_tasks(entry):
            fitted = list(_fitted(given.data, name, task, given.n, given.models))
            for asked in (name, *(o for o in away if task in offered_tasks(held.configs[o]))):
                for line in _lines(given.data, scorer, fitted, task, name, asked):
                    print(f"| {name} | {asked} | {task} | {line} |", flush=True)


def _fitted(
    data: Path, config: str, task: str, n: int, wanted: Sequence[str]
) -> Iterator[Baseline]:
    cell = cut(Stored.of(data, config), task, n, 0)
    names = ANGLES if tasks.load(task).kind == "regression" else CUTS
    for name in names:
        if name in wanted or name == "fixed_angles":
            yield baselines.load(name)(seed=0).fit(cell)


def _lines(
    data: Path, scorer: Scorer, fitted: Sequence[Baseline], task: str, home: str, asked: str
) -> Iterator[str]:
    rows = test_rows(Stored.of(data, asked), "test", 0)
    truth, judge = scorer.truth(CellKey(asked, task, 1, 0)), tasks.load(task)
    evidence: dict[str, Any] = {}
    for model in fitted:
        if not model.any_size and asked != home:
            continue
        answer = Answer(rows.row_id, model.at(rows.config).predict(rows))
        evidence[model.name()] = judge.evidence(truth.aligned(answer), truth)
    fixed = evidence.get("fixed_angles")
    for name, own in evidence.items():
        ratio = float(judge.ranking.function(own, own.blocks.equal)[0])
        text = f"{name} | {ratio:.4f}"
        if fixed is None or own is fixed:
            yield f"{text} | – | –"
            continue
        apart = paired_difference(judge.ranking, own, fixed, bootstraps=2000)
        way = paired_difference(ABOVE_RANDOM, own, fixed, bootstraps=2000)
        yield f"{text} | {_interval(apart)} | {_interval(way)}"


def _interval(value: Value) -> str:
    return f"{value.value:+.4f} [{value.low:+.4f}, {value.high:+.4f}]"


if __name__ == "__main__":
    main()
