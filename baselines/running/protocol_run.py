"""Run a protocol: every job once, its submission and its record as files, resumable.

A job's record is written after its submission, so that what has a record is done. A killed run
leaves whole jobs behind, and the next one does what is missing. Models get a `Cell` and nothing
else; the hidden labels are opened in a second pass, after all models have answered.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import baselines
from baselines import protocols
from baselines.contract.point_cells import open_cell, open_elsewhere
from baselines.contract.protocol import Job, Point, available, fingerprint, jobs, left_out
from baselines.running.peak_memory import start_peak
from baselines.running.run import answer, write
from builders.building import runners
from builders.core import files
from builders.core.errors import RequestError
from builders.core.progress import progress
from builders.dataset import manifest
from leaderboard.track import usual_track

Record = dict[str, Any]
DataFiles = dict[tuple[str, str, str], dict[str, str]]  # Point.source → file → hash


@dataclass(frozen=True)
class Folder:
    """Where a protocol keeps its files."""

    home: Path

    def record(self, job: Job) -> Path:
        """What is known of a finished job."""
        return self.home / "cells" / f"{job.name}.json"

    def submission(self, job: Job) -> Path:
        """Its answers, an ordinary submission of one cell."""
        return self.home / "cells" / f"{job.name}.parquet"

    def score(self, job: Job) -> Path:
        """Its score."""
        return self.home / "scores" / f"{job.name}.json"


@dataclass(frozen=True)
class ProtocolPlan:
    """A protocol on a data set: all its jobs, and the hashes of the data they run on."""

    protocol: str
    data: str
    folder: Folder
    jobs: tuple[Job, ...]
    data_files: DataFiles

    def is_done(self, job: Job) -> bool:
        """Whether the job has a record made from these very data, and its file the track."""
        record = read_record(self.folder.record(job))
        if record is None or record.get("data") != self.data_files[job.point.source]:
            return False
        if record.get("model") != _model_hash(job.baseline):
            return False
        # Records of before tracks have none, and neither have their files.
        return bool(record.get("track", usual_track(job.point.shots)) == job.point.track)


def plan(
    name: str,
    data: Path,
    out: Path,
    *,
    models: Sequence[str] | None = None,
    configs: Sequence[str] | None = None,
    tasks: Sequence[str] | None = None,
    rows: Sequence[int] | None = None,
    shots: Sequence[int] | None = None,
    tokens: Sequence[str] | None = None,
    seeds: int = 1,
) -> ProtocolPlan:
    """Every job of a protocol on the configs of a data set.

    Args:
        name: of the protocol.
        data: data set folder.
        out: folder of all protocols' results.
        models: these baselines alone.
        configs: these configs alone.
        tasks: these tasks alone.
        rows: cells of so many training rows alone.
        shots: cells of so many shots a row alone; 0 stands for exact labels.
        tokens: `measured`, `random` or `inputs` alone, as in `Point.tokens`.
        seeds: model seeds of each cell.

    Raises:
        RequestError: unknown protocol, baseline or config; no cell of the protocol fits the data,
            or none has a value that is asked for, or a baseline that is asked for does none.
    """
    protocol = protocols.load(name)
    variants = protocol.models(models)
    contents = manifest.read(data)
    manifest.check_visibility(contents, data, "public")
    for config in configs or ():
        contents.config(config)
    if seeds < 1:
        raise RequestError(f"seeds {seeds}: at least 1 is needed.")
    offered = [
        point
        for config in available(contents)
        if configs is None or config.config in configs
        for point in protocol.points(config)
    ]
    wanted = {"task": tasks, "n": rows, "shots": shots, "tokens": tokens}
    points = _only(offered, {name: v for name, v in wanted.items() if v is not None})
    if not points:
        raise RequestError(
            f"no cell of protocol {name} fits {data}: it holds "
            f"{', '.join(contents.configs) or 'no'} configs. Build more training rows or shots, "
            "or choose other --config, --task, --n, --shots and --tokens."
        )
    hashes = {source: fingerprint(contents, source) for source in {p.source for p in points}}
    planned = tuple(jobs(points, variants, seeds))
    idle = sorted(set(models or ()) - {job.baseline for job in planned})
    if idle:
        reasons = sorted({left_out(model, point) for model in idle for point in points})
        raise RequestError(
            f"no cell of protocol {name} is one for {', '.join(idle)}. {' '.join(reasons)} Leave "
            "out --baseline, or choose another one."
        )
    return ProtocolPlan(name, str(data.absolute()), Folder(out / name), planned, hashes)


def _only(offered: Sequence[Point], wanted: Mapping[str, Sequence[object]]) -> list[Point]:
    """The cells with the wanted values.

    Raises:
        RequestError: there are cells, and a value that none of them has.
    """
    for name, values in wanted.items():
        there = sorted({getattr(point, name) for point in offered})
        for value in values:
            if there and value not in there:
                raise RequestError(
                    f"no cell with {name} {value} fits the data. There are cells with {name} "
                    f"{', '.join(map(str, there))}. Choose one, or build more rows or shots."
                )
    return [p for p in offered if all(getattr(p, name) in v for name, v in wanted.items())]


def run_plan(
    wanted: ProtocolPlan, *, workers: int | None = None, scheduler: str | None = None
) -> int:
    """Do the jobs that are not done; how many were.

    Args:
        wanted: the plan.
        workers: processes of this machine; default one a processor.
        scheduler: address of a Dask scheduler, whose workers see the same files at the same paths.

    Raises:
        WorkError: a worker died; what is done is kept.
    """
    left = [job for job in wanted.jobs if not wanted.is_done(job)]
    (wanted.folder.home / "cells").mkdir(parents=True, exist_ok=True)
    if not left:
        return 0
    do = partial(work, wanted.data, wanted.folder, wanted.data_files)
    with (
        runners.place(workers, scheduler) as place,
        progress(len(left), "job", wanted.protocol) as bar,
    ):
        for job, _ in place.run(do, left):
            bar.set_postfix_str(job.name, refresh=False)
            bar.update()
    return len(left)


def work(data: str, folder: Folder, data_files: DataFiles, job: Job) -> None:
    """Fit, predict, write: one job, in any process. A refusal of the model is a result too."""
    record: Record = {
        **job.point.key._asdict(),
        "tokens": job.point.tokens,
        "baseline": job.baseline,
        "seed": job.seed,
        "settings": dict(job.settings),
        "trained_on": job.point.config,
        "split": job.point.split,
        "spent": list(job.point.spent),
        "data": data_files[job.point.source],
    }
    own = _model_hash(job.baseline)
    if own is not None:
        record["model"] = own
    cell, elsewhere = open_cell(data, job.point), open_elsewhere(data, job.point)
    peak, cpu = start_peak(), time.process_time()
    try:
        answers = answer(job.baseline, cell, job.seed, job.settings, elsewhere, job.point.track)
    except RequestError as refusal:
        record["refused"] = str(refusal)
    else:
        record |= {
            "seconds": round(answers.seconds, 4),
            "cpu_seconds": round(time.process_time() - cpu, 4),
            "row_seconds": float(f"{answers.row_seconds:.3g}"),
            "peak_mib": round(peak(), 1),
            "parameters": answers.parameters,
        }
        write(
            folder.submission(job),
            job.baseline,
            job.seed,
            [answers],
            settings=job.settings,
            notes=_notes(job.point.split),
        )
    files.replace_text(folder.record(job), json.dumps(record, indent=1) + "\n")


def _model_hash(baseline: str) -> str | None:
    """SHA-256 of the file of a model of somebody's own, which may change between two runs."""
    own = baselines.source(baseline)
    return None if own is None else own.sha256


def read_record(path: Path) -> Record | None:
    """A record or score; None if there is none, or one that cannot be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _notes(split: str) -> str:
    return "" if split == "test" else f"answers for the split {split}"
