"""Two to six entries on the same test rows: which is better, where, and by how much."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from builders.core.errors import RequestError, counted
from leaderboard import tasks
from leaderboard.board.inspection import row_errors
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    address,
    cite_sections,
    detail_sections,
    difference_chart,
    picks,
    picture,
    scatter_chart,
    sentences,
    session,
    several,
    several_sections,
    words,
)
from leaderboard.display.page import Page
from leaderboard.display.ranking_chart import unique_labels
from leaderboard.display.standing import interval
from leaderboard.ranking.comparison import Difference
from leaderboard.seasons.label_access import withheld
from leaderboard.store.records import Row

PAGE = Page("Compare", "compare_arrows", group="Results", order=140)


def page() -> None:
    """The whole page."""
    st.title("Compare entries")
    board = session.board()
    cells = picks.cells(board)
    if not cells:
        picks.nobody()
        return
    key = picks.cell(cells)
    rows = board.ranking(*key)
    if len(rows) < 2:
        st.info("This cell has one entry. It takes two to compare.")
        return
    chosen = _chosen(rows)
    if not 2 <= len(chosen) <= several.MOST:
        st.info(f"Choose two different entries, or up to {several.MOST}.")
        return
    if len(chosen) == 2:
        _two(board, key, *chosen)
    else:
        several_sections.several(board, key, chosen)
    cite_sections.ranking(board, f"{', '.join(row.id for row in chosen)}, {key}", [key.config])


def _chosen(rows: Sequence[Row]) -> list[Row]:
    """Lines of the ranking, in the order of the visitor; those of an address that names two of
    them, `a` and `b`, else the best two.
    """
    labels = unique_labels([row.name for row in rows], [row.id for row in rows])
    shown = {row.id: f"{row.rank}  {name}" for row, name in zip(rows, labels, strict=True)}
    ids = list(shown)
    first = address.known("first entry", "a", ids) or ids[:1]
    second = address.known("second entry", "b", ids) or ids[1:2]
    made = session.choose_many(
        f"Entries, two to {several.MOST}",
        ids,
        "m",
        default=list(dict.fromkeys([first[-1], second[-1]])),
        show=shown.__getitem__,
    )
    return [rows[ids.index(id_)] for id_ in made]


def _two(board: Board, key: CellKey, first: Row, second: Row) -> None:
    """Two entries, row by row and cell by cell."""
    try:
        differences = picks.compared(board, first.id, second.id, key.track)
    except RequestError as error:
        st.info("They cannot be compared row by row now.")
        st.code(str(error), language=None, wrap_lines=True)
        _live_scores(key, first, second)
        return
    _verdict(next(d for d in differences if d.key == key), len(differences))
    _rows(board, key, first, second)
    details = {"first entry": first.details, "second entry": second.details}
    detail_sections.profiles(tasks.load(key.task), details)
    _cells(differences)


def _live_scores(key: CellKey, *rows: Row) -> None:
    """What an open season shows of both."""
    metric = words.metric_title(key.task, rows[0].primary)
    lines = [
        {"#": row.rank, "Model": row.name, metric: row.score.value}
        | {"95 % interval": interval(row.score)}
        for row in rows
    ]
    st.dataframe(lines, hide_index=True, placeholder="–", alt="Live scores of both entries")


def _verdict(d: Difference, cells: int) -> None:
    """The difference in this cell, in numbers and words."""
    metric = words.metric_title(d.key.task, d.metric)
    with st.container(horizontal=True, gap="medium"):
        st.metric(f"{metric}, first", f"{d.first:z.4f}", width="content")
        st.metric(f"{metric}, second", f"{d.second:z.4f}", width="content")
        st.metric("Difference", f"{d.difference.value:+z.5f}", width="content")
    st.markdown(sentences.difference_sentence(d, cells))


def _rows(board: Board, key: CellKey, first: Row, second: Row) -> None:
    """The errors of both, row by row or block by block."""
    task, word = tasks.load(key.task), words.row_word(key.config)
    reason = withheld(board.store, board.scope()[0], shows=board.settings.show_labels)
    if reason:
        st.info(sentences.literal(reason), icon=":material/visibility_off:")
        return
    losses, _ = board.store.losses(key, board.scope()[0])
    both = [losses[row.id] for row in (first, second)]
    one, other = (row_errors(held, key.task) for held in both)
    st.header(f"{word[0].upper()}{word[1:]} by {word}")
    if np.isin([one, other], (0.0, 1.0)).all():
        wrong = [np.where(values > 0, "wrong", "right") for values in (one, other)]
        counts = scatter_chart.confusion(*wrong)
        with st.container(width=scatter_chart.WIDTH):
            picture.show(
                scatter_chart.confusion_map(counts, ("first entry", "second entry")),
                "Right and wrong rows of both entries",
            )
        return
    part = words.scored_word(key.config, both[0].blocks.rows, len(one))
    title = words.error_title(task)
    titles = (f"{title} of the first entry", f"{title} of the second entry")
    with st.container(width=scatter_chart.WIDTH):
        picture.show(
            scatter_chart.errors(np.arange(len(one)), one, other, titles),
            "Errors of both entries, row by row",
        )
    better = int((one < other).sum())
    st.caption(
        f"One point a test {part}. Above the dashes the first entry is better: {better} of "
        f"{len(one)} times."
    )


def _cells(differences: Sequence[Difference]) -> None:
    st.header("Cell by cell")
    table = difference_chart.difference_table(
        differences, [difference_chart.cell_label(d.key) for d in differences]
    )
    # Different metrics and units share no axis.
    axes = [words.in_unit(words.metric_title(d.key.task, d.metric), tasks.load(d.key.task).unit)
            for d in differences]  # fmt: skip
    for axis in sorted(set(axes)):
        part = table.filter([name == axis for name in axes])
        picture.show(
            difference_chart.dots(part, f"{axis}, first − second"),
            "Differences of both entries in every cell",
        )
    st.dataframe(
        table.drop_columns(["label"]),
        hide_index=True,
        placeholder="–",
        column_config={
            name: st.column_config.NumberColumn(format="%.4f" if name == "p" else "%.5f")
            for name in ("first", "second", "difference", "low", "high", "p")
        },
        alt="Differences in every cell that both entries answer",
    )
    st.caption(
        "Intervals: paired bootstrap over the test rows, 95 %. p: sign flips of the paired "
        f"differences, adjusted for {counted(len(differences), 'cell')} (Holm)."
    )
    session.downloads("comparison", table)


if __name__ == "__main__":
    page()
