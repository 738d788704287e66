"""Colours that read on a light and on a dark page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours of one theme, as CSS text.

    Attributes:
        diverging: below zero, zero, above zero; zero is close to the page's background.
        sequential: zero, largest.
        bar: bars and lines.
        second: a second series beside `bar`.
        muted: what is meant to stay behind, such as the diagonal of a matrix.
        ink: lines over a map.
        paper: what is laid under such lines.
    """

    diverging: tuple[str, ...]
    sequential: tuple[str, ...]
    bar: str
    second: str
    muted: str
    ink: str
    paper: str


LIGHT = Palette(
    diverging=("#0b4f8a", "#5b9bd0", "#f1f2f4", "#e59b62", "#a8470b"),
    sequential=("#e3eef0", "#0b6e74"),
    bar="#0f766e",
    second="#c2571a",
    muted="#c5cad1",
    ink="#1b2029",
    paper="#ffffff",
)
DARK = Palette(
    diverging=("#7cc0ff", "#2f6da6", "#1b2029", "#a65f2c", "#ffb380"),
    sequential=("#1d3438", "#5fd4cb"),
    bar="#4fc3b8",
    second="#f59e5b",
    muted="#4a5260",
    ink="#f1f2f4",
    paper="#0e1117",
)

# Entry class → colour with enough contrast on both backgrounds.
CLASSES = {"learned": "#14958a", "hybrid": "#d97a1f", "solver": "#8b6cd9"}

LINE = "#8a94a3"  # reference lines and their names, on both backgrounds
# Colours of up to eight series, told apart on both backgrounds.
SERIES = ("#14958a", "#d97a1f", "#8b6cd9", "#3f8fd4", "#d1527f", "#8f9b2c", "#a3705a", "#6c7a89")


def palette(theme: str) -> Palette:
    """The colours of the theme `light` or `dark`."""
    return DARK if theme == "dark" else LIGHT
