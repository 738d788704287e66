"""Entries beside their twins with random tokens, as a table."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from leaderboard.display import difference_chart, links
from leaderboard.display.difference_chart import BREAK
from leaderboard.ranking.randomisation import Twins


def _number(title: str) -> Any:
    return st.column_config.NumberColumn(title, format="%.4f")


TITLES: dict[str, Any] = {
    "config": "Config",
    "task": "Task",
    "shots": "M",
    "track": "Track",
    "first": _number("Random"),
    "second": _number("Measured"),
    "difference": _number("Difference"),
    "low": _number("95 % from"),
    "high": _number("to"),
    "rows": "Rows",
    "name": links.column("Model"),
    "twin": links.column("Twin"),
}


def twins_table(pairs: Sequence[Twins]) -> Any:
    """One line a pair as a pyarrow Table; `difference` is random − measured."""
    labels = _labels(pairs)
    shown = difference_chart.difference_table([pair.difference for pair in pairs], labels)
    entries = [links.entry(pair.measured.id, pair.measured.metadata.name) for pair in pairs]
    twins = [links.entry(pair.random.id, pair.random.id) for pair in pairs]
    return shown.add_column(0, "name", [entries]).append_column("twin", [twins])


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
