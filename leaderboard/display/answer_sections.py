"""True against predicted values of one entry in one cell, by the kind of its task."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builders.dataset.config import Config
from builders.physics.label import Axis
from leaderboard.board.inspection import Inspection
from leaderboard.cells import CellKey
from leaderboard.display import (
    calibration_chart,
    chain_chart,
    label_chart,
    picture,
    profile_chart,
    scatter_chart,
    sentences,
    session,
    words,
)
from leaderboard.display.palette import Palette, palette
from leaderboard.kinds.binary import Binary
from leaderboard.kinds.metrics import Floats
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.task import Task

MAP_HEIGHT = 430


def answers(task: Task, key: CellKey, shown: Inspection, errors: Mapping[str, Floats]) -> None:
    """What was right and what was answered.

    Args:
        task: of the cell.
        key: the cell.
        shown: right and predicted values of the scored rows.
        errors: label → error of each row or block of rows, of the entry first.
    """
    colours = palette(session.theme())
    if isinstance(task, Regression):
        _numbers(task, key, shown, errors)
        _one_row(task, key, shown, colours)
    elif isinstance(task, Binary):
        _bits(task, shown, colours)
    else:
        _confusion("**True against predicted classes**", shown.truth, shown.predicted, "class")
    st.caption(
        "True values are shown because no season is open on them: this board's private folder "
        "belongs to whoever runs it, or its season is revealed."
    )


def _numbers(
    task: Regression, key: CellKey, shown: Inspection, errors: Mapping[str, Floats]
) -> None:
    scored = task.scored(shown.truth.shape[1])
    count = len(next(iter(errors.values())))
    part = words.scored_word(key.config, len(shown.row_id), count)
    left, right = st.columns(2)
    with left:
        beside = ", beside those of a constant answer" if len(errors) > 1 else ""
        parts = words.scored_words(key.config, len(shown.row_id), count)
        st.markdown(f"**Errors of {parts}**{beside}")
        numbers = shown.row_id if count == len(shown.row_id) else np.arange(count)
        titles = (f"{part}, in the order of the error", words.error_title(task))
        picture.show(
            scatter_chart.ranked(numbers, errors, titles), "Errors of the test rows in rising order"
        )
    with right:
        st.markdown(
            f"**True against predicted values**; at most {scatter_chart.MOST}, evenly taken. "
            "Dashes: equal."
        )
        picture.show(
            scatter_chart.true_predicted(shown.truth, shown.predicted, scored, task.unit),
            "Predicted against true values",
        )


def _one_row(task: Regression, key: CellKey, shown: Inspection, colours: Palette) -> None:
    """Truth, prediction and difference of one test row, where a row is an array."""
    config = Config.parse(key.config)
    axes = config.family.label(task.label).axes
    if not axes:
        return
    squared = ((shown.predicted - shown.truth) ** 2).mean(axis=1)
    order = np.argsort(squared, kind="stable")
    at = session.choose(
        "Test row, best answered first",
        [int(shown.row_id[k]) for k in order],
        "row",
        default=len(order) // 2,
    )
    k = int(np.flatnonzero(shown.row_id == at)[0])
    shape = tuple(axis.length(config.size) for axis in axes)
    truth, given = shown.truth[k].reshape(shape), shown.predicted[k].reshape(shape)
    title = words.in_unit(task.title, task.unit)
    if len(axes) == 1:
        series = {"true": truth, "predicted": given}
        titles = (axes[0].name, title)
        picture.show(
            profile_chart.lines(np.arange(len(truth)), series, titles),
            f"True and predicted values of test row {at}",
        )
        return
    _maps(truth, given, axes, title, colours)


def _maps(
    truth: Floats, given: Floats, axes: tuple[Axis, ...], title: str, colours: Palette
) -> None:
    limit, error = label_chart.largest(truth, axes), given - truth
    maps = {
        "True": (truth, limit),
        "Predicted": (given, limit),
        "Predicted − true": (error, label_chart.largest(error, axes)),
    }
    for column, (name, (values, end)) in zip(st.columns(3), maps.items(), strict=True):
        with column:
            st.markdown(f"**{name}**")
            picture.show(
                label_chart.picture(values, axes, title, end, colours, height=MAP_HEIGHT),
                f"{name}, values of one test row",
            )


def _bits(task: Binary, shown: Inspection, colours: Palette) -> None:
    """Counts of bits, and whether stated probabilities come true."""
    exact = shown.truth.reshape(len(shown.row_id), -1).astype(np.bool_)
    given = shown.predicted.reshape(exact.shape)
    predicted = given > 0.5
    said = "**True against predicted bits**"
    if exact.shape[1] > 1:
        said += f", all {exact.shape[1]} of a row together"
    left, right = st.columns(2)
    with left:
        _confusion(said, _names(exact), _names(predicted), "bit")
        wrong = int((predicted != exact).any(axis=1).sum())
        st.markdown(
            f"{sentences.count(wrong)} of {sentences.count(len(exact))} rows have a wrong bit."
        )
    with right:
        if calibration_chart.are_chances(given):
            bins = calibration_chart.bins(given, exact)
            st.markdown("**Do the stated probabilities come true?** Dashes: they do.")
            picture.show(
                calibration_chart.reliability(bins, colours),
                "Share of ones against the stated probability",
            )
            picture.show(
                calibration_chart.counts(bins, colours), "Answers by the stated probability"
            )
            st.caption("Ten bins of equal width; bars: 95 % intervals of a share (Wilson).")
        else:
            st.markdown("The answers are bits: no probabilities were stated.")
    if exact.shape[1] > 1:
        st.markdown("**Error rate of every bit**")
        rates = (predicted != exact).mean(axis=0)
        picture.show(
            chain_chart.bars(rates, "share of wrong rows", task.label, colours),
            "Error rate of every bit",
        )


def _confusion(said: str, truth: NDArray[np.str_], predicted: NDArray[np.str_], what: str) -> None:
    st.markdown(said)
    counts = scatter_chart.confusion(truth, predicted)
    with st.container(width=scatter_chart.WIDTH):
        picture.show(
            scatter_chart.confusion_map(counts, (f"true {what}", f"predicted {what}")),
            f"Rows by true and predicted {what}",
        )


def _names(bits: NDArray[np.bool_]) -> NDArray[np.str_]:
    return np.where(bits.ravel(), "1", "0")
