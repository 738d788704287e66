"""The summary of a protocol: one record a job as JSON, and tables as Markdown."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from baselines import protocols
from baselines.contract.protocol import Job
from baselines.running.protocol_run import ProtocolPlan, Record, read_record
from builders.core import files
from leaderboard import tasks
from leaderboard.kinds.task import Task

Order = Callable[[str], Any]
Table = dict[str, dict[str, list[Record]]]  # line → column → records of its seeds


def summarise(done: ProtocolPlan) -> list[Record]:
    """Write summary.json and summary.md into the protocol's folder; the records are returned."""
    records = [r for job in done.jobs if (r := _record(done, job)) is not None]
    body = {"protocol": done.protocol, "data": done.data, "jobs": records}
    files.replace_text(done.folder.home / "summary.json", json.dumps(body, indent=1) + "\n")
    files.replace_text(done.folder.home / "summary.md", markdown(done) + "\n")
    return records


def _record(done: ProtocolPlan, job: Job) -> Record | None:
    """The record of a finished job, with its score where there is one."""
    if not done.is_done(job):
        return None
    record = read_record(done.folder.record(job)) or {}
    data = record.pop("data", None)
    score = read_record(done.folder.score(job)) or {}
    if score.get("data") == data:
        record |= {k: score[k] for k in ("metrics", "difference", "by_time") if k in score}
    return record


def markdown(done: ProtocolPlan) -> str:
    """Tables of the primary metric, a mean over seeds with the spread of seeds behind ±.

    CPU seconds and MiB are those of the table's dearest cell.
    """
    protocol = protocols.load(done.protocol)
    tables: dict[tuple[str, str, str], Table] = {}
    for job in done.jobs:
        record = _record(done, job)
        if record is None:
            continue
        for heading, title, line, column in protocol.placed(job):
            table = tables.setdefault(
                (heading, job.point.task, title), defaultdict(lambda: defaultdict(list))
            )
            table[line][column].append(record)
    parts = [f"# {done.protocol}: {protocol.title}"]
    for (config, task, title), table in sorted(tables.items()):
        parts.append(
            f"## {config}, {task}, {title}\n\n{_one_table(tasks.load(task), table, protocol.order)}"
        )
        if protocol.by_time:
            parts.append(f"By time:\n\n{_time_table(tasks.load(task), table, protocol.order)}")
    return "\n\n".join(parts)


def _one_table(task: Task, table: Mapping[str, Mapping[str, list[Record]]], order: Order) -> str:
    primary = task.primary
    further = [task.upward] if task.upward != primary else []
    columns = sorted({c for row in table.values() for c in row}, key=order)
    differs = any("difference" in r for r in _all(table))
    head = ["baseline", *(f"{primary}, {c}" for c in columns), *further, "CPU s", "MiB"]
    head += ["random less measured [95 %]"] if differs else []
    lines = [head, ["---"] * len(head)]
    sign = -1.0 if task.ranking.better == "higher" else 1.0
    for name in sorted(table, key=lambda name: _rank(table[name], columns, primary, sign)):
        row = table[name]
        last = row.get(columns[-1], [])
        line = [name, *(_mean(row.get(c, []), primary) for c in columns)]
        line += [_mean(last, metric) for metric in further]
        every = [r for c in row.values() for r in c]
        line += [_plain(every, "cpu_seconds", 2), _plain(every, "peak_mib", 0)]
        line += [_difference(last)] if differs else []
        lines.append(line)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _time_table(task: Task, table: Mapping[str, Mapping[str, list[Record]]], order: Order) -> str:
    """A line for each model and column of the table, a column for each time; means over seeds."""
    times = sorted({t for r in _all(table) for t in r.get("by_time", {}).get("time", ())})
    head = ["baseline", *(f"{task.primary}, t={t:g}" for t in times)]
    lines = [head, ["---"] * len(head)]
    for name in sorted(table):
        for column in sorted(table[name], key=order):
            known = [r["by_time"] for r in table[name][column] if r.get("by_time")]
            if not known:
                continue
            at = [dict(zip(one["time"], one["value"], strict=True)) for one in known]
            values = [[one[t] for one in at if t in one] for t in times]
            told = [f"{np.mean(v):.4f}" if v else "-" for v in values]
            lines.append([f"{name}, {column}", *told])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _all(table: Mapping[str, Mapping[str, list[Record]]]) -> Iterable[Record]:
    return (r for row in table.values() for records in row.values() for r in records)


def _values(records: Iterable[Record], metric: str) -> list[float]:
    values = (r.get("metrics", {}).get(metric, {}).get("value") for r in records)
    return [float(v) for v in values if v is not None]


def _rank(row: Mapping[str, list[Record]], columns: list[str], primary: str, sign: float) -> float:
    """Best last column first."""
    values = _values(row.get(columns[-1], []), primary)
    return sign * float(np.mean(values)) if values else np.inf


def _mean(records: list[Record], metric: str) -> str:
    if any("refused" in r for r in records):
        return "refused"
    values = _values(records, metric)
    if not values:
        return "-"
    spread = f" ± {np.std(values, ddof=1):.4f}" if len(values) > 1 else ""
    return f"{np.mean(values):.4f}{spread}"


def _plain(records: list[Record], key: str, digits: int) -> str:
    values = [r[key] for r in records if key in r]
    return f"{max(values):.{digits}f}" if values else "-"


def _difference(records: list[Record]) -> str:
    differences: list[dict[str, Any]] = [r["difference"] for r in records if "difference" in r]
    if not differences:
        return "-"
    first = differences[0]
    return f"{first['value']:.4f} [{first['low']:.4f}, {first['high']:.4f}]"
