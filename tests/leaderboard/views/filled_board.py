"""A board with three entries, and its pages driven without a browser."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from leaderboard.board.service import Board
from leaderboard.cells import Answer
from leaderboard.display.place import BoardPlace
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import answer, cell, metadata
from tests.leaderboard.views.test_app import opened

RESULTS = (
    "cell",
    "cost",
    "curves",
    "entry",
    "compare",
    "overall",
    "randomisation",
    "times",
    "noise",
)


@pytest.fixture(scope="module")
def filled(synthetic_master, tmp_path_factory) -> tuple[Path, list[str]]:
    """A board's folder with three entries of two cells: `near`, `far` and, hybrid, `mixed`."""
    home = tmp_path_factory.mktemp("filled")
    board = Board.open(home / "board", synthetic_master.public)
    rng = np.random.default_rng(0)
    made = []
    kinds = (("near", 0.1, "learned"), ("far", 0.3, "learned"), ("mixed", 0.2, "hybrid"))
    for name, error, kind in kinds:
        cells = {}
        for task in ("correlation", "renyi2"):
            row_id, values, _ = answer(synthetic_master, task)
            noise = rng.normal(0, error, values.shape).astype(np.float32)
            cells[cell(synthetic_master, task)] = Answer(row_id, values + noise)
        about = metadata(name=name, entry_class=kind, code="https://a.b/c")
        write_submission(home / "p.parquet", cells, about)
        made.append(board.submit(home / "p.parquet").id)
    board.close()
    return home / "board", made


@pytest.fixture
def store(request, synthetic_folder, tmp_path, monkeypatch):
    """A board that the pages find by the environment; empty, or `filled` for a test with `ids`."""
    if "ids" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("filled")[0], tmp_path / "board")
    place = BoardPlace(str(tmp_path / "board"), str(synthetic_folder.public), labels="1")
    for name, value in place.to_environment().items():
        monkeypatch.setenv(name, value)
    board = place.open()
    yield board
    board.close()
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def ids(store, filled) -> list[str]:
    """Of the entries of `filled`."""
    return list(filled[1])


def visited(page: str, **query: str) -> AppTest:
    app = opened(page, **query)
    assert not app.error
    return app


def infos(app: AppTest) -> str:
    return "\n".join(element.value for element in app.info)
