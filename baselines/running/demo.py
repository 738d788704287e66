"""The demo: real data built, some baselines run on them, submitted and ranked."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import baselines
from baselines.contract.applies import has_pairs
from baselines.contract.point_cells import open_cell
from baselines.contract.protocol import Point
from baselines.running.built import build_missing
from baselines.running.run import Answers, answer, write
from builders.core.names import Size
from builders.core.progress import progress
from builders.dataset.config import Config
from builders.dataset.spec import BuildSpec
from leaderboard import tasks
from leaderboard.board.service import Board

FAMILIES = ("tfim_1d", "heisenberg_1d")
SIZES = (16, 48)
TRAIN, TEST, SHOTS, SEED = 100, 100, 64, 0
TEST_SEED = 2**62  # nothing is to be hidden here, and two demos are to show the same
ROWS = (20, 60, 100)
BASELINES = ("distance_mean", "mlp_pairs", "ridge", "shadow", "train_mean")

Job = tuple[str, Path, BuildSpec, str]  # baseline, data set folder, config, task


@dataclass(frozen=True)
class Folders:
    """Where a demo keeps things, all inside one folder."""

    home: Path

    @property
    def data(self) -> Path:
        """Public data set."""
        return self.home / "data"

    @property
    def private(self) -> Path:
        """Hidden labels."""
        return self.home / "data-private"

    @property
    def store(self) -> Path:
        """The board's store."""
        return self.home / "board"

    @property
    def submissions(self) -> Path:
        """One file of predictions a baseline."""
        return self.home / "submissions"


def run_demo(folders: Folders, workers: int | None = None) -> Board:
    """Build what is missing, run the baselines, submit them, and return the open board."""
    specs = [
        BuildSpec(
            *(family, Size(n), {"train": TRAIN, "test": TEST}, SHOTS, SEED), test_seed=TEST_SEED
        )
        for n in SIZES
        for family in FAMILIES
    ]
    build_missing(specs, folders.data, folders.private, workers)
    board = Board.open(folders.store, folders.data, folders.private)
    known = {receipt.metadata.name for receipt in board.submissions()}
    missing = [name for name in BASELINES if name not in known]
    for name, answers in _answers(folders.data, specs, missing, workers or os.cpu_count() or 1):
        file = folders.submissions / f"{name}.parquet"
        write(file, name, SEED, answers)
        board.submit(file)
    return board


def _answers(
    data: Path, specs: list[BuildSpec], names: list[str], workers: int
) -> Iterator[tuple[str, list[Answers]]]:
    """All cells of one baseline after the other."""
    jobs: list[Job] = [
        (name, data, spec, task)
        for name in names
        for spec in reversed(specs)  # the largest first, so that no worker ends alone with it
        for task in _tasks(spec)
        if not baselines.load(name).refusal(tasks.load(task), Config.parse(spec.config))
    ]
    if not jobs:
        return
    # Fresh interpreters: a fork of a process with running torch threads can hang.
    with (
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
        progress(len(jobs) * len(ROWS), "cell", "baselines") as bar,
    ):
        by_name: dict[str, list[Answers]] = {name: [] for name in names}
        left = {name: sum(job[0] == name for job in jobs) for name in names}
        for (name, *_), answers in zip(jobs, pool.map(_run_job, jobs), strict=True):
            by_name[name] += answers
            left[name] -= 1
            bar.update(len(answers))
            if not left[name]:
                yield name, by_name[name]


def _tasks(spec: BuildSpec) -> list[str]:
    """Those of pairs; the other tasks would double the time and show the same."""
    config = Config.parse(spec.config)
    return [t for t in config.family.tasks if has_pairs(tasks.load(t), config)]


def _run_job(job: Job) -> list[Answers]:
    name, data, spec, task = job
    points = [Point(spec.config, task, n, SHOTS) for n in ROWS]
    return [answer(name, open_cell(str(data), point), SEED) for point in points]
