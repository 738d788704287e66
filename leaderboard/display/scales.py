"""When a value axis is logarithmic."""

from collections.abc import Sequence
from typing import Any

import altair as alt

LOG_ABOVE = 2.5
"""Ratio of the largest to the smallest value from which differences show better by ratio."""


def is_wide(values: Sequence[float]) -> bool:
    """Whether all values are above 0 and far apart."""
    return min(values) > 0 and max(values) > LOG_ABOVE * min(values)


def errors_scale(values: Sequence[float], *, padding: int = 12) -> Any:
    """A scale of errors, which are read by their ratio where they are far apart."""
    if is_wide(values):
        return alt.Scale(type="log", nice=False, padding=padding)
    return alt.Scale(zero=False, nice=False, padding=padding)
