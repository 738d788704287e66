"""The data: couplings, correlations and entropies of one row, and how to load it."""

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.manifest import ConfigEntry
from builders.physics.parameters import Parameter
from leaderboard.display import (
    chain_chart,
    examples,
    matrix_chart,
    phase_diagram,
    profile_chart,
    sentences,
    session,
)
from leaderboard.display.palette import Palette, palette
from leaderboard.display.sample import SampleRow, sample


def page() -> None:
    """The whole page."""
    st.title("Data")
    board = session.board()
    folder = board.settings.data
    if folder is None:
        st.info("This board was opened without data.")
        return
    found = session.found_manifest(folder)
    if not found.configs:
        st.info("The data set folder is empty.")
        return
    config, split, index = _chosen(folder)
    entry = found.config(config)
    try:
        shown = sample(config, session.split_arrays(folder, config, split), index)
    except RequestError as error:
        st.error("This split cannot be shown.")
        st.code(str(error), language=None, wrap_lines=True)
        return
    colours = palette(session.theme())
    _facts(config, entry, shown)
    st.subheader("Couplings")
    _couplings(entry, shown, colours)
    st.subheader("Spin correlations")
    _correlations(shown, colours)
    st.subheader("Entropies of neighbouring pairs")
    _entropies(shown, colours)
    _profile(shown)
    if entry.rows.get("train"):
        _diagram(folder, config, entry, colours)
    st.subheader("Load it")
    st.code(examples.loading(folder.name, config, split, index), language="python")


def _chosen(folder: Path) -> tuple[str, str, int]:
    found = session.found_manifest(folder)
    columns = st.columns([4, 2, 2])
    with columns[0]:
        config = session.choose(
            "Config",
            sorted(found.configs),
            "config",
            show=lambda name: f"{name} · {sentences.config_title(name)}",
        )
    with columns[1]:
        split = session.choose("Split", list(found.splits(config)), "split")
    with columns[2]:
        rows = found.config(config).rows[split]
        index = session.number("Row", rows, "row", help="Counted from 0 inside the split.")
    return config, split, index


def _facts(config: str, entry: ConfigEntry, shown: SampleRow) -> None:
    st.code(entry.formula, language=None, wrap_lines=True)
    st.markdown(f"{sentences.config_title(config)}. {sentences.literal(entry.distribution)}")
    facts = {"row_id": str(shown.row_id), "shots": sentences.count(shown.shots)}
    if shown.energy is not None and shown.energy_variance is not None:
        facts |= {
            "energy": f"{shown.energy:.6f}",
            "energy variance": f"{shown.energy_variance:.1e}",
        }
    if shown.phase is not None:
        facts["phase"] = shown.phase
    with st.container(horizontal=True, gap="medium"):
        for name, value in facts.items():
            st.metric(name, value, width="content")
    if shown.hidden:
        st.info(
            "Labels of this split are hidden: they are what submissions are scored against. Shown "
            f"below are estimates from the {shown.shots} public shots of the row.",
            icon=":material/visibility_off:",
        )


def _couplings(entry: ConfigEntry, shown: SampleRow, colours: Palette) -> None:
    size = Size.parse(entry.size)
    for spec in families.load(entry.family).parameters:
        _coupling(spec, size, shown.couplings[spec.name], colours)


def _coupling(spec: Parameter, size: Size, values: NDArray[np.float64], colours: Palette) -> None:
    constant = f"; {values.flat[0]:g} everywhere" if np.ptp(values) == 0 else ""
    st.markdown(f"**{spec.name}**: {sentences.literal(spec.meaning)}{constant}.")
    if constant:
        return
    if values.ndim == 2:
        st.altair_chart(matrix_chart.coupling_map(values, spec.name, colours))
    else:
        where = "site i" if len(values) == size.sites else "bond (i, i+1)"
        st.altair_chart(chain_chart.bars(values, spec.name, where, colours))


def _correlations(shown: SampleRow, colours: Palette) -> None:
    exact, estimate = shown.labels.get("correlation"), shown.estimates["correlation"]
    limit = _largest(estimate if exact is None else exact)
    maps = {"Exact": exact, _estimate_title(shown): estimate}
    held = {title: matrix for title, matrix in maps.items() if matrix is not None}
    for column, (title, matrix) in zip(st.columns(2), held.items(), strict=False):
        with column.container(width=matrix_chart.WIDTH):
            st.markdown(f"**{title}**")
            st.altair_chart(matrix_chart.correlation_map(matrix, limit, colours))
    if exact is not None:
        st.caption(
            "Both maps have one colour scale; estimates past its end take the colour of the end. "
            "The diagonal is 1 by definition."
        )


def _largest(matrix: NDArray[np.float64]) -> float:
    """Largest absolute value off the diagonal; 1 if all are 0."""
    off = matrix[~np.eye(len(matrix), dtype=bool)]
    return float(np.abs(off).max()) or 1.0


def _entropies(shown: SampleRow, colours: Palette) -> None:
    exact, estimate = shown.labels.get("renyi2"), shown.estimates.get("renyi2")
    if exact is None and estimate is None:
        st.markdown("Labels are hidden, and one shot is too few for an estimate.")
        return
    st.altair_chart(chain_chart.entropies(exact, estimate, _estimate_title(shown), colours))


def _profile(shown: SampleRow) -> None:
    """The entropy of the first sites against the rest, cut by cut."""
    if shown.profile is None:
        return
    st.subheader("Entropy of a block")
    title = "sites a in the block 1 … a"
    st.altair_chart(profile_chart.lines({"exact": shown.profile}, title, "S2 in bit"))


def _diagram(folder: Path, config: str, entry: ConfigEntry, colours: Palette) -> None:
    """Training rows over two parameters, coloured by phase or label."""
    st.subheader("All training rows")
    family, size = families.load(entry.family), Size.parse(entry.size)
    split = session.split_arrays(folder, config, "train")
    axes = phase_diagram.axes(family, size, split)
    shades = phase_diagram.colourings(family, size, split)
    if not axes or not shades:
        st.markdown("The rows of this config differ in no parameter that can be drawn.")
        return
    columns = st.columns(3)
    with columns[0]:
        x = session.choose("Horizontal", list(axes), "px")
    with columns[1]:
        y = session.choose(
            "Vertical",
            [*axes, *(name for name in shades if name != phase_diagram.PHASE)],
            "py",
            default=1,
        )
    with columns[2]:
        shade = session.choose("Colour", list(shades), "colour")
    vertical = {**shades, **axes}[y]
    table = phase_diagram.phase_table(split["row_id"], axes[x], vertical, shades[shade])
    st.altair_chart(phase_diagram.scatter(table, (x, y, shade), colours))
    st.caption("One point a training row; its labels are public.")
    session.downloads(f"{config}_train", table)


def _estimate_title(shown: SampleRow) -> str:
    return f"Shadow estimate from {sentences.count(shown.shots)} shots"


if __name__ == "__main__":
    page()
