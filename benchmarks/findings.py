"""Published findings beside ours: tables from what `qslbench protocol` left behind.

    python -m benchmarks.findings results --data DIR … > tables.md

Every DIR is a data set folder with `DIR-private` beside it. Tables whose protocols have not run
stay out: `gspe` gives the errors beside published ones and the time of each model, `qpc` the
phases, `randomisation` the paired differences. `docs/findings.md` holds what it printed.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.mean_of_shots import Expected, expected_errors
from builders.dataset import manifest
from builders.folders import loading
from builders.folders.siblings import private_folder
from leaderboard import tasks

PUBLISHED = tasks.load("correlation").published
METRIC = PUBLISHED[0].metric
OURS = {
    "shadow": "shadow", "Ridge": "ridge", "Lasso": "lasso", "RBF kernel": "kernel_rbf",
    "MLP, 4 layers": "mlp", "CNN, 4 layers": "cnn",
    "LLM4QPE-T": "llm4qpe_t", "LLM4QPE-F": "llm4qpe_f",
}  # fmt: skip
PHASES = {
    "mlp": {64: "92.79", 256: "94.50"},
    "cnn": {64: "92.50", 256: "92.79"},
}
"""Accuracy in %, n = 100, 31 Rydberg atoms: arXiv 2505.13852."""

DEEP = (
    *("mlp", "cnn", "local_mlp", "graph_net", "mlp_pairs", "pauli_pairs", "shadow_generator"),
    *("mlp_shots", "cnn_shots", "deep_sets", "llm4qpe_f", "llm4qpe_t"),
)
LARGEST = 100  # rows
LIMIT = 600.0  # CPU seconds of a deep model in its reference cell

Record = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """What tells results apart, seeds aside."""

    config: str
    task: str
    baseline: str
    n: int
    shots: int
    tokens: str


def read(results: Path, protocol: str) -> dict[Cell, list[Record]]:
    """Records of plain jobs with their scores, by cell; seeds in order."""
    by_cell: dict[Cell, list[Record]] = defaultdict(list)
    for path in sorted((results / protocol / "cells").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        scored = results / protocol / "scores" / path.name
        if record.get("settings") or not scored.is_file():
            continue
        record |= json.loads(scored.read_text(encoding="utf-8"))
        names = ("config", "task", "baseline", "n", "shots", "tokens")
        by_cell[Cell(*(record[name] for name in names))].append(record)
    return by_cell


def table(head: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Markdown."""
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def value(records: Sequence[Record], metric: str) -> float:
    """Mean over seeds."""
    return float(np.mean([r["metrics"][metric]["value"] for r in records]))


def errors(by_cell: dict[Cell, list[Record]], expected: Expected) -> Iterator[Sequence[str]]:
    """Published errors of simple models in cells that we ran, and what the mean of shots has."""
    for point in sorted(PUBLISHED, key=lambda p: (p.key.config, p.method, p.key)):
        key, name = point.key, OURS[point.method]
        cell = Cell(key.config, key.task, name, key.n, key.shots, "measured")
        # A shadow is the same at every n.
        if cell not in by_cell or name in DEEP or (name == "shadow" and key.n < LARGEST):
            continue
        ours = value(by_cell[cell], METRIC)
        mean = expected.get((key.config, key.n, key.shots)) if name != "shadow" else None
        yield (
            *(f"`{key.config}`", point.method, str(key.n), str(key.shots)),
            *(f"{point.value:.4f}", f"{ours:.4f}", f"{100 * (ours / point.value - 1):+.1f}"),
            "–" if mean is None else "{:.4f} ± {:.4f}".format(*mean),
        )


def times(by_cell: dict[Cell, list[Record]]) -> Iterator[Sequence[str]]:
    """Deep models in a reference cell, correlation at M = 64."""
    public = {(OURS[p.method], p.key): p.value for p in PUBLISHED}
    for cell, records in sorted(by_cell.items(), key=lambda item: _order(item[0])):
        if (cell.task, cell.tokens, cell.n, cell.shots) != ("correlation", "measured", LARGEST, 64):
            continue
        if cell.baseline not in DEEP:
            continue
        printed = next(
            (v for (name, k), v in public.items()
             if (name, k.config, k.n, k.shots) == (cell.baseline, cell.config, cell.n, cell.shots)),
            None,
        )  # fmt: skip
        seconds = max(r["cpu_seconds"] for r in records)
        yield (
            *(f"`{cell.config}`", cell.baseline, str(cell.n), str(cell.shots)),
            *("–" if printed is None else f"{printed:.4f}", f"{value(records, METRIC):.4f}"),
            *(f"{value(records, 'skill_x'):.2f}", f"{seconds:.0f}"),
            "yes" if seconds < LIMIT else "no",
        )


def phases(by_cell: dict[Cell, list[Record]]) -> Iterator[Sequence[str]]:
    """Accuracy in %, mean over seeds, the interval that of the first seed."""
    for cell, records in sorted(by_cell.items(), key=lambda item: _order(item[0])):
        if cell.task != "phase" or cell.tokens != "measured":
            continue
        first = records[0]["metrics"]["accuracy"]
        values = [100 * r["metrics"]["accuracy"]["value"] for r in records]
        yield (
            *(f"`{cell.config}`", cell.baseline, str(cell.n), str(cell.shots)),
            PHASES.get(cell.baseline, {}).get(cell.shots, "–"),
            f"{np.mean(values):.1f}",
            f"{min(values):.1f} – {max(values):.1f}" if len(values) > 1 else "one",
            f"{100 * first['low']:.1f} – {100 * first['high']:.1f}",
            f"{100 * value(records, 'accuracy_clear'):.1f}",
        )


def randomised(by_cell: dict[Cell, list[Record]]) -> Iterator[Sequence[str]]:
    """What random inputs change, seed 0, paired: % of the error, or points of accuracy."""
    for cell, records in sorted(by_cell.items(), key=lambda item: _order(item[0])):
        if cell.tokens != "inputs" or "difference" not in records[0]:
            continue
        is_class = cell.task == "phase"
        metric, digits = ("accuracy", 1) if is_class else ("rmse", 4)
        pair = by_cell[replace(cell, tokens="measured")], records
        values = [x[0]["metrics"][metric]["value"] for x in pair]
        change = [100 * records[0]["difference"][name] for name in ("value", "low", "high")]
        if not is_class:
            change = [x / values[0] for x in change]
        unit = "points" if is_class else "%"
        yield (
            *(f"`{cell.config}`", cell.task, cell.baseline, str(cell.shots)),
            *(f"{100 * v if is_class else v:.{digits}f}" for v in values),
            "{:+.2f} [{:+.2f}, {:+.2f}] ".format(*change) + unit,
        )


def _order(cell: Cell) -> tuple[str, str, int, str]:
    return cell.task, cell.config, cell.shots, cell.baseline


def balance(folders: Sequence[Path]) -> Iterator[Sequence[str]]:
    """How many rows are in each class."""
    for folder in folders:
        for config, entry in manifest.read(folder).configs.items():
            hidden = private_folder(folder)
            names = None
            for split, home in (("train", folder), ("test", hidden)):
                arrays = loading.load(home, config, splits=[split])[split]
                if len(np.unique(arrays.get("phase", [0]))) > 1:
                    names = names or _phases(entry.family)
                    count = np.bincount(arrays["phase"], minlength=len(names))
                    share = [
                        f"{n} {100 * c / count.sum():.0f} %"
                        for n, c in zip(names, count, strict=True)
                    ]
                    yield f"`{config}`", split, str(count.sum()), ", ".join(share)


def _phases(family: str) -> tuple[str, ...]:
    from builders import families

    return tuple(families.load(family).phases)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--data", nargs="+", type=Path, default=[])
    args = parser.parse_args()
    gspe, qpc, random = (read(args.results, p) for p in ("gspe", "qpc", "randomisation"))
    both = {**random, **gspe}
    place = ("config", "model", "n", "M")
    ours = ("published", "here")
    expected = expected_errors(args.data)
    for title, head, lines in (
        ("Errors", (*place, *ours, "%", "the mean itself"), errors(gspe, expected)),
        ("Deep models", (*place, *ours, "skill_x", "CPU s", "under 600 s"), times(both)),
        ("Classes", ("config", "split", "rows", "share"), balance(args.data)),
        ("Phases", (*place, *ours, "seeds", "95 %", "clear rows"), phases(qpc)),
        (
            "Random inputs",
            ("config", "task", "model", "M", "measured", "random", "change [95 %]"),
            randomised(random),
        ),
    ):  # fmt: skip
        if rows := list(lines):
            print(f"## {title}\n\n{table(head, rows)}\n")


if __name__ == "__main__":
    main()
