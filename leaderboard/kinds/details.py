"""What a report tells of an answer beside its metrics, and how a page shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from leaderboard.cells import Answer
from leaderboard.kinds.truth import Truth

Chart = Literal["profile", "curve", "table", "matrix"]
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Summary:
    """One number of a detail, for the table of a ranking.

    Attributes:
        name: of the column in files.
        title: of the column for people.
        meaning: one sentence.
        of: what the detail holds → the number.
    """

    name: str
    title: str
    meaning: str
    of: Callable[[Content], float]


@dataclass(frozen=True)
class Detail:
    """One detail.

    What it holds is a JSON object: lists of equal lengths for a `profile` (the first is x, the
    others are lines), for a `curve` (x, `value`, and `low` and `high`, the ends of its interval)
    and for a `table` (columns); one list of lists for a `matrix`.

    Attributes:
        name: its key in a report.
        title: for people.
        chart: how a page draws it.
        function: (aligned answer, truth) → what it holds, or None where it says nothing.
        axes: titles of x and y; of a table, none.
        uses_labels: whether it measures hidden labels more finely than the scores, so that it is
            not shown in an open season.
        summary: its number in a ranking, if it has one.
    """

    name: str
    title: str
    chart: Chart
    function: Callable[[Answer, Truth], dict[str, Any] | None]
    axes: tuple[str, str] = ("", "")
    uses_labels: bool = True
    summary: Summary | None = None
