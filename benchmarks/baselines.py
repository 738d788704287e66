"""Baselines on data sets of several seeds, beside one another in the same cells.

    python -m benchmarks.baselines DIR … --models train_mean,ridge --n 100 --out benchmarks/results

Every DIR is a data set folder with `DIR-private` beside it; all configs in it are taken, or those
of `--configs`. A model may come with settings, as in `pauli_pairs cascade=false`. A record
`baselines_seedS.json` a folder holds the scores that family cards show; scores that were there
before and are not of this run stay in it. The printed table is the `rmse_entrywise` of every model,
or the primary metric of a task that has none, its mean over the folders and their spread.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from baselines.contract.cell import Cell
from baselines.contract.variant import Variant
from baselines.running.run import answer
from builders import families
from builders.cards.measurements import Baselines, Score
from builders.core.machine import hardware
from builders.dataset import manifest
from builders.folders import loading
from builders.folders.siblings import private_folder
from leaderboard import tasks
from leaderboard.scoring.score import score

METRIC = "rmse_entrywise"


def measure(
    data: Path, models: list[str], task: str, n: int, shots: int, configs: list[str] | None = None
) -> Baselines:
    """Scores of the models in one cell of every config of a folder, or of those named."""
    contents = manifest.read(data)
    private = private_folder(data)
    scores = []
    for config, entry in contents.configs.items():
        if configs is not None and config not in configs:
            continue
        cell = Cell.open(data, config, task, n, shots)
        family = families.load(entry.family)
        test = loading.load(private, config, splits=("test",))["test"]
        order = np.argsort(test["row_id"])
        definition = tasks.load(task)
        labels = definition.labels(test, family, cell.size)[order]
        for name in models:
            started = time.process_time()
            baseline, *settings = name.split()
            given = answer(baseline, cell, 0, Variant.parse(baseline, settings).settings)
            seconds = time.process_time() - started
            report = score(given.prediction, labels, task).metrics
            metric = METRIC if METRIC in report else definition.primary
            value = report[metric]
            skill = report["skill_x"].value if "skill_x" in report else None
            scores.append(
                Score(
                    baseline=name, config=config, task=task, n=n, shots=shots, metric=metric,
                    value=value.value, low=value.low, high=value.high, skill_x=skill,
                    cpu_seconds=round(seconds, 1),
                )
            )  # fmt: skip
            print(json.dumps(scores[-1].model_dump()), flush=True)
    seed = next(iter(contents.configs.values())).seed
    command = f"python -m benchmarks.baselines (n = {n}, M = {shots}, {task})"
    return Baselines(
        command=command, hardware=hardware(), data_seed=seed, data_format=contents.format,
        scores=tuple(scores),
    )  # fmt: skip


def merged(old: Baselines, new: Baselines) -> Baselines:
    """The new scores, and the old ones of other cells and models.

    Raises:
        ValueError: they are of other data, or of another machine.
    """
    of_old, of_new = (
        f"seed {one.data_seed} (format {one.data_format}) on {one.hardware}" for one in (old, new)
    )
    if of_old != of_new:
        raise ValueError(
            f"scores of {of_new} do not go into a record of {of_old}. Write them into another "
            "folder."
        )
    latest = {_what(score): score for record in (old, new) for score in record.scores}
    return new.model_copy(update={"scores": tuple(latest.values())})


def _what(score: Score) -> tuple[object, ...]:
    return score.config, score.baseline, score.task, score.n, score.shots, score.metric


def table(records: list[Baselines]) -> str:
    """Mean over the folders, and the standard deviation where there are several."""
    values = defaultdict(list)
    for record in records:
        for one in record.scores:
            skill = np.nan if one.skill_x is None else one.skill_x
            values[one.config, one.baseline].append((one.value, skill, one.cpu_seconds))
    lines = [
        "| config | model | metric | spread | skill_x | CPU s |",
        "|---|---|---|---|---|---|",
    ]
    for (config, name), every in values.items():
        error, skill, seconds = np.mean(every, axis=0)
        spread = f"{np.std([v for v, *_ in every], ddof=1):.4f}" if len(every) > 1 else "–"
        lines.append(
            f"| `{config}` | {name} | {error:.4f} | {spread} | {skill:.2f} | {seconds:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--models", required=True)
    parser.add_argument("--task", default="correlation")
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--shots", type=int, default=64)
    parser.add_argument("--configs")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    records = []
    models, configs = args.models.split(","), args.configs and args.configs.split(",")
    for folder in args.folders:
        records.append(measure(folder, models, args.task, args.n, args.shots, configs))
        if args.out:
            args.out.mkdir(parents=True, exist_ok=True)
            path = args.out / f"baselines_seed{records[-1].data_seed}.json"
            record = records[-1]
            if path.exists():
                record = merged(Baselines.model_validate_json(path.read_text("utf-8")), record)
            text = record.model_dump_json(exclude_none=True, indent=1)
            path.write_text(f"{text}\n", encoding="utf-8")
    print(table(records))


if __name__ == "__main__":
    main()
