"""One entry as a card: what it is, where it stands, how it learns, and where it errs."""

import streamlit as st

from builders.core.errors import RequestError, WorkError
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    answer_sections,
    cite_sections,
    curve_chart,
    curve_choice,
    detail_sections,
    entry_card,
    entry_tables,
    flags,
    links,
    log_sentences,
    phase_section,
    picks,
    picture,
    sentences,
    session,
    words,
)
from leaderboard.display.page import Page
from leaderboard.display.palette import palette
from leaderboard.kinds.classification import Classification
from leaderboard.seasons.label_access import withheld
from leaderboard.store.entries import Entry

OTHERS = 3  # curves of other models beside that of the entry

PAGE = Page("An entry", "description", group="Results", order=130)


def page() -> None:
    """The whole page."""
    title = st.empty()
    board = session.board()
    entries = picks.entries(board)
    known = {entry.id: entry.metadata for entry in entries}
    if not known:
        title.title("An entry")
        picks.nobody()
        return
    title.title("An entry")  # until it is known which; `choose` may end the page
    head = st.container()
    labels = {id_: f"{metadata.name}  ·  {id_}" for id_, metadata in known.items()}
    standing = [k for k, entry in enumerate(entries) if not entry.withdrawn]
    id_ = session.choose(
        "Entry", list(known), "id", default=next(iter(standing), 0), show=labels.__getitem__
    )
    row = picks.submission(board, id_)
    title.title(sentences.literal(row.name), anchor=False)
    with head:
        if row.withdrawn:
            st.warning("This entry was withdrawn. It is in no ranking.", icon=":material/block:")
        _card(row)
    key = picks.cell(sorted(row.results))
    _tiles(board, row, key)
    _warnings(board, row)
    _stated(board, row)
    cite_sections.entry(board, row)
    _curve(board, row, key)
    st.header("Where it errs")
    st.markdown(f"{words.metric_title(key.task, tasks.load(key.task).primary)} in the cell `{key}`")
    _details(board, row, key)
    st.header("All cells")
    _ledger(row)


def _card(row: Entry) -> None:
    """Who made it, and what it is in a few words."""
    st.text(entry_card.byline(row))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for badge in entry_card.badges(row):
            icon = f":material/{badge.icon}:"
            st.badge(badge.text, icon=icon, color=badge.colour, help=badge.help)
        for what, address in entry_card.addresses(row).items():
            st.link_button(what, address, icon=":material/open_in_new:", type="tertiary")


def _tiles(board: Board, row: Entry, key: CellKey) -> None:
    with st.container(horizontal=True, gap="small"):
        for tile in entry_card.tiles(board, row, entry_card.shown_cells(row, key)):
            with st.container(border=True, width=230):
                st.metric(sentences.literal(tile.title), tile.place)
                st.caption(f"{sentences.literal(tile.score)}  \n{tile.cell}")


def _warnings(board: Board, row: Entry) -> None:
    same = [other for other in board.store.same_predictions(row.predictions_sha256)
            if other != row.id]  # fmt: skip
    for what, ids in (
        ("The very same predictions", same),
        ("Nearly the same answers, earlier", entry_tables.near(row)),
    ):
        if ids:
            listed = ", ".join(f"[{id_}](entry?id={id_})" for id_ in ids)
            st.warning(f"{what}: {listed}.", icon=":material/content_copy:")


def _stated(board: Board, row: Entry) -> None:
    """Everything that was stated, as plain text, and what the board did with it."""
    with st.expander("Everything that was stated", icon=":material/list_alt:"):
        st.dataframe(
            entry_tables.about(row), hide_index=True, alt="What was stated about the entry",
            column_config={"what": st.column_config.TextColumn("What", width=190),
                           "stated": st.column_config.TextColumn("As stated", width=700)},
        )  # fmt: skip
    with st.expander("In the decision log", icon=":material/gavel:"):
        log = picks.logged(board, row.id)
        about = log_sentences.ids(log)
        names, scores = board.store.names(about), board.store.first_scores(about)
        st.html(log_sentences.listed(log, names, scores))


def _curve(board: Board, row: Entry, key: CellKey) -> None:
    """How the error of the model falls with n, beside the best others."""
    task = tasks.load(key.task)
    points = picks.points(board, [key.config], task.ranking.name, key, "n")
    better = curve_choice.better(key.task, task.ranking.name)
    own = [curve for curve in curve_chart.ours([p for p in points if p.name == row.name], "n",
                                               better) if len(curve.points) > 1]  # fmt: skip
    if not own:
        return
    others = curve_chart.ours([p for p in points if p.name != row.name], "n", better)
    beside = set(curve_choice.first([*own, *others], better))
    shown = own + [curve for curve in others if curve.label in beside][:OTHERS]
    st.header("Learning curve")
    titles = (curve_chart.axis_titles(key.config)["n"], words.ranking_title(task))
    picture.show(curve_chart.lines(shown, "n", titles), f"{task.ranking.title} of {row.name}")
    st.caption(
        "Of each model name the best entry at every n, with 95 % intervals; this model beside the "
        f"best others. {curve_choice.fixed('n', key)}."
    )


def _ledger(row: Entry) -> None:
    lines = entry_tables.cells(row)
    number = st.column_config.NumberColumn
    st.dataframe(
        lines,
        hide_index=True,
        placeholder="–",
        column_config={
            "cell": links.column("Cell", width=230),
            "task": "Task",
            "n": number("n", format="localized"),
            "M": number("M", format="localized"),
            "track": "Track",
            "metric": "Metric",
            "value": number("Score", format="%.4f"),
            "interval": "95 % interval",
            "allowed": number("Copies allowed", format="localized"),
            "stated": number("Copies stated", format="localized"),
            "test_copies": number("Of test states", format="localized"),
            "floor": number("Floor", format="%.4f"),
            "parameters": number("Parameters", format="localized"),
            "train_seconds": number("Train s", format="%.1f"),
            "row_seconds": number("Row s", format="%.2g"),
            "flags": "Flags",
            "note": "Note",
        },
        alt="Scores and resources of the entry in each of its cells",
        height="content" if len(lines) <= 12 else 460,
    )
    st.caption(
        "Copies allowed: n·M. What was not stated counts as that. Copies of test states are not "
        "part of it and stand in a column of their own. Floor: the error that sampling leaves to a "
        "method that only learns."
    )
    session.downloads(f"entry_{row.id}", entry_tables.cells_table(row))


def _details(board: Board, row: Entry, key: CellKey) -> None:
    details = entry_tables.details(row, key)
    task = tasks.load(key.task)
    for flag in flags.flags(task, details):
        st.markdown(f"**{flag.short}**: {sentences.literal(flag.meaning)}")
    detail_sections.details(task, details, palette(session.theme()))
    reason = withheld(board.store, row.season, shows=board.settings.show_labels)
    if reason:
        st.info(sentences.literal(reason), icon=":material/visibility_off:")
        return
    try:
        shown = picks.inspected(board, row.id, key)
    except (RequestError, WorkError) as error:
        st.info("True values cannot be shown.", icon=":material/visibility_off:")
        st.code(str(error), language=None, wrap_lines=True)
        return
    answer_sections.answers(task, key, shown, entry_tables.row_errors(row, key))
    if isinstance(task, Classification):
        phase_section.section(board, key, shown, palette(session.theme()))


if __name__ == "__main__":
    page()
