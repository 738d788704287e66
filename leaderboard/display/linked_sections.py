"""Sections of the data page that show several quantities of a row together."""

import numpy as np
import streamlit as st

from builders.physics.geometry import Chain
from builders.physics.label import PAIR
from leaderboard.display import bonds, label_chart, linked_chart, picture, shot_noise, site_map
from leaderboard.display.linked_chart import Line
from leaderboard.display.palette import Palette
from leaderboard.display.sample import Sample, ShownLabel

_LARGEST = 48  # sites of a linked picture: more cells are too small to point at


def together(shown: Sample, row: int, colours: Palette) -> None:
    """Couplings, entropies and correlations of a row, linked by what the mouse points at; nothing
    where the row has no label over pairs of sites.
    """
    square = next((label for label in shown.labels if label_chart.is_square(label.label.axes)
                   and label.best is not None), None)  # fmt: skip
    if square is None or square.best is None or shown.size.sites > _LARGEST:
        return
    matrix, title = np.asarray(square.best[row], dtype=np.float64), square.value_title
    geometry = shown.family.geometry
    if isinstance(geometry, Chain):
        lines = _lines(shown, row, len(matrix))
        if not lines:
            return
        what = f"{', '.join(line.title for line in lines)} and {title}"
        chart = linked_chart.chain(lines, matrix, title, colours)
    else:
        positions = geometry.positions(shown.size)
        if site_map.is_flat(positions) or len(positions) != len(matrix):
            return
        what = f"the map of the sites and {title}"
        joined = bonds.of_row(shown, row, positions)
        chart = linked_chart.lattice(positions, joined, matrix, title, colours)
    st.header("Together")
    st.markdown(
        f"Point at a site: it is marked in {what}, and its line and column are framed. "
        + ("Values are exact." if square.exact is not None else "Values are shadow estimates.")
    )
    picture.show(chart, f"Linked pictures of one row: {what}", width="content")


def _lines(shown: Sample, row: int, sites: int) -> list[Line]:
    """Parameters and labels along the chain that are not the same everywhere."""
    found = []
    for name, values in shown.parameters(row).items():
        if values.ndim == 1 and len(values) in (sites, sites - 1) and np.ptp(values) > 0:
            found.append(Line(name, values, signed=True))
    for label in shown.labels:
        if [axis.name for axis in label.label.axes] == [PAIR.name] and label.best is not None:
            found.append(Line(label.value_title, np.asarray(label.best[row]), signed=False))
    return found


def noise(shown: Sample, row: int, colours: Palette) -> None:
    """How the noise of the shadow estimate falls with the shots; of rows whose labels are public,
    and of no others: what is compared is the estimate with the exact values.
    """
    known = [label for label in shown.labels if _is_compared(label)]
    counts = shot_noise.counts(shown.copies)
    if not known or len(counts) < 2:
        return
    st.header("Noise of the estimate")
    shot_noise.section(shown, row, known, counts, colours)


def _is_compared(label: ShownLabel) -> bool:
    return label.exact is not None and label.estimate is not None and bool(label.label.axes)
