"""The columns that the board's table can have."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from leaderboard.display import flags, links
from leaderboard.display.standing import against_best, interval, link
from leaderboard.display.words import direction
from leaderboard.kinds.details import Summary
from leaderboard.kinds.metrics import Metric
from leaderboard.kinds.task import Task
from leaderboard.store.records import Row

Kind = Literal["number", "count", "text", "check", "link", "entry"]
ALWAYS = ("rank", "name", "entry_class", "score", "interval")
_SHORT = 12  # characters of a head


@dataclass(frozen=True)
class TableColumn:
    """One column.

    Attributes:
        title: its head.
        meaning: shown at the head.
        kind: of its values.
        values: ranking → one value a row.
        format: of numbers, for Streamlit.
        width: in pixels; None leaves it to Streamlit.
    """

    title: str
    meaning: str
    kind: Kind
    values: Callable[[Sequence[Row]], list[Any]]
    format: str | None = None
    width: int | None = None


def board_columns(task: Task) -> dict[str, TableColumn]:
    """Every column of a task's ranking by name, in the order of the page."""
    metrics = {metric.name: _metric(metric) for metric in task.every_metric}
    score = metrics.pop(task.primary)
    every = {**_FIRST, "score": score, "interval": _INTERVAL, **_TESTS, **metrics}
    return every | _summaries(task) | _REST | {"flags": _flags(task)} | _LAST


def _summaries(task: Task) -> dict[str, TableColumn]:
    """The one number of each detail that has one."""
    summaries = [detail.summary for detail in task.details if detail.summary is not None]
    return {s.name: _summary(s) for s in summaries}


def _summary(summary: Summary) -> TableColumn:
    values = _each(lambda row: row.summaries.get(summary.name))
    return TableColumn(summary.title, summary.meaning, "number", values, "%.4f", 115)


def _flags(task: Task) -> TableColumn:
    values = _each(lambda row: flags.shorts(task, row.details))
    return TableColumn("Flags", "Explained below the table", "text", values, width=150)


def shown_first(task: Task, rows: Sequence[Row]) -> list[str]:
    """The columns of `board_columns` that a page shows before the visitor chooses: of the metrics
    those that some entry has.
    """
    released = {
        name for row in rows for name, value in row.metrics.items() if value.value is not None
    }
    metrics = [m.name for m in task.every_metric if m.name != task.primary and m.name in released]
    costs = ["parameters", "train_seconds"]
    if task.kind == "binary":
        costs.append("row_seconds")  # a decoder has to keep up with its code
    return ["against_best", *metrics, *costs, "uses_test_shots", "flags", "id"]


def _metric(metric: Metric[Any]) -> TableColumn:
    name = metric.name
    return TableColumn(
        metric.title,
        f"{metric.meaning}; {direction(metric.better)}",
        "number",
        lambda rows: [row.metrics[name].value if name in row.metrics else None for row in rows],
        "%.4f" if metric.better == "lower" else "%.3f",
        80 if len(metric.title) <= _SHORT else 110,
    )


def _each(value: Callable[[Row], Any]) -> Callable[[Sequence[Row]], list[Any]]:
    return lambda rows: [value(row) for row in rows]


def _copies(row: Row) -> int | None:
    ledger = row.details.get("ledger")
    if ledger is None:
        return None
    stated = ledger["stated"]
    return int(ledger["allowed"] if stated is None else stated)


def _row_microseconds(row: Row) -> float | None:
    seconds = row.row_seconds
    return None if seconds is None else 1e6 * seconds


def _text_of_code(row: Row) -> str | None:
    code = row.metadata.code
    return code if code and link(code) is None else None


_FIRST = {
    "rank": TableColumn(
        "#",
        "Within the class. Entries that a paired test on the same rows cannot tell apart share a "
        "rank; in an open season, those with the same reported value.",
        "count",
        _each(lambda row: row.place),
        width=44,
    ),
    "name": TableColumn(
        "Model",
        "Its page; as its authors call it",
        "entry",
        _each(lambda row: links.entry(row.id, row.name)),
        width=150,
    ),
    "entry_class": TableColumn(
        "Class",
        "learned from shots; hybrid: a solver gives features; solver: nothing is learnt",
        "text",
        _each(lambda row: row.metadata.entry_class),
        width=75,
    ),
}
_INTERVAL = TableColumn(
    "95 % interval",
    "Bootstrap over the test rows",
    "text",
    _each(lambda row: interval(row.score)),
    width=125,
)
_TESTS = {
    "against_best": TableColumn(
        "Against the best",
        "Whether the paired tests tell the entry from the best of its class",
        "text",
        against_best,
        width=125,
    ),
    "p_above": TableColumn(
        "p above",
        "Paired test against the entry above, adjusted for all neighbours (Holm); none while a "
        "season is open",
        "number",
        _each(lambda row: row.p_above),
        "%.4f",
        75,
    ),
    "resolvable": TableColumn(
        "Resolvable",
        "The smallest difference from the entry above that these test rows resolve (95 %)",
        "number",
        _each(lambda row: row.resolvable),
        "%.5f",
        85,
    ),
}
_REST = {
    "rank_of_all": TableColumn(
        "# of all", "The rank among all classes", "count", _each(lambda row: row.rank), width=65
    ),
    "parameters": TableColumn(
        "Parameters", "Trained numbers", "count", _each(lambda r: r.parameters), width=90
    ),
    "train_seconds": TableColumn(
        "Train s",
        "Wall seconds of training: of this cell where they are stated, else of the whole file",
        "number",
        _each(lambda row: row.train_seconds),
        "%.1f",
        65,
    ),
    "row_seconds": TableColumn(
        "µs a row",
        "Processor time of answering one test row: what it takes on one core",
        "number",
        _each(_row_microseconds),
        "%.2f",
        75,
    ),
    "copies": TableColumn(
        "Copies n·M",
        "Copies that were learnt from, as stated",
        "count",
        _each(_copies),
        width=90,
    ),
    "uses_test_shots": TableColumn(
        "Test shots",
        "Whether the shots of the test rows were used",
        "check",
        _each(lambda row: row.metadata.uses_test_shots),
        width=80,
    ),
}
_LAST = {
    "authors": TableColumn(
        "Authors", "As stated", "text", _each(lambda r: "; ".join(r.metadata.authors)), width=130
    ),
    "link": TableColumn("Code", "A web address", "link", _each(lambda r: link(r.metadata.code))),
    "code": TableColumn("Code, not linked", "As stated", "text", _each(_text_of_code), width=150),
    "id": TableColumn("Entry", "Its id", "text", _each(lambda row: row.id), width=110),
}  # fmt: skip
