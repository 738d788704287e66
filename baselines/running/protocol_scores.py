"""Scores of a protocol's answers, after all models have given theirs."""

import json
from collections.abc import Sized
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pyarrow.types as pt
from numpy.typing import NDArray
from tqdm import tqdm

from baselines.contract.point_cells import open_cell
from baselines.contract.protocol import Job, Point
from baselines.running.protocol_run import Folder, ProtocolPlan, read_record
from builders import families
from builders.building import runners
from builders.core import files
from builders.core.errors import RequestError
from builders.core.names import parse_config
from builders.dataset import manifest
from builders.folders import loading as dataset
from leaderboard import tasks
from leaderboard.kinds.metrics import Metric, equal_weights
from leaderboard.kinds.task import Task
from leaderboard.scoring.score import Value, score

BOOTSTRAPS = 500


@dataclass(frozen=True)
class _Group:
    """The finished jobs of one cell, whose labels are read once."""

    point: Point
    jobs: tuple[Job, ...]


def score_plan(
    done: ProtocolPlan, private: Path, *, workers: int | None = None, scheduler: str | None = None
) -> None:
    """Score every finished job that has no score yet.

    Args:
        done: the plan; jobs that the model refused have nothing to score.
        private: folder of the hidden labels.
        workers: as for `run_plan`.
        scheduler: as for `run_plan`.

    Raises:
        RequestError: the folders hold different builds of a config.
    """
    public, hidden = manifest.read(Path(done.data)), manifest.read(private)
    for config in sorted({config for source in done.data_files for config in source[:2]}):
        if public.config(config).public_spec != hidden.config(config).public_spec:
            raise RequestError(f"{done.data} and {private} hold different builds of {config}.")
    left = [job for job in done.jobs if done.is_done(job) and not _is_scored(done.folder, job)]
    groups = [_Group(point, tuple(found)) for point, found in groupby(left, lambda j: j.point)]
    if not groups:
        return
    (done.folder.home / "scores").mkdir(parents=True, exist_ok=True)
    do = partial(_score_group, done.data, str(private), done.folder)
    with runners.place(workers, scheduler) as place, tqdm(total=len(left), desc="scores") as bar:
        for group, _ in place.run(do, groups):
            bar.update(len(group.jobs))


def paired_difference(
    metric: Metric[Any], first: Sized, second: Sized, *, bootstraps: int = BOOTSTRAPS, seed: int = 0
) -> Value:
    """metric(first) − metric(second) on the same rows, with its 95 % interval.

    `first` and `second` are what `Task.compare` gives.

    Both are resampled with the same rows, so that what is hard in a Hamiltonian for both drops out.
    """
    rows = len(first)
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(rows, np.full(rows, 1.0 / rows), size=bootstraps) / rows
    value, sample = (
        metric.function(first, w) - metric.function(second, w)
        for w in (equal_weights(rows), weights)
    )
    low, high = np.quantile(sample, (0.025, 0.975))
    return Value(float(value[0]), float(low), float(high))


def _is_scored(folder: Folder, job: Job) -> bool:
    """Whether there is a score as young as the answers, or the model refused."""
    record = read_record(folder.record(job)) or {}
    if "refused" in record:
        return True
    found = read_record(folder.score(job))
    return found is not None and found.get("data") == record.get("data")


def _score_group(data: str, private: str, folder: Folder, group: _Group) -> None:
    point = group.point
    task = tasks.load(point.task)
    # Of a number the label is enough; of a class all columns, its margin too.
    columns = ("row_id", task.label) if task.kind == "regression" else None
    stored = dataset.load(private, point.answered, splits=[point.split], columns=columns)
    split = stored[point.split]
    name, size, _ = parse_config(point.answered)
    labels = task.labels(split, families.load(name), size)
    margins = task.references(split, None).get("margins")
    # The reference of `skill` is the mean of the measured estimates, or of the exact labels, from
    # as many copies at the size that is asked for.
    cell = open_cell(data, Point(point.answered, point.task, point.n, point.shots))
    mean = cell.labels.mean(axis=0) if task.kind == "regression" else None
    for job in group.jobs:
        prediction = _prediction(folder.submission(job), split["row_id"])
        report = score(
            prediction, labels, task, train_mean=mean, margins=margins, bootstraps=BOOTSTRAPS
        )
        record = read_record(folder.record(job)) or {}
        body = {**report.to_json(), "data": record.get("data")}
        if point.tokens != "measured":
            partner = folder.submission(replace(job, point=replace(point, tokens="measured")))
            if partner.is_file():
                other = _prediction(partner, split["row_id"])
                body["difference"] = _difference(task, prediction, other, labels)
        files.replace_text(folder.score(job), json.dumps(body, indent=1) + "\n")


def _difference(
    task: Task, first: NDArray[Any], second: NDArray[Any], labels: NDArray[Any]
) -> dict[str, object]:
    """Primary metric with random tokens less that with measured ones."""
    metric = next(m for m in task.metrics if m.name == task.primary)
    pair = [task.compare(p, labels) for p in (first, second)]
    return paired_difference(metric, pair[0], pair[1]).to_json()


def _prediction(path: Path, row_id: NDArray[np.int64]) -> NDArray[Any]:
    """The answers of a file that `run.write` made, in the order of `row_id`."""
    table = pq.read_table(path, columns=["row_id", "prediction"], use_threads=False)
    given = table["row_id"].to_numpy()
    column = table["prediction"].combine_chunks()
    if pt.is_string(column.type):
        values = np.array(column.to_pylist(), dtype=np.str_)
    else:
        flat = column.flatten().to_numpy(zero_copy_only=False).astype(np.float64)
        values = flat.reshape(len(given), -1)
    order = np.argsort(given)
    return values[order[np.searchsorted(given, row_id, sorter=order)]]
