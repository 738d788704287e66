"""Entries beside their twins with random tokens, as a table."""

from collections.abc import Sequence
from typing import Any

from leaderboard.display import difference_chart
from leaderboard.randomisation import Pair

TITLES = {
    "name": "Model",
    "first": "random",
    "second": "measured",
    "low": "95 % from",
    "high": "to",
    "measured_id": "Entry",
    "random_id": "Twin",
}


def table(pairs: Sequence[Pair]) -> Any:
    """One line a pair as a pyarrow Table; `difference` is random − measured."""
    names = [pair.measured.metadata.name for pair in pairs]
    labels = [_label(pair) for pair in pairs]
    shown = difference_chart.table([pair.difference for pair in pairs], labels)
    shown = shown.add_column(0, "name", [names])
    for name, ids in (
        ("measured_id", [pair.measured.id for pair in pairs]),
        ("random_id", [pair.random.id for pair in pairs]),
    ):
        shown = shown.append_column(name, [ids])
    return shown


def _label(pair: Pair) -> str:
    key = pair.difference.key
    return f"{pair.measured.metadata.name}, {key.config}, n={key.n}, M={key.shots}, {key.task}"
