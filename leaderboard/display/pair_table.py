"""Entries beside their twins with random tokens, as a table."""

from collections.abc import Sequence
from typing import Any

from leaderboard.display import difference_chart
from leaderboard.display.difference_chart import BREAK
from leaderboard.ranking.randomisation import Twins

TITLES = {
    "name": "Model",
    "first": "random",
    "second": "measured",
    "low": "95 % from",
    "high": "to",
    "measured_id": "Entry",
    "random_id": "Twin",
}


def twins_table(pairs: Sequence[Twins]) -> Any:
    """One line a pair as a pyarrow Table; `difference` is random − measured."""
    labels = _labels(pairs)
    shown = difference_chart.difference_table([pair.difference for pair in pairs], labels)
    shown = shown.add_column(0, "name", [[pair.measured.metadata.name for pair in pairs]])
    shown = shown.append_column("measured_id", [[pair.measured.id for pair in pairs]])
    return shown.append_column("random_id", [[pair.random.id for pair in pairs]])


def _labels(pairs: Sequence[Twins]) -> list[str]:
    """Name and cell; with the first digits of the ids where that occurs twice."""
    plain = [_label(pair) for pair in pairs]
    return [
        f"{label} ({pair.measured.id[:4]}, {pair.random.id[:4]})"
        if plain.count(label) > 1
        else label
        for label, pair in zip(plain, pairs, strict=True)
    ]


def _label(pair: Twins) -> str:
    key, name = pair.difference.key, pair.measured.metadata.name.replace(BREAK, " ")
    return f"{name}, {key.task}{BREAK}{key.config}, n={key.n}, M={key.shots}"
