"""Every chart of the pages is shown here, with a sentence for those who do not see it."""

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt
import streamlit as st

NAMED = 8  # names of one series in a sentence
_LONGEST = 60  # characters of a name in it
_CHANNELS = ("y", "x", "color")


def show(chart: Any, what: str, **more: Any) -> Any:
    """Draw a chart that a reader of the screen can name and sum up.

    Args:
        chart: of Altair.
        what: what it shows, a few words, plain text.
        more: for `st.altair_chart`.

    Returns:
        What `st.altair_chart` does.
    """
    return st.altair_chart(chart, alt=said(chart, what), **more)


def said(chart: Any, what: str) -> str:
    """`what`, and the range of every axis with the names at its ends.

    Args:
        chart: of Altair, with its data as pyarrow tables.
        what: what it shows.
    """
    layer = max(_layers(chart), key=_weight, default=None)
    if layer is None:
        return f"{what}."
    facts = list(_facts(layer))
    return f"{what}. {'; '.join(facts)}." if facts else f"{what}."


def span(values: Sequence[float]) -> str:
    """`0.0123 to 0.4100`, or the one number that all of them are."""
    low, high = (f"{end:z.4g}" for end in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def _layers(chart: Any) -> Iterator[Any]:
    """Charts of one layer each that have data."""
    for part in ("layer", "hconcat", "vconcat", "concat"):
        inside: Any = getattr(chart, part, alt.Undefined)
        if inside is not alt.Undefined:
            for one in inside:
                yield from _layers(one)
            return
    if hasattr(chart.data, "column_names"):
        yield chart


def _weight(layer: Any) -> tuple[int, int]:
    """What is drawn of the most lines, with the most axes, tells the most."""
    fields = [name for name, _, _ in _fields(layer)]
    return (len(fields), layer.data.num_rows)


def _fields(layer: Any) -> list[tuple[str, str, str]]:
    """Field, type and title of what is encoded by place and colour."""
    found = []
    for channel in _CHANNELS:
        encoded = getattr(layer.encoding, channel, alt.Undefined)
        text = _stated(encoded, "shorthand")
        if text is None:
            continue
        field, _, kind = text.partition(":")
        title = _stated(encoded, "title")
        if field in layer.data.column_names:
            found.append((field, kind, title or field))
    return found


def _stated(encoded: Any, name: str) -> str | None:
    """A text that an encoding has; None of one without it, such as a constant."""
    try:
        text = None if encoded is alt.Undefined else encoded[name]
    except KeyError:
        return None
    return text if isinstance(text, str) else None


def _facts(layer: Any) -> Iterator[str]:
    """What stands on each axis."""
    fields = _fields(layer)
    names = next((f for f, kind, _ in fields if kind == "N"), None)
    for field, kind, title in fields:
        values = [v for v in layer.data[field].to_pylist() if v is not None]
        if not values:
            continue
        if kind == "N":
            yield f"{len(set(values))} × {title}: {_listed(values)}"
        elif isinstance(values[0], int | float):
            yield f"{title} {span(values)}{_ends(layer.data, field, names)}"


def _listed(values: Sequence[Any]) -> str:
    distinct = list(dict.fromkeys(str(value)[:_LONGEST] for value in values))
    more = f" and {len(distinct) - NAMED} more" if len(distinct) > NAMED else ""
    return ", ".join(distinct[:NAMED]) + more


def _ends(data: Any, field: str, names: str | None) -> str:
    """Who has the smallest and who the largest value."""
    if names is None:
        return ""
    pairs = [
        (value, str(name)[:_LONGEST])
        for value, name in zip(data[field].to_pylist(), data[names].to_pylist(), strict=True)
        if value is not None
    ]
    low, high = min(pairs)[1], max(pairs)[1]
    return "" if low == high else f" (smallest {low}, largest {high})"
