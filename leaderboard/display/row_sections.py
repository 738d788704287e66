"""Sections of the data page about one row: its parameters, sites, labels and events."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builders.core.column import Column
from builders.physics.geometry import Chain
from builders.physics.label import PAIR
from builders.physics.parameters import Parameter
from builders.physics.record import DetectionEvents
from leaderboard.display import (
    bonds,
    chain_chart,
    label_chart,
    matrix_chart,
    picture,
    sentences,
    shot_chart,
    site_map,
    words,
)
from leaderboard.display.palette import Palette
from leaderboard.display.sample import Sample, ShownLabel

SITE = "site"


def parameters(shown: Sample, row: int, colours: Palette) -> None:
    """Every parameter by its shape, and what else is given of a row."""
    held = shown.parameters(row)
    given = shown.family.inputs(shown.size)
    if not held and not given:
        return
    st.header("Parameters")
    for spec in shown.family.parameters:
        _parameter(spec, held[spec.name], shown, colours)
    for column in given:
        _input(column, shown.arrays[column.name][row], colours)


def _parameter(
    spec: Parameter, values: NDArray[np.float64], shown: Sample, colours: Palette
) -> None:
    known = ""
    if values.ndim == 0:
        known = f"; {float(values):g}"
    elif np.ptp(values) == 0:
        known = f"; {values.flat[0]:g} everywhere"
    st.markdown(f"**{spec.name}**: {sentences.literal(spec.meaning)}{known}.")
    if known:
        return
    if spec.symmetric and shown.family.geometry.distances(shown.size) is not None:
        picture.show(
            matrix_chart.coupling_map(values, spec.name, colours),
            f"Couplings {spec.name} by site and distance",
        )
    elif spec.symmetric:
        _square(values, spec.name, colours)
    elif values.ndim == 1:
        sites = shown.size.sites
        where = {sites: "site i"}.get(len(values), "bond")
        if isinstance(shown.family.geometry, Chain) and len(values) == sites - 1:
            where = "bond (i, i+1)"
        picture.show(
            chain_chart.bars(values, spec.name, where, colours),
            f"Parameter {spec.name} of every place",
        )
    else:
        _array(values, spec.name, colours)


def _input(column: Column, value: Any, colours: Palette) -> None:
    """A column that is given beside the parameters."""
    title = words.in_unit(column.name, column.unit)
    st.markdown(f"**{column.name}**: {sentences.literal(column.meaning)}.")
    if column.dtype == "string" or not column.shape:
        st.code(str(value), language=None, wrap_lines=True)
    elif len(column.shape) == 1:
        picture.show(chain_chart.bars(value, title, "entry", colours), f"Values of {column.name}")
    else:
        _array(value, title, colours)


def _square(values: NDArray[np.float64], title: str, colours: Palette) -> None:
    limit = float(np.abs(values).max())
    with st.container(width=matrix_chart.WIDTH):
        picture.show(
            matrix_chart.square_map(
                values, SITE, title, limit, colours, signed=bool(values.min() < 0)
            ),
            f"Matrix {title} over pairs of sites",
        )


def _array(values: NDArray[Any], title: str, colours: Palette) -> None:
    """Numbers over two axes or more that nobody has named."""
    limit = float(np.abs(values).max()) or 1.0
    lines = values.reshape(-1, values.shape[-1])
    names = ("line", "column")
    picture.show(matrix_chart.plane_map(lines, names, title, limit, colours), f"Array {title}")


def sites(shown: Sample, row: int, colours: Palette) -> None:
    """Where the sites are and what joins them, where that is no line or where a label colours
    them. What belongs to a circuit of measurements is drawn with its shots.
    """
    if isinstance(shown.family.record, DetectionEvents):
        return
    positions = shown.family.geometry.positions(shown.size)
    label = next(
        (candidate for candidate in shown.labels if _is_of_sites(candidate, shown, len(positions))),
        None,
    )
    values = None if label is None or label.best is None else label.best[row]
    is_line = site_map.is_flat(positions)
    if values is None and is_line:
        return
    joined = bonds.of_row(shown, row, positions)
    if is_line:
        joined = None  # lines upon each other
    st.header("Geometry")
    title = "" if label is None else words.in_unit(label.label.name, label.unit)
    with st.container(width=site_map.WIDTH):
        picture.show(
            site_map.sites(positions, colours, values=values, title=title, bonds=joined),
            "Map of the sites" if joined is None else f"Map of the sites, lines: {joined.what}",
        )
    if joined is not None:
        wide = ", as wide as they are strong" if np.ptp(joined.strength) else ""
        st.caption(f"Lines: {sentences.literal(joined.what)}{wide}.")


def _is_of_sites(label: ShownLabel, shown: Sample, count: int) -> bool:
    axes = label.label.axes
    return len(axes) == 1 and axes[0].name == SITE and axes[0].length(shown.size) == count


def labels(shown: Sample, row: int, colours: Palette) -> None:
    """Every label that is an array, by its axes; what is one number stands above."""
    for label in shown.labels:
        if not label.label.axes or (label.best is None and not shown.copies):
            continue
        st.header(label.title)
        st.markdown(_meaning(label))
        _say_apart(label, shown)
        if label.best is None:
            st.markdown(_nothing(shown))
        elif len(label.label.axes) == 1:
            _line(label, row, shown, colours)
        else:
            _maps(label, row, shown, colours)


def _say_apart(label: ShownLabel, shown: Sample) -> None:
    """Which consecutive sites are no neighbours, where a label is about them."""
    if label.label.axes[0].name != PAIR.name:
        return
    distances = shown.family.geometry.distances(shown.size)
    apart = [] if distances is None else bonds.not_neighbours(distances)
    if apart:
        st.caption(
            "Pairs are of consecutive numbers. No neighbours on the lattice: "
            f"{bonds.listed(apart)}."
        )


def _nothing(shown: Sample) -> str:
    """Why there is no value of a label."""
    why = "Labels are hidden" if shown.hidden else "These data have no values of it"
    return f"{why}, and {sentences.count(shown.copies)} shots give no estimate of it."


def _meaning(label: ShownLabel) -> str:
    declared = label.label
    axes = " × ".join(axis.name for axis in declared.axes)
    return f"`{declared.name}`, by {axes}: {sentences.literal(declared.meaning)}."


def _line(label: ShownLabel, row: int, shown: Sample, colours: Palette) -> None:
    exact, estimate = (None if v is None else v[row] for v in (label.exact, label.estimate))
    titles = (label.value_title, shown.estimate_title)
    picture.show(
        label_chart.line(exact, estimate, label.label.axes[0], titles, colours),
        f"{label.title} of the row",
    )


def _maps(label: ShownLabel, row: int, shown: Sample, colours: Palette) -> None:
    """Exact values and estimates side by side, with the colour scale of the exact ones."""
    axes = label.label.axes
    assert label.best is not None
    limit = label_chart.largest(label.best[row], axes)
    for column, (title, values) in zip(st.columns(2), shown.both(label).items(), strict=False):
        with column.container(width=matrix_chart.WIDTH):
            st.markdown(f"**{title}**")
            name = label.value_title
            picture.show(
                label_chart.picture(values[row], axes, name, limit, colours),
                f"{title}, {label.title} of the row",
            )
    if len(shown.both(label)) > 1:
        st.caption(
            "Both maps have one colour scale; estimates past its end take the colour of the end."
        )


def events(shown: Sample, row: int, colours: Palette) -> None:
    """The detection events of the row, where it is a shot of a circuit."""
    record = shown.family.record
    if not isinstance(record, DetectionEvents):
        return
    (name,) = record.names
    bits = record.unpack(shown.arrays[name][row : row + 1], shown.size)[0]
    st.header("Events of this shot")
    picture.show(shot_chart.strip(bits, colours), "Events of this shot")
    st.caption(f"{int(bits.sum())} of {len(bits)} events occurred.")
