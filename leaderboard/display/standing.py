"""The ranking of a cell as a table for the page, and who can be told from the best."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from leaderboard.records import Row
from leaderboard.scoring import Value

BEST, SAME, BEHIND, UNKNOWN = "best", "not separable", "behind", "no interval"


def against_best(rows: Sequence[Row]) -> list[str]:
    """For each row of a ranking, best first: whether it can be told from the best entry.

    Those that share its rank cannot. Of the others, two overlapping 95 % intervals are the cautious
    rule.
    """
    return [_against(row, rows[0]) for row in rows]


def _against(row: Row, best: Row) -> str:
    if row.score.value is None:
        return UNKNOWN
    if row.score.value == best.score.value:
        return BEST
    if row.rank == best.rank:
        return SAME
    if not _has_interval(row.score) or not _has_interval(best.score):
        return UNKNOWN
    return SAME if _overlap(row.score, best.score) else BEHIND


def _has_interval(value: Value) -> bool:
    return value.low is not None and value.high is not None


def _overlap(a: Value, b: Value) -> bool:
    assert a.low is not None and a.high is not None  # noqa: PT018
    assert b.low is not None and b.high is not None  # noqa: PT018
    return a.low <= b.high and b.low <= a.high


def interval(value: Value) -> str:
    """`0.0241 – 0.0255`, or a dash."""
    if value.low is None or value.high is None:
        return "–"
    return f"{value.low:z.4f} – {value.high:z.4f}"


def link(code: str) -> str | None:
    """The text if it is a web address, else None: nothing else may become a link."""
    return code if code.startswith(("https://", "http://")) else None


def table(rows: Sequence[Row]) -> Any:
    """The ranking as a pyarrow Table, one line a row, in the order of the page's columns.

    What `metadata.code` holds stands in `link` if it is a web address, else as text in `code`;
    either column is left out if no entry has it.
    """
    standing = against_best(rows)
    primary = rows[0].primary
    others = [name for name in rows[0].metrics if name != primary]
    columns: dict[str, list[Any]] = {
        "rank": [row.rank for row in rows],
        "name": [row.name for row in rows],
        "entry_class": [row.metadata.entry_class for row in rows],
        primary: [row.score.value for row in rows],
        "interval": [interval(row.score) for row in rows],
        "against_best": standing,
    }
    for name in others:
        columns[name] = [row.metrics[name].value for row in rows]
    columns |= {
        "parameters": [row.metadata.parameters for row in rows],
        "train_seconds": [row.metadata.train_seconds for row in rows],
        "uses_test_shots": [row.metadata.uses_test_shots for row in rows],
        "authors": ["; ".join(row.metadata.authors) for row in rows],
        **_codes(rows),
        "id": [row.id for row in rows],
    }
    kinds = {
        "parameters": pa.int64(),
        "train_seconds": pa.float64(),
        "code": pa.string(),
        "link": pa.string(),
    }
    kinds |= dict.fromkeys([primary, *others], pa.float64())
    return pa.table({name: pa.array(v, kinds.get(name)) for name, v in columns.items()})


def _codes(rows: Sequence[Row]) -> dict[str, list[str | None]]:
    every = [row.metadata.code for row in rows]
    links = [link(code) for code in every]
    texts = [code if code and not web else None for code, web in zip(every, links, strict=True)]
    return {name: held for name, held in (("link", links), ("code", texts)) if any(held)}
