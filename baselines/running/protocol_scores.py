"""Scores of a protocol's answers, after all models have given theirs."""

import json
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from baselines.contract.pool import POOL
from baselines.contract.protocol import Job, Point
from baselines.running.protocol_run import Folder, ProtocolPlan, read_record
from builders.building import runners
from builders.core import files
from builders.core.errors import RequestError
from builders.core.progress import progress
from builders.dataset import manifest
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.by_time import NAME as BY_TIME
from leaderboard.kinds.metrics import Metric
from leaderboard.kinds.task import Evidence
from leaderboard.scoring.score import Value
from leaderboard.scoring.scorer import Scorer
from leaderboard.submission.columns import is_list, is_text

BOOTSTRAPS = 500


@dataclass(frozen=True)
class _JobGroup:
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
    groups = [_JobGroup(p, tuple(members)) for p, members in groupby(left, lambda j: j.point)]
    if not groups:
        return
    (done.folder.home / "scores").mkdir(parents=True, exist_ok=True)
    do = partial(_score_group, done.data, str(private), done.folder)
    with runners.place(workers, scheduler) as place, progress(len(left), "job", "scores") as bar:
        for group, _ in place.run(do, groups):
            bar.update(len(group.jobs))


def paired_difference(
    metric: Metric[Any],
    first: Evidence,
    second: Evidence,
    *,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
) -> Value:
    """metric(first) − metric(second) on the same rows, with its 95 % interval.

    Both are resampled with the same rows, so that what is hard in a Hamiltonian for both drops out.
    """
    value, sample = (
        metric.function(first, w) - metric.function(second, w)
        for w in (first.blocks.equal, first.blocks.resamples(bootstraps, seed))
    )
    return Value.of_sample(float(value[0]), sample)


def _is_scored(folder: Folder, job: Job) -> bool:
    """Whether there is a score as young as the answers, or the model refused."""
    record = read_record(folder.record(job)) or {}
    if "refused" in record:
        return True
    score = read_record(folder.score(job))
    return score is not None and score.get("data") == record.get("data")


def _score_group(data: str, private: str, folder: Folder, group: _JobGroup) -> None:
    point = group.point
    # The reference of `skill` is the mean of the measured estimates, or of the exact labels, from
    # as many copies at the size that is asked for.
    key, scorer = point.key, _scorer(data, private, point.split)
    for job in group.jobs:
        answer = read_answer(folder.submission(job))
        (scored,) = scorer.score({key: answer})
        record = read_record(folder.record(job)) or {}
        body = {**scored.report.to_json(), "data": record.get("data")}
        if BY_TIME in scored.details:
            body[BY_TIME] = scored.details[BY_TIME]
        if point.tokens != "measured":
            partner = folder.submission(replace(job, point=replace(point, tokens="measured")))
            if partner.is_file():
                body["difference"] = _difference(scorer, key, answer, read_answer(partner))
        files.replace_text(folder.score(job), json.dumps(body, indent=1) + "\n")


def _difference(scorer: Scorer, key: CellKey, first: Answer, second: Answer) -> dict[str, object]:
    """Primary metric with random tokens less that with measured ones."""
    task, truth = tasks.load(key.task), scorer.truth(key)
    pair = [task.evidence(truth.aligned(answer), truth) for answer in (first, second)]
    return paired_difference(task.ranking, pair[0], pair[1]).to_json()


def _scorer(data: str, private: str, split: str) -> Scorer:
    """The public scorer, kept for the next cells; a new one where a folder was built anew."""
    built = [(Path(folder) / manifest.NAME).stat().st_mtime_ns for folder in (data, private)]

    def made() -> Scorer:
        return Scorer(data, private, split=split, bootstraps=BOOTSTRAPS)

    return POOL.once("scorer", (data, private, split, *built), made, most=1)


def read_answer(path: Path) -> Answer:
    """The answer of a file that `run.write` made of one cell.

    It is our own: a stranger's is read in a process apart, see `leaderboard.submission`.
    """
    table = pq.read_table(path, columns=["row_id", "prediction"], use_threads=False)
    given, column = table["row_id"].to_numpy(), table["prediction"].combine_chunks()
    if is_text(column.type):
        return Answer(given, np.array(column.to_pylist(), dtype=np.str_))
    if not is_list(column.type):
        return Answer(given, column.to_numpy(zero_copy_only=False))
    leaves = column.flatten().to_numpy(zero_copy_only=False)
    return Answer(given, leaves.reshape(len(given), -1))
