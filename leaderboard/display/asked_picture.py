"""What is asked of a model, as one picture without words: it is read on a telephone too."""

import math

from leaderboard.display.palette import CLASSES, Palette

WIDTH, HEIGHT = 640, 150
ALT = (
    "Left: a stack of chains of sites with bonds of different strength. Middle: a grid of measured "
    "outcomes, one line a copy. Right: a map of correlations of a new chain, with a question mark."
)
MEANING = (
    "From left to right: n systems, known by their parameters; M measured copies of each, a line a "
    "copy, coloured by basis and outcome; the hidden property of a new system, here correlations "
    "of all pairs of its sites."
)
_SITES, _LINES = 7, 6
_BASES = tuple(CLASSES.values())
_LENGTH = 2.2  # of the correlations, in sites


def picture(colours: Palette) -> str:
    """The picture as SVG, `WIDTH` × `HEIGHT`."""
    parts = [*_stack(colours), *_arrow(182, colours), *_outcomes(colours)]
    parts += [*_arrow(412, colours), *_asked(colours)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">{"".join(parts)}</svg>'
    )


def _stack(colours: Palette) -> list[str]:
    """Systems behind each other, the bonds of the first one drawn by their strength."""
    parts = []
    for k in (2, 1, 0):
        x, y = 4 + 12 * k, 48 - 14 * k
        parts.append(
            f'<rect x="{x}" y="{y}" width="138" height="66" rx="8" fill="{colours.paper}" '
            f'stroke="{colours.muted}" stroke-width="1.5"/>'
        )
    step, y = 19, 81
    for j in range(_SITES - 1):
        x, width = 16 + step * j, 1.5 + 3.5 * _chance(j, 5)
        parts.append(
            f'<path d="M{x} {y}h{step}" stroke="{colours.bar}" stroke-width="{width:.1f}"/>'
        )
    for j in range(_SITES):
        parts.append(f'<circle cx="{16 + step * j}" cy="{y}" r="6" fill="{colours.bar}"/>')
    return parts


def _outcomes(colours: Palette) -> list[str]:
    """One square a site and copy: its basis is a colour, its outcome whether it is filled."""
    parts, step = [], 20
    for line in range(_LINES):
        for site in range(_SITES):
            colour = _BASES[int(3 * _chance(line, site))]
            filled = colour if _chance(site, line + 9) < 0.5 else colours.paper
            parts.append(
                f'<rect x="{252 + step * site}" y="{17 + step * line}" width="15" height="15" '
                f'rx="3" fill="{filled}" stroke="{colour}" stroke-width="2"/>'
            )
    return parts


def _asked(colours: Palette) -> list[str]:
    """A map of correlations that fall off with the distance."""
    parts, step = [], 18
    for i in range(_SITES):
        for j in range(_SITES):
            value = math.exp(-abs(i - j) / _LENGTH) if i != j else 1.0
            parts.append(
                f'<rect x="{486 + step * j}" y="{12 + step * i}" width="{step - 1}" '
                f'height="{step - 1}" fill="{colours.bar}" fill-opacity="{value:.2f}"/>'
            )
    middle = 486 + step * _SITES / 2
    parts.append(
        f'<circle cx="{middle}" cy="75" r="25" fill="{colours.paper}" stroke="{colours.ink}" '
        f'stroke-width="2"/><text x="{middle}" y="87" text-anchor="middle" font-size="34" '
        f'font-family="sans-serif" font-weight="600" fill="{colours.ink}">?</text>'
    )
    return parts


def _arrow(x: int, colours: Palette) -> list[str]:
    shape = f'd="M{x} 75h44m-11-9 11 9-11 9" fill="none"'
    return [f'<path {shape} stroke="{colours.ink}" stroke-width="2.5"/>']


def _chance(a: int, b: int) -> float:
    """A number from 0 to 1 that looks random and is the same each time."""
    return (math.sin(12.9898 * (a + 1) + 78.233 * (b + 1)) * 43758.5453) % 1.0
