"""The page of three to six entries: who they are, who wins, where they tie, and all their cells."""

from collections.abc import Sequence

import streamlit as st

from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    detail_sections,
    difference_chart,
    picks,
    picture,
    sentences,
    session,
    words,
)
from leaderboard.display.download import flat
from leaderboard.display.several import (
    LETTERS,
    by_cell,
    details,
    legend,
    tie_groups,
    tie_sentence,
    told_sentence,
    wins,
)
from leaderboard.ranking.comparison import adjusted, paired_difference
from leaderboard.seasons.label_access import withheld
from leaderboard.store.records import Row


def several(board: Board, key: CellKey, rows: Sequence[Row]) -> None:
    """All sections.

    Args:
        board: that they are on.
        key: the cell.
        rows: three to six lines of its ranking.
    """
    title = words.ranking_title(tasks.load(key.task))
    st.dataframe(
        legend(rows),
        hide_index=True,
        placeholder="–",
        column_config={
            "Score": st.column_config.NumberColumn(title, format="%.4f"),
            "Entry": st.column_config.LinkColumn(display_text=r"id=(\w+)$"),
        },
        alt="The entries that are compared, each with its letter",
    )
    reason = withheld(board.store, board.scope()[0])
    if reason:
        st.info(sentences.literal(reason), icon=":material/visibility_off:")
        for group in tie_groups(rows):
            st.markdown(told_sentence(group, rows))
    else:
        _tested(board, key, rows)
    _cells(board, key, rows, tested=not reason)


def _tested(board: Board, key: CellKey, rows: Sequence[Row]) -> None:
    """What needs the errors of single rows."""
    losses, _ = board.store.losses(key, board.scope()[0])
    held = [losses[row.id] for row in rows]
    task = tasks.load(key.task)
    if task.ranking.is_paired:
        for group in tie_groups(rows):
            widest = paired_difference(key, held[group[-1]], held[group[0]])
            st.markdown(tie_sentence(group, rows, widest))
    st.header("Who wins")
    number = st.column_config.NumberColumn(format="%.0f")
    lines = wins(held)
    st.dataframe(
        lines,
        hide_index=True,
        placeholder="–",
        column_config={name: number for name in lines[0] if name},
        alt="How often each entry errs less than each other",
    )
    part = words.scored_word(key.config, held[0].blocks.rows, len(held[0]))
    st.caption(_wins_caption(part))
    if task.ranking.is_paired:
        best = min(range(len(rows)), key=lambda k: (rows[k].rank, held[k].mean))
        others = [k for k in range(len(rows)) if k != best]
        found = adjusted([paired_difference(key, held[k], held[best]) for k in others])
        labels = [f"{LETTERS[k]} − {LETTERS[best]}" for k in others]
        table = difference_chart.difference_table(found, labels)
        chart = difference_chart.dots(table, f"{words.ranking_title(task)}, difference")
        picture.show(chart, f"Paired differences from {LETTERS[best]} with 95 % intervals")
        st.caption(
            f"Paired differences from {LETTERS[best]}, the best of them here, with 95 % intervals: "
            "one that crosses the dashed line tells nothing."
        )
    detail_sections.profiles(task, details(rows))


def _cells(board: Board, key: CellKey, rows: Sequence[Row], *, tested: bool) -> None:
    st.header("Cell by cell")
    entries = [picks.submission(board, row.id) for row in rows]
    lines = by_cell(entries, key.track, tested=tested)
    number = st.column_config.NumberColumn(format="%.4f")
    st.dataframe(
        lines,
        hide_index=True,
        placeholder="–",
        column_config=dict.fromkeys(LETTERS[: len(rows)], number),
        height="content" if len(lines) <= 15 else 560,
        alt="Scores of the entries in every cell that two of them answer",
    )
    if tested:
        st.caption(
            "Order: best first; = between entries that paired tests on the same rows do not tell "
            "apart, adjusted for the neighbours among these entries."
        )
    session.downloads("entries", flat(lines))


def _wins_caption(word: str) -> str:
    """What a number of the table of wins is."""
    return (
        f"Percent of the test {word}s on which the entry of the line errs less than that of the "
        "column; equal errors count half. 50 is a draw, and says nothing of how large errors are."
    )
