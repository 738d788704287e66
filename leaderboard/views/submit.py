"""Submitting: a file is validated and scored at once, and the answer shown in full."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from builders.dataset.config import Config, offered_tasks
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import examples, intake, picks, previews, session, words
from leaderboard.display.account import visitor
from leaderboard.display.page import Page
from leaderboard.display.standing import interval
from leaderboard.store.records import Metrics, Receipt, Row
from leaderboard.submission.submission import Submission
from leaderboard.web.uploads import MAX_UPLOAD_MB

FORMAT = """\
One Parquet or CSV file holds the answers, in the columns `config`, `task`, `n`, `shots`, \
`row_id` and `prediction`, and in `track` where it is not the usual one: one line for every test \
row of a cell, with `prediction` a list of numbers (a matrix row by row; in CSV the text \
`[0.1, 0.2, …]`), where a class is asked for its name as text, where a bit is asked for the bit or \
the probability of 1. Texts, bits and numbers go in files of their own. `n` and `shots` say how \
many training rows the model learnt from and how many shots of each; `shots` is 0 where nothing is \
measured. A file may hold many cells.

The metadata are JSON inside the Parquet file under the key `qslbench`, or a `.json` file uploaded \
beside it. Needed are `name`, `authors`, `entry_class` (`learned` from the shots alone, `hybrid` \
where a solver gives features, `solver` where nothing is learnt) and `uses_test_shots`; further \
keys such as `parameters`, `train_seconds`, `code` and `notes` are welcome. Scores are computed \
here from the predictions and from nothing else.
"""

PAGE = Page("Submit", "upload_file", group="", order=30)


def page() -> None:
    """The whole page."""
    st.title("Submit")
    board = session.board()
    if None in (board.settings.data, board.settings.private):
        st.info("This board knows no data to score with, so that it takes no submissions.")
        return
    account = visitor(board)
    session.may_upload(account is not None)
    if account is not None:
        _form(board, account)
    if "outcome" in st.session_state:
        _answer(board, st.session_state["outcome"])
    _official(board)
    st.header("The file")
    st.markdown(FORMAT)
    _example(board)


def _form(board: Board, account: str) -> None:
    with st.form("submission", border=True):
        left, right = st.columns([3, 2])
        file = left.file_uploader(
            "Predictions (.parquet or .csv)",
            ["parquet", "csv"],
            key="file",
            max_upload_size=MAX_UPLOAD_MB,
        )
        sidecar = right.file_uploader(
            "Metadata (.json), if not in the file", ["json"], key="sidecar", max_upload_size=1
        )
        with st.container(horizontal=True):
            sent = st.form_submit_button("Validate, score and submit", type="primary")
            checked = st.form_submit_button("Only check and preview")
    if not sent and not checked:
        return
    if file is None:
        st.session_state.pop("outcome", None)
        st.warning("Choose a file of predictions first.")
        return
    beside = None if sidecar is None else sidecar.getbuffer()
    upload = intake.UploadedFile(file.name, file.getbuffer(), beside)
    with st.spinner("Reading, validating and scoring …", show_time=True):
        done = intake.take(board, upload, account) if sent else intake.look(board, upload)
    st.session_state["outcome"] = done


def _answer(board: Board, outcome: intake.Outcome) -> None:
    if outcome.refusal:
        st.error("Refused. Nothing was stored. Correct the file and send it again.")
        st.code(outcome.refusal, language=None, wrap_lines=True)
    elif outcome.preview is not None:
        _preview(outcome.preview)
    elif outcome.receipt is not None:
        _accepted(board, outcome.receipt)


def _preview(submission: Submission) -> None:
    """What is in a file that would be accepted."""
    st.success("The file is valid. Nothing was stored or scored yet.")
    st.text(f"{submission.metadata.name}, by {'; '.join(submission.metadata.authors)}")
    st.dataframe(
        previews.lines(submission), hide_index=True, placeholder="–", alt="Cells of the file"
    )
    st.caption(
        "Check that the numbers are what you meant: the smallest, the mean and the largest value "
        "of each cell, or its classes."
    )


def _accepted(board: Board, receipt: Receipt) -> None:
    st.success(f"Accepted and scored. The receipt is **{receipt.id}**.")
    st.text(f"{receipt.metadata.name}, by {'; '.join(receipt.metadata.authors)}")
    if receipt.same_predictions:
        st.warning(f"The same predictions are there as {', '.join(receipt.same_predictions)}.")
    st.dataframe(
        _scores(board, receipt), hide_index=True, placeholder="–", alt="Scores of this submission"
    )
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


def _scores(board: Board, receipt: Receipt) -> list[dict[str, Any]]:
    """One line a cell and metric, with the place in the cell's ranking."""
    lines = []
    for key, metrics in receipt.scores.items():
        ranking = board.ranking(*key)
        rank = next((row.rank for row in ranking if row.id == receipt.id), None)
        line: dict[str, Any] = {
            "Config": key.config,
            "Task": key.task,
            "n": key.n,
            "M": key.shots,
            "Track": key.track,
            "Rank": _rank(rank, metrics, ranking),
        }
        for name, value in metrics.items():
            line[words.metric_title(key.task, name)] = (
                f"– ({value.note})" if value.value is None else f"{value.value:z.4f}"
            )
            if name == tasks.load(key.task).primary:
                line["95 % interval"] = interval(value)
        lines.append(line)
    return lines


def _rank(rank: int | None, metrics: Metrics, ranking: Sequence[Row]) -> str:
    if rank is not None:
        return f"{rank} of {len(ranking)}"
    is_told = any(value.value is not None for value in metrics.values())
    return "another of your entries is ranked" if is_told else "held back"


def _example(board: Board) -> None:
    folder = board.settings.data
    assert folder is not None
    configs = session.found_manifest(folder).configs
    if not configs:
        return
    name, entry = sorted(configs.items())[-1]
    config, n, shots = Config.parse(name), min(100, entry.rows.get("train", 0)), entry.shots
    task = examples.exemplary(offered_tasks(entry))
    if task is not None:
        official = [key for key in _taken(board) if key[:2] == (name, task.name)]
        if official:
            n, shots = official[-1].n, official[-1].shots
        st.code(examples.submission(folder.name, config, task, n, shots), language="python")


def _taken(board: Board) -> Sequence[CellKey]:
    """The official cells of an open season; none without one."""
    season, (_, live) = board.season(), board.scope()
    return season.cells if season is not None and live else ()


def _official(board: Board) -> None:
    cells = _taken(board)
    if not cells:
        return
    st.header("Official cells")
    st.dataframe(
        [
            {"Config": key.config, "Task": key.task, "n": key.n, "M": key.shots,
             "Track": key.track}
            for key in cells
        ],
        hide_index=True, placeholder="–",
        alt="The cells that this season takes",
    )  # fmt: skip


if __name__ == "__main__":
    page()
