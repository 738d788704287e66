"""Whether two versions of the code give the same answers: two results of a protocol, compared.

    qslbench protocol gspe --data DIR --private DIR-private --out BEFORE   # in one checkout
    qslbench protocol gspe --data DIR --private DIR-private --out AFTER    # in the other
    python -m benchmarks.same_answers BEFORE AFTER

Predictions are compared byte for byte, and so is the value of every metric. Seconds and memory may
differ. Jobs that one side alone has are told and do not count as different; a job that one side
refuses and the other answers does. Exit status 1 if anything differs, or nothing is in common.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq


def cells(folder: Path) -> dict[str, Path]:
    """PROTOCOL/JOB → its record, of all protocols in the folder of results."""
    return {f"{p.parts[-3]}/{p.stem}": p for p in sorted(folder.glob("*/cells/*.json"))}


def differences(before: Path, after: Path) -> Iterator[str]:
    """What differs between the records of one job, in words."""
    first, second = (path.with_suffix(".parquet") for path in (before, after))
    if first.is_file() != second.is_file():
        yield "answered in one and refused in the other"
    elif first.is_file() and _answers(first) != _answers(second):
        yield "other predictions"
    scores = [_metrics(path) for path in (before, after)]
    if None not in scores and scores[0] != scores[1]:
        yield "other scores"


def _answers(path: Path) -> bytes:
    table = pq.read_table(path, columns=["row_id", "prediction"]).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema.remove_metadata()) as stream:
        stream.write_table(table.replace_schema_metadata())
    return bytes(sink.getvalue())


def _metrics(record: Path) -> dict[str, Any] | None:
    path = record.parent.parent / "scores" / record.name
    values: dict[str, Any] | None = None
    if path.is_file():
        metrics = json.loads(path.read_text(encoding="utf-8"))["metrics"]
        values = {name: metric["value"] for name, metric in metrics.items()}
    return values


def main() -> None:
    """Compare two folders of results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    args = parser.parse_args()
    first, second = cells(args.before), cells(args.after)
    both = sorted(first.keys() & second.keys())
    wrong = 0
    for job in both:
        for how in differences(first[job], second[job]):
            wrong += 1
            print(f"{job}: {how}")
    alone = len(first) + len(second) - 2 * len(both)
    print(f"{len(both)} jobs in both, {wrong} differences; {alone} in one alone")
    sys.exit(1 if wrong or not both else 0)


if __name__ == "__main__":
    main()
