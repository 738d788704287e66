"""The ranking of a cell as a table for the page, and who can be told from the best."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

import pyarrow as pa

from leaderboard.scoring.score import Value
from leaderboard.store.records import Row
from leaderboard.submission.metadata import EntryClass

if TYPE_CHECKING:
    from leaderboard.display.columns import TableColumn

BEST, TIED, BEHIND, UNKNOWN = "best", "not separable", "behind", "no value"


def against_best(rows: Sequence[Row]) -> list[str]:
    """For each row of a ranking, best first, whether the tests tell it from the best entry of its
    class.
    """
    best: dict[str, Row] = {}
    for row in rows:
        best.setdefault(row.metadata.entry_class, row)
    return [_against(row, best[row.metadata.entry_class]) for row in rows]


def by_class(rows: Sequence[Row]) -> list[Row]:
    """A ranking, best first, class by class: learned entries before hybrid ones and solvers."""
    order = get_args(EntryClass)
    return sorted(rows, key=lambda row: order.index(row.metadata.entry_class))


def _against(row: Row, best: Row) -> str:
    if row.score.value is None:
        return UNKNOWN
    if row.score.value == best.score.value and row.place == best.place:
        return BEST
    return TIED if row.place == best.place else BEHIND


def groups(rows: Sequence[Row]) -> list[int]:
    """For each row, how many entries share its rank, itself included."""
    ranks = [row.rank for row in rows]
    counts = {rank: ranks.count(rank) for rank in set(ranks)}
    return [counts[rank] for rank in ranks]


def interval(value: Value) -> str:
    """`0.0241 – 0.0255`, or a dash; `-0.12 to 0.03` where a sign would be taken for one."""
    return between(value, 4)


def between(value: Value, digits: int) -> str:
    """As `interval`, with so many digits."""
    if value.low is None or value.high is None:
        return "–"
    low, high = f"{value.low:z.{digits}f}", f"{value.high:z.{digits}f}"
    return f"{low} to {high}" if "-" in low + high else f"{low} – {high}"


def link(code: str) -> str | None:
    """The text if it is a web address, else None: nothing else may become a link."""
    return code if code.startswith(("https://", "http://")) else None


def unsigned(value: Any, shown: str | None) -> Any:
    """A number that is shown as zero without its sign: there is no "-0.000".

    Args:
        value: of a cell of a table.
        shown: the format, such as `%.3f`.
    """
    if not isinstance(value, float) or not shown or not shown.startswith("%."):
        return value
    return 0.0 if round(value, int(shown[2:-1])) == 0 else value


def entry_link(id_: str) -> str:
    """Where an entry stands, from any other page."""
    return f"entry?id={id_}"


def standing_table(rows: Sequence[Row], columns: Mapping[str, "TableColumn"]) -> Any:
    """The ranking as a pyarrow Table, one line a row; columns without any value are left out."""
    kinds = {
        "number": pa.float64(),
        "count": pa.int64(),
        "check": pa.bool_(),
        "text": pa.string(),
        "link": pa.string(),
        "entry": pa.string(),
    }
    values = {
        name: [unsigned(value, column.format) for value in column.values(rows)]
        for name, column in columns.items()
    }
    return pa.table(
        {
            name: pa.array(held, kinds[columns[name].kind])
            for name, held in values.items()
            if any(value not in (None, "") for value in held)
        }
    )
