"""The first two steps of submitting: the data of a cell, and files to begin with."""

import io
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from builders.core.errors import RequestError
from builders.dataset.config import Config
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.display import citation, examples, metadata_form, picks, sentences, session
from leaderboard.scoring.constant import constant_answer
from leaderboard.seasons.official import usual_cells
from leaderboard.submission.csv_text import MAX_VALUES, csv_text
from leaderboard.submission.metadata import Metadata
from leaderboard.submission.writing import write_submission
from leaderboard.track import EXACT, STANDARD


def offered(board: Board) -> Sequence[CellKey]:
    """The cells that can be answered: the official ones of an open season, else the usual ones of
    the data and those that others have answered.
    """
    season, (_, live) = board.season(), board.scope()
    folder = board.settings.data
    if season is not None and live:
        return season.cells
    if folder is None:
        return ()
    configs = session.found_manifest(folder).configs
    known = [key for key in picks.cells(board) if key.track in (STANDARD, EXACT)]
    return sorted({*_usual(board), *(key for key in known if key.config in configs)})


def _usual(board: Board) -> Sequence[CellKey]:
    folder = board.settings.data
    return () if folder is None else usual_cells(folder)


def data(board: Board, cells: Sequence[CellKey]) -> CellKey:
    """Step 1: the cell that the visitor chooses, and where its data are."""
    key = picks.cell(cells)
    folder = board.settings.data
    assert folder is not None
    entry = session.found_manifest(folder).configs.get(key.config)
    st.markdown(sentences.cell_sentence(key, None if entry is None else entry.rows.get("test")))
    st.markdown(
        f"[Download {key.config} as a zip](api/data/{key.config}) ({_size(folder, key.config)}), "
        f"which unpacks to the folder `{folder.name}`, and load it:"
    )
    st.code(citation.loading(folder.name, [key.config]), language="python")
    return key


def _size(folder: Path, config: str) -> str:
    splits = session.found_manifest(folder).splits(config)
    size = sum(entry.bytes for files in splits.values() for entry in files.values())
    return f"{max(size / 2**20, 0.1):.1f} MB"


def template(board: Board, key: CellKey, about: Metadata | None) -> None:
    """Step 2: a script, and a file with the right rows and the mean of the training labels.

    Args:
        board: whose data it is about.
        key: the cell.
        about: goes into the file; a placeholder where it is not there yet.
    """
    folder = board.settings.data
    assert folder is not None
    config, task = Config.parse(key.config), tasks.load(key.task)
    stated = about or metadata_form.placeholder()
    with st.container(horizontal=True):
        if examples.exemplary([key.task]) is not None:
            script = examples.submission(folder.name, config, task, key.n, key.shots)
            st.download_button(
                "Script (.py)", script, f"{key.file_name}.py", "text/x-python",
                icon=":material/code:", on_click="ignore",
            )  # fmt: skip
        try:
            answer = _constant(str(folder), session.stamp(folder), key)
        except RequestError as error:
            st.code(str(error), language=None, wrap_lines=True)
            return
        st.download_button(
            "Pre-filled file (.parquet)", partial(parquet, key, answer, stated),
            f"{key.file_name}.parquet", "application/vnd.apache.parquet",
            icon=":material/table:", on_click="ignore",
        )  # fmt: skip
        if answer.prediction.size <= MAX_VALUES:
            st.download_button(
                "Pre-filled file (.csv)", partial(csv_text, {key: answer}),
                f"{key.file_name}.csv", "text/csv", icon=":material/table:", on_click="ignore",
            )  # fmt: skip
        st.download_button(
            "Metadata (.json)", stated.model_dump_json(indent=1), f"{key.file_name}.json",
            "application/json", icon=":material/badge:", on_click="ignore",
        )  # fmt: skip
    st.caption(
        f"{sentences.count(len(answer.row_id))} rows, each with the mean of the training labels: "
        "what skill is measured against. Put your numbers in its place."
    )
    if examples.exemplary([key.task]) is not None:
        with st.expander("The script"):
            st.code(script, language="python")


@st.cache_data(show_spinner=False, max_entries=4)
def _constant(folder: str, stamp: tuple[int, int], key: CellKey) -> Answer:  # noqa: ARG001
    return constant_answer(CellKey(*key), Path(folder))


def parquet(key: CellKey, answer: Answer, about: Metadata) -> bytes:
    """A file of predictions."""
    with tempfile.TemporaryDirectory(prefix="qslbench-template-") as folder:
        path = Path(folder) / "predictions.parquet"
        write_submission(path, {key: answer}, about)
        return io.BytesIO(path.read_bytes()).getvalue()
