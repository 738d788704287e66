"""One entry: what was stated, what it cost, and where it errs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from builders.core.errors import RequestError, WorkError
from builders.core.names import parse_config
from leaderboard import tasks
from leaderboard.board.inspection import Inspection
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    entry_tables,
    flags,
    matrix_chart,
    picks,
    profile_chart,
    scatter_chart,
    sentences,
    session,
)
from leaderboard.display.palette import palette
from leaderboard.kinds.classification import Classification
from leaderboard.kinds.regression import Regression
from leaderboard.seasons.label_access import withheld


def page() -> None:
    """The whole page."""
    st.title("An entry")
    board = session.board()
    known = {entry.id: entry.metadata for entry in picks.entries(board)}
    if not known:
        picks.nobody()
        return
    labels = {id_: f"{metadata.name}  ·  {id_}" for id_, metadata in known.items()}
    id_ = session.choose("Entry", list(known), "id", show=labels.__getitem__)
    row = picks.submission(board, id_)
    _about(board, row)
    keys = sorted(CellKey(r.config, r.task, r.n, r.shots) for r in row.results)
    st.subheader("Cells")
    _ledger(row)
    key = _cell(keys)
    st.subheader("Where it errs")
    _details(board, row, key)


def _about(board: Board, row: Any) -> None:
    """Everything that was stated, as plain text."""
    st.dataframe(
        entry_tables.about(row), hide_index=True, alt="What was stated about the entry",
        column_config={"what": st.column_config.TextColumn("What", width=190),
                       "stated": st.column_config.TextColumn("As stated", width=700)},
    )  # fmt: skip
    code = entry_tables.web_address(row)
    if code:
        st.link_button("Code", code, icon=":material/open_in_new:")
    same = [other for other in board.store.same_predictions(row.predictions_sha256)
            if other != row.id]  # fmt: skip
    for what, ids in (
        ("The very same predictions", same),
        ("Nearly the same answers, earlier", entry_tables.near(row)),
    ):
        if ids:
            st.warning(f"{what}: {', '.join(ids)}.", icon=":material/content_copy:")
    with st.expander("Its entries in the decision log"):
        st.dataframe(picks.logged(board, row.id), hide_index=True)


def _ledger(row: Any) -> None:
    lines = entry_tables.cells(row)
    st.dataframe(
        lines,
        hide_index=True,
        column_config={
            "value": st.column_config.NumberColumn("Score", format="%.4f"),
            "interval": "95 % interval",
            "allowed": st.column_config.NumberColumn("Copies allowed", format="localized"),
            "stated": st.column_config.NumberColumn("stated", format="localized"),
            "test_copies": st.column_config.NumberColumn("of test states", format="localized"),
            "floor": st.column_config.NumberColumn("Floor", format="%.4f"),
        },
        alt="Scores and resources of the entry in each of its cells",
        height="content" if len(lines) <= 12 else 460,
    )
    st.caption(
        "Copies allowed: n·M. What was not stated counts as that. Copies of test states are not "
        "part of it and are told beside it. Floor: the error that sampling leaves to a method "
        "that only learns."
    )
    session.downloads(f"entry_{row.id}", entry_tables.cells_table(row))


def _cell(keys: Sequence[CellKey]) -> CellKey:
    return picks.cell(list(keys))


def _details(board: Board, row: Any, key: CellKey) -> None:
    details = entry_tables.details(row, key)
    task = tasks.load(key.task)
    for flag in flags.flags(task, details, entry_tables.metadata(row)):
        st.markdown(f"**{flag.short}**: {sentences.literal(flag.meaning)}")
    for detail in task.details:
        if detail.chart == "profile" and detail.name in details:
            st.markdown(f"**{detail.title}**")
            _, *series = details[detail.name].items()
            st.altair_chart(profile_chart.lines(dict(series), *detail.axes, log=True))
    reason = withheld(board.store, row.season)
    if reason:
        st.info(sentences.literal(reason), icon=":material/visibility_off:")
        return
    try:
        shown = picks.inspected(board, row.id, key)
    except (RequestError, WorkError) as error:
        st.info("True values cannot be shown.", icon=":material/visibility_off:")
        st.code(str(error), language=None, wrap_lines=True)
        return
    _rows(row, key, shown)


def _rows(row: Any, key: CellKey, shown: Inspection) -> None:
    task = tasks.load(key.task)
    if isinstance(task, Classification):
        st.markdown("**True against predicted classes**")
        counts = scatter_chart.confusion(shown.truth, shown.predicted)
        with st.container(width=scatter_chart.WIDTH):
            st.altair_chart(scatter_chart.confusion_map(counts))
    if not isinstance(task, Regression):
        return
    errors = entry_tables.row_errors(row, key)
    scored = task.scored(shown.truth.shape[1])
    left, right = st.columns(2)
    with left:
        st.markdown("**Errors of single Hamiltonians**, beside those of the mean training estimate")
        st.altair_chart(scatter_chart.ranked(shown.row_id, errors))
    with right:
        st.markdown(
            f"**True against predicted values**; at most {scatter_chart.MOST}, evenly taken. "
            "Dashes: equal."
        )
        st.altair_chart(
            scatter_chart.true_predicted(shown.truth, shown.predicted, scored, task.unit)
        )
    _one_row(key, task, shown, errors["this entry"])
    st.caption(
        "True values are shown because no season is open on them: this board's private folder "
        "belongs to whoever runs it, or its season is revealed."
    )


def _one_row(key: CellKey, task: Regression, shown: Inspection, errors: Any) -> None:
    """Truth, prediction and difference of one test row."""
    shape = task.shape(parse_config(key.config)[1])
    if not shape:
        return
    order = np.argsort(errors)
    at = session.choose(
        "Test row, best answered first",
        [int(shown.row_id[k]) for k in order],
        "row",
        default=len(order) // 2,
    )
    k = int(np.flatnonzero(shown.row_id == at)[0])
    truth, given = shown.truth[k].reshape(shape), shown.predicted[k].reshape(shape)
    colours = palette(session.theme())
    if len(shape) == 1:
        series = {"true": truth, "predicted": given}
        st.altair_chart(profile_chart.lines(series, "position along the chain", task.title))
        return
    off = ~np.eye(len(truth), dtype=bool)
    limit = float(np.abs(truth[off]).max()) or 1.0
    error = given - truth
    maps = {"True": (truth, limit), "Predicted": (given, limit)}
    maps["Predicted − true"] = (error, float(np.abs(error[off]).max()) or 1.0)
    for column, (title, (matrix, end)) in zip(st.columns(3), maps.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.altair_chart(matrix_chart.correlation_map(matrix, end, colours, height=430))


if __name__ == "__main__":
    page()
