"""A published table made again: data built, models fitted, scores beside the published numbers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from baselines import tables
from baselines.contract.protocol import Job
from baselines.contract.table import Table
from baselines.running.built import build_missing
from baselines.running.protocol_run import Folder, plan, read_record, run_plan
from baselines.running.protocol_scores import score_plan
from builders.core import files
from builders.core.errors import RequestError
from builders.core.machine import hardware, versions
from builders.dataset.config import Config
from builders.dataset.spec import BuildSpec
from leaderboard.cells import CellKey
from leaderboard.kinds.published import Published

SEED = 1
TEST_SEED = 2**62 + 1  # nothing is to be hidden here, and two runs are to show the same
AGREES = 0.05
"""What a number may differ from the record, as a share of it."""


@dataclass(frozen=True)
class Line:
    """One number of the table, and ours.

    Attributes:
        point: what was published.
        baseline: of ours that answers it.
        value: ours, mean over the seeds.
        low: of the 95 % interval over test rows, first seed.
        high: of it.
        seeds: how many seeds; 1 of a baseline that draws nothing.
        cpu_seconds: of fit and prediction, the longest of the seeds.
        recorded: what the record of the project has, if this cell is in it.
    """

    point: Published
    baseline: str
    value: float
    low: float
    high: float
    seeds: int
    cpu_seconds: float
    recorded: float | None

    @property
    def differs(self) -> bool:
        """Whether ours is further from the record than `AGREES`."""
        return self.recorded is not None and abs(self.value / self.recorded - 1.0) > AGREES


def reproduce(
    name: str,
    out: Path,
    *,
    configs: tuple[str, ...] = (),
    methods: tuple[str, ...] = (),
    seeds: int = 1,
    workers: int | None = None,
) -> list[Line]:
    """Build what is missing, run what is missing, and set ours beside the published numbers.

    Args:
        name: of the table.
        out: folder of data and results; what is there is not done again.
        configs: these alone; all by default.
        methods: these alone, named as in the table.
        seeds: model seeds of each baseline that draws any.
        workers: processes; default one a processor.

    Raises:
        RequestError: an unknown table, config or method.
    """
    table = tables.load(name)
    points = table.lines(configs, methods)
    data, private = out / "data", out / "data-private"
    build_missing(map(_spec(table), _configs(points)), data, private, workers)
    wanted = {(point.key, table.ours[point.method]) for point in points}
    full = plan(
        table.protocol,
        data,
        out,
        models=sorted({baseline for _, baseline in wanted}),
        configs=_configs(points),
        tasks=sorted({point.key.task for point in points}),
        rows=sorted({point.key.n for point in points}),
        shots=sorted({point.key.shots for point in points}),
        tokens=("measured",),
        seeds=seeds,
    )
    kept = tuple(job for job in full.jobs if (job.point.key, job.baseline) in wanted)
    ours = replace(full, jobs=kept)
    run_plan(ours, workers=workers)
    score_plan(ours, private, workers=workers)
    record = _record(name)
    return [
        _line(table, point, kept, ours.folder, record)
        for point in sorted(points, key=lambda p: (p.key, p.method))
    ]


def write_record(path: Path, lines: Sequence[Line]) -> None:
    """Write what came out, to be compared with later; other lines of the file stay.

    Raises:
        RequestError: the file is the record of another machine.
    """
    known = _lines(path)
    machine = hardware()
    if known and (made := _read(path)["hardware"]) != machine:
        raise RequestError(f"{path} is a record of {made}; this is {machine}. Name another file.")
    for line in lines:
        known[_key(line.point.key, line.baseline)] = {
            **line.point.key._asdict(),
            "baseline": line.baseline,
            "metric": line.point.metric,
            "value": round(line.value, 6),
            "low": round(line.low, 6),
            "high": round(line.high, 6),
            "seeds": line.seeds,
            "cpu_seconds": round(line.cpu_seconds, 2),
        }
    ordered = [known[key] for key in sorted(known, key=str)]
    body = {"hardware": machine, "versions": versions(), "lines": ordered}
    files.replace_text(path, json.dumps(body, indent=1) + "\n")


def recorded_seconds(name: str, configs: tuple[str, ...], methods: tuple[str, ...]) -> float | None:
    """CPU seconds that the models of these lines took when they were recorded; None if unknown."""
    table, record = tables.load(name), _record(name)
    known = [record.get(_key(p.key, table.ours[p.method])) for p in table.lines(configs, methods)]
    if any(line is None for line in known):
        return None
    return float(sum(line["cpu_seconds"] * line["seeds"] for line in known if line))


def _spec(table: Table) -> Any:
    def spec(name: str) -> BuildSpec:
        config = Config.parse(name)
        rows = {"train": table.train, "test": table.test}
        return BuildSpec(
            config.family.name, config.size, rows, table.shots, SEED, test_seed=TEST_SEED
        )

    return spec


def _configs(points: Sequence[Published]) -> list[str]:
    return sorted({point.key.config for point in points})


def _record(name: str) -> dict[tuple[object, ...], dict[str, Any]]:
    return _lines(Path(tables.__file__).parent / "records" / f"{name}.json")


def _lines(path: Path) -> dict[tuple[object, ...], dict[str, Any]]:
    """Cell and baseline → line of a record; none where there is no file."""
    if not path.exists():
        return {}
    keys = (*CellKey._fields, "baseline")
    return {tuple(line[k] for k in keys): line for line in _read(path)["lines"]}


def _read(path: Path) -> dict[str, Any]:
    try:
        body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        body["hardware"], body["lines"]
    except (ValueError, KeyError) as error:
        raise RequestError(f"{path} is no record of `qslbench reproduce`: {error!r}.") from error
    return body


def _key(key: CellKey, baseline: str) -> tuple[object, ...]:
    return (*key, baseline)


def _line(
    table: Table, point: Published, jobs: Sequence[Job], folder: Folder, record: dict[Any, Any]
) -> Line:
    baseline = table.ours[point.method]
    ours = [job for job in jobs if (job.point.key, job.baseline) == (point.key, baseline)]
    scores = [(read_record(folder.score(job)) or {})["metrics"][point.metric] for job in ours]
    spent = [(read_record(folder.record(job)) or {})["cpu_seconds"] for job in ours]
    known = record.get(_key(point.key, baseline))
    return Line(
        point, baseline, float(np.mean([score["value"] for score in scores])),
        scores[0]["low"], scores[0]["high"], len(ours), max(spent),
        known["value"] if known else None,
    )  # fmt: skip
