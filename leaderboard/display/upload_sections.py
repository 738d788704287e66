"""The third step of submitting: a file comes in, is looked at, and is scored when it is sent."""

from typing import Any

import streamlit as st

from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import flags, intake, picks, sentences, verdicts, words
from leaderboard.display.previews import Preview
from leaderboard.display.standing import entry_link, interval
from leaderboard.ranking.comparison import Difference, paired_difference
from leaderboard.seasons.label_access import withheld
from leaderboard.store.entries import Entry
from leaderboard.store.records import Metrics
from leaderboard.submission.metadata import Metadata
from leaderboard.web.uploads import MAX_UPLOAD_MB

_COMPARED = 12  # cells whose paired difference from the best is worked out
_LOOKED, OUTCOME = "looked at", "outcome"


def upload(board: Board, account: str, about: Metadata | None) -> None:
    """The boxes for the files, what is in them, and the button that sends them.

    Args:
        board: where they go.
        account: of the visitor.
        about: metadata of step 2, if they are complete.
    """
    left, right = st.columns([3, 2])
    file = left.file_uploader(
        "Predictions (.parquet or .csv)", ["parquet", "csv"], key="file",
        max_upload_size=MAX_UPLOAD_MB,
    )  # fmt: skip
    sidecar = right.file_uploader(
        "Metadata (.json), if not in the file", ["json"], key="sidecar", max_upload_size=1
    )
    st.caption(
        f"At most {MAX_UPLOAD_MB} MB here. A larger file goes by `qslbench submit FILE --store` "
        "and the address of this board."
    )
    by_form = st.checkbox(
        "Take the metadata of step 2", value=about is not None, key=f"by form {about is not None}",
        disabled=about is None, help="In the place of those in the file.",
    )  # fmt: skip
    if file is None:
        return
    beside: Any = None if sidecar is None else sidecar.getbuffer()
    if beside is None and by_form and about is not None:
        beside = about.model_dump_json().encode()
    sent = intake.UploadedFile(file.name, file.getbuffer(), beside)
    stated = about.model_dump_json() if by_form and about is not None else ""
    seen = (file.file_id, "" if sidecar is None else sidecar.file_id, stated)
    if st.session_state.get(_LOOKED, (None,))[0] != seen:
        with st.spinner("Reading and validating …", show_time=True):
            st.session_state[_LOOKED] = (seen, intake.look(board, sent))
        st.session_state.pop(OUTCOME, None)
    looked: intake.Outcome = st.session_state[_LOOKED][1]
    done = OUTCOME in st.session_state
    if looked.preview is not None and not done:
        _preview(looked.preview)
    elif not done:
        refusal(looked)
    if st.button(
        "Submit and score", type="primary", key="submit", icon=":material/send:",
        disabled=looked.preview is None or done,
    ):  # fmt: skip
        with st.spinner("Scoring …", show_time=True):
            st.session_state[OUTCOME] = intake.take(board, sent, account)
        st.rerun()


def _preview(preview: Preview) -> None:
    """What is in a file that would be accepted."""
    st.success("The file is valid. Nothing is stored or scored yet.", icon=":material/task_alt:")
    st.text(f"{preview.name}, by {'; '.join(preview.authors)}")
    number = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(
        preview.lines,
        hide_index=True,
        placeholder="–",
        column_config=dict.fromkeys(("Smallest", "Mean", "Largest"), number),
        alt="Cells of the file, their rows and values",
    )
    for words_ in preview.warnings:
        st.warning(sentences.literal(words_), icon=":material/warning:")
    same(preview.same)


def same(ids: list[str] | tuple[str, ...]) -> None:
    """Links to the entries that have the very same answers."""
    if ids:
        links = ", ".join(f"[{id_}]({entry_link(id_)})" for id_ in ids)
        st.warning(
            f"The very same predictions are there already: {links}.", icon=":material/content_copy:"
        )


def refusal(outcome: intake.Outcome) -> None:
    """What is wrong with a file."""
    if outcome.known:
        st.warning(
            f"This very file is on the board: [{outcome.known}]({entry_link(outcome.known)}). "
            "Nothing was stored.",
            icon=":material/content_copy:",
        )
    else:
        st.error("Refused. Nothing was stored. Correct the file and send it again.")
    st.code(outcome.refusal, language=None, wrap_lines=True)


def answer(board: Board, outcome: intake.Outcome) -> None:
    """What became of a file that was sent."""
    if outcome.receipt is None:
        refusal(outcome)
        return
    receipt = outcome.receipt
    st.success(f"Accepted and scored. The receipt is **{receipt.id}**.")
    st.text(f"{receipt.metadata.name}, by {'; '.join(receipt.metadata.authors)}")
    same(receipt.same_predictions)
    entry = picks.submission(board, receipt.id)
    _likeness(entry)
    lines = [_line(board, entry, key, metrics) for key, metrics in receipt.scores.items()]
    st.dataframe(lines, hide_index=True, placeholder="–", alt="Scores of this submission")
    _verdicts(board, entry)
    first = next(iter(receipt.scores))
    with st.container(horizontal=True):
        for file, label, icon, more in (
            ("ranking", "See it in the ranking", "leaderboard", {}),
            ("entry", "Open its page", "description", {"id": receipt.id}),
        ):
            st.page_link(
                f"views/{file}.py",
                label=label,
                icon=f":material/{icon}:",
                query_params=picks.cell_query(first, **more),
            )


def _likeness(entry: Entry) -> None:
    """Entries whose answers are nearly these, once for all cells."""
    ids: dict[str, None] = {}
    for result in entry.results.values():
        ids |= dict.fromkeys(result.details.get("near_duplicates", ()))
    if ids:
        links = ", ".join(f"[{id_}]({entry_link(id_)})" for id_ in ids)
        st.warning(
            f"Nearly the same answers came earlier: {links}. The entry is flagged as a "
            "near-duplicate, and ranked.",
            icon=":material/content_copy:",
        )


def _line(board: Board, entry: Entry, key: CellKey, metrics: Metrics) -> dict[str, Any]:
    """One line of the table, with the place in the cell's ranking."""
    ranking = board.ranking(*key)
    rank = next((row.rank for row in ranking if row.id == entry.id), None)
    line: dict[str, Any] = {
        "Config": key.config,
        "Task": key.task,
        "n": key.n,
        "M": key.shots,
        "Track": key.track,
        "Rank": f"{rank} of {len(ranking)}" if rank is not None else _why_not(metrics),
    }
    for name, value in metrics.items():
        line[words.metric_title(key.task, name)] = (
            f"– ({value.note})" if value.value is None else f"{value.value:z.4f}"
        )
        if name == tasks.load(key.task).primary:
            line["95 % interval"] = interval(value)
    task, result = tasks.load(key.task), entry.results[key]
    return line | {"Flags": flags.shorts(task, result.details) or None}


def _why_not(metrics: Metrics) -> str:
    is_told = any(value.value is not None for value in metrics.values())
    return "another of your entries is ranked" if is_told else "held back"


def _verdicts(board: Board, entry: Entry) -> None:
    """A sentence a cell, and the names in tables."""
    live = board.scope()[1]
    for count, key in enumerate(entry.scores):
        rows = board.ranking(*key)
        found = verdicts.verdict(key, entry.id, rows, live=live)
        if found is None:
            continue
        difference = _difference(board, found) if count < _COMPARED else None
        st.markdown(f"`{key}`: {verdicts.sentence(found, difference)}")
        for title, others in (("beaten", found.beaten), ("tied", found.tied)):
            if others:
                names = "; ".join(row.name for row in others[:10])
                more = f" and {len(others) - 10} more" if len(others) > 10 else ""
                st.text(f"{title}: {names}{more}")


def _difference(board: Board, found: verdicts.Verdict) -> Difference | None:
    """Of the entry and the best one, where paired tests may be shown."""
    season, key = board.scope()[0], found.key
    unpaired = not tasks.load(key.task).ranking.is_paired
    if unpaired or found.best.id == found.row.id or withheld(board.store, season):
        return None
    losses, _ = board.store.losses(key, season)
    return paired_difference(key, losses[found.row.id], losses[found.best.id])
