"""Sections of the data page about all rows of a split."""

from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builders.dataset.config import Config
from builders.dataset.schema import Arrays
from builders.physics.record import DetectionEvents
from leaderboard.display import (
    address,
    boundary,
    chain_chart,
    code_map,
    picture,
    row_scatter,
    sentences,
    session,
    shot_chart,
    site_map,
    words,
)
from leaderboard.display.evolution import COLUMN, evolutions, rows_of
from leaderboard.display.palette import Palette

TRAIN = "train"


def rows(folder: Path, config: str, colours: Palette) -> None:
    """Training rows over two parameters, coloured by a label; that alone where nothing differs."""
    st.header("All training rows")
    resolved = Config.parse(config)
    arrays = session.split_arrays(folder, config, TRAIN)
    axes = row_scatter.axes(resolved.family, resolved.size, arrays)
    shades = row_scatter.shades(resolved.family, resolved.size, arrays)
    numbers = {name: v for name, v in shades.items() if not row_scatter.is_class(v)}
    if axes and shades:
        _scatter(f"{config}_{TRAIN}", arrays, axes, shades, colours)
    elif numbers:
        name = session.choose("Label", list(numbers), "colour")
        picture.show(
            chain_chart.histogram(numbers[name], name, colours), f"How often {name} has which value"
        )
    else:
        st.markdown("The rows of this config differ in no number that can be drawn.")


def _scatter(
    name: str,
    arrays: Arrays,
    axes: row_scatter.Columns,
    shades: row_scatter.Columns,
    colours: Palette,
) -> None:
    verticals = {**axes, **{n: v for n, v in shades.items() if not row_scatter.is_class(v)}}
    columns = st.columns(3)
    with columns[0]:
        x = session.choose("Horizontal", list(axes), "px")
    with columns[1]:
        y = session.choose("Vertical", list(verticals), "py", default=1)
    with columns[2]:
        shade = session.choose("Colour", list(shades), "colour")
    table = row_scatter.points(arrays["row_id"], axes[x], verticals[y], shades[shade])
    key = f"scatter {name} {x} {y} {shade}"
    picture.show(
        row_scatter.scatter(table, (x, y, shade), colours),
        "Training rows over two of their parameters",
        key=key,
        on_select=partial(_open, key, arrays),
    )
    said = "One point a training row; its labels are public. A click opens the row."
    if row_scatter.is_class(shades[shade]):
        said += f" Lines: where most of the {boundary.NEAREST} nearest rows change their class."
    if table.num_rows > row_scatter.MOST:
        said += f" At most {sentences.count(row_scatter.MOST)} are drawn, evenly taken."
    st.caption(said)
    session.downloads(name, table)


def _open(key: str, arrays: Arrays) -> None:
    """Show the row that was clicked, by the names of the page's address."""
    row_id = row_scatter.chosen_row(st.session_state[key])
    if row_id is None:
        return
    at = int(np.flatnonzero(arrays["row_id"] == row_id)[0])
    numbers = evolutions(arrays)
    if not numbers:
        address.choose(split=[TRAIN], row=[str(at)])
        return
    number = int(arrays[COLUMN][at])
    state = int(np.flatnonzero(rows_of(arrays, number) == at)[0])
    address.choose(split=[TRAIN], evolution=[str(numbers.index(number))], state=[str(state)])


def shots(folder: Path, config: str, split: str, colours: Palette) -> None:
    """Shares over all shots: of every event, and of every value of a label."""
    resolved = Config.parse(config)
    arrays = session.split_arrays(folder, config, split)
    count = len(arrays["row_id"])
    st.header(f"All {sentences.count(count)} shots of the split")
    if isinstance(resolved.family.record, DetectionEvents):
        st.markdown("**Share of the shots in which an event occurs**")
        density = _density(folder, config, split)
        picture.show(
            chain_chart.bars(density, "share", "event", colours),
            "Share of the shots in which each event occurs",
        )
    for label in resolved.family.labels:
        st.markdown(f"**{label.name}**: {sentences.literal(label.meaning)}.")
        if label.name not in arrays:
            st.markdown("Hidden in this split.")
            continue
        values = arrays[label.name]
        if label.axes:
            means = values.reshape(count, -1).mean(axis=0)
            picture.show(
                chain_chart.bars(means, "mean", label.axes[0].name, colours),
                f"Mean of {label.name} over all shots",
            )
            continue
        if label.classes:
            values = np.array(label.classes)[values]
        table = shot_chart.shares(values)
        if table is None:
            title = words.in_unit(label.name, label.unit)
            picture.show(
                chain_chart.histogram(values, title, colours),
                f"How often {label.name} has which value",
            )
        else:
            picture.show(
                shot_chart.share_bars(table, label.name, colours),
                f"Shares of the values of {label.name}",
            )


def circuit(folder: Path, config: str, colours: Palette) -> None:
    """The qubits of the circuit that was run and the gates between them, where it is there."""
    text = session.text_beside(folder, config, code_map.CIRCUIT)
    found = None if text is None else code_map.code_map(text)
    if found is None:
        return
    st.header("Geometry")
    with st.container(width=site_map.WIDTH):
        picture.show(
            site_map.sites(
                found.positions, colours, bonds=found.bonds, names=found.names, numbered=False
            ),
            f"Map of the {len(found.positions)} qubits of the circuit and the gates between them",
        )
    st.caption(
        "Qubits by their number in the circuit, data qubits and others; lines: two-qubit gates."
    )


def _density(folder: Path, config: str, split: str) -> NDArray[np.float64]:
    return _kept_density(str(folder), session.stamp(folder), config, split)


@st.cache_data(show_spinner="Counting …", max_entries=8)
def _kept_density(
    folder: str,
    stamp: tuple[int, int],  # noqa: ARG001
    config: str,
    split: str,
) -> NDArray[np.float64]:
    resolved = Config.parse(config)
    record = resolved.family.record
    assert isinstance(record, DetectionEvents)
    (name,) = record.names
    packed = session.split_arrays(Path(folder), config, split)[name]
    return shot_chart.density(record, packed, resolved.size)
