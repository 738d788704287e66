"""Every page shows every kind of data: an evolution, single shots, a graph without a record."""

import os
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from builders import load
from builders.core import discovery
from builders.dataset.config import Config
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.display import examples
from leaderboard.display.place import BoardPlace
from tests.leaderboard.pages import names
from tests.leaderboard.views import toy_boards
from tests.leaderboard.views.test_app import charts, markdown, opened
from tests.paths import ROOT

RESULTS = ("ranking", "overall", "cell", "curves", "entry", "compare", "times", "randomisation")
CHARTS = {  # ranking, overall, cell, curves, entry, compare, times
    "toy_walk": (1, 1, 3, 1, 4, 3, 1),
    "toy_graph": (1, 1, 3, 1, 2, 2, 0),
    "toy_bits": (1, 1, 3, 1, 3, 2, 0),
}


@pytest.fixture
def toys(plug_in, tmp_path, monkeypatch):
    """A function that opens a board on the data of these families, which the pages find."""
    plug_in(toy_boards.TOYS)
    boards: list[Board] = []

    def on(*names: str, entries: bool = True) -> Board:
        make = toy_boards.board if entries else _bare
        boards.append(make(tmp_path, *names))
        place = BoardPlace(str(tmp_path / "board"), str(tmp_path / "toys"), labels="1")
        for name, value in place.to_environment().items():
            monkeypatch.setenv(name, value)
        return boards[-1]

    yield on
    for board in boards:
        board.close()
    st.cache_resource.clear()
    st.cache_data.clear()


def _bare(root, *names: str) -> Board:
    return Board.open(root / "board", toy_boards.folder(root, *names))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def lines(app: AppTest, chart: int) -> list[dict[str, Any]]:
    """The data behind a chart, all layers together."""
    proto = app.get("vega_lite_chart")[chart].proto
    tables = [pa.ipc.open_stream(held.data.data).read_all() for held in proto.datasets]
    return [line for table in tables for line in table.to_pylist()]


def headings(app: AppTest) -> list[str]:
    return [heading.value for heading in app.header]


def test_data_of_an_evolution(toys, tmp_path) -> None:
    toys("toy_walk", entries=False)
    app = opened("data", split="train", evolution="1", state="2")
    assert metrics(app) == {"row_id": "6", "t": "1", "shots": "16"}
    assert headings(app) == [
        "Space and time", "Parameters", "Geometry", "Magnetization", "Noise of the estimate",
        "All training rows", "Load it",
    ]  # fmt: skip
    assert "time, in units of 1/J; 1." in markdown(app)
    assert "All 4 states of the evolution" in markdown(app)
    # Space and time twice, J, the map of sites, the label along them, the same from fewer shots and
    # their error, all rows.
    assert len(charts(app)) == 8
    (cells,) = charts(app)[0]["layer"]  # no velocity is stated, so there is no light cone
    assert cells["encoding"]["y"]["title"] == "time, in units of 1/J"
    drawn = {(line["place"], line["time"]): line["value"] for line in lines(app, 0)}
    first = load(tmp_path / "toys", "toy_walk_n004")["train"]
    assert drawn == {
        (i, t): first["magnetization"][4 + k][i]
        for k, t in enumerate((0.0, 0.5, 1.0, 1.5))
        for i in range(4)
    }
    hidden = opened("data", split="test")
    assert "Shown are estimates from the 16 public shots" in hidden.info[0].value
    assert len(charts(hidden)) == 5  # no exact space and time
    assert hidden.number_input[0].label == "Evolution"


def test_data_without_a_record(toys) -> None:
    toys("toy_graph", entries=False)
    app = opened("data", split="train")
    assert set(metrics(app)) == {"row_id", "cut"}
    assert headings(app) == ["Parameters", "Geometry", "All training rows", "Load it"]
    assert "Nothing is measured" in app.caption[0].value
    matrix, sites, rows = charts(app)
    assert matrix["layer"][0]["encoding"]["color"]["scale"]["domain"][0] == 0
    assert len(sites["layer"]) == 3  # edges, vertices, their numbers
    assert rows["layer"][-1]["encoding"]["color"]["legend"]["title"] == "cut, as the weights"
    assert "shots" not in app.code[-1].value
    hidden = opened("data", split="test")
    assert set(metrics(hidden)) == {"row_id"}
    assert "estimates" not in hidden.info[0].value


def test_data_of_single_shots(toys) -> None:
    toys("toy_bits", entries=False)
    app = opened("data", split="train", row="7")
    assert set(metrics(app)) == {"row_id", "observable"}
    assert headings(app) == [
        "Events of this shot", "All 100\u202f000 shots of the split", "Load it",
    ]  # fmt: skip
    strip, density, shares = (lines(app, k) for k in range(3))
    bits = [line["bit"] for line in strip]
    assert f"{sum(bits)} of {len(bits)} events occurred" in "\n".join(c.value for c in app.caption)
    # A parity of two bits that flip with probability 0.08; 100 000 shots, 4 standard errors.
    shown = [line["value"] for line in density]
    assert shown == pytest.approx([2 * 0.08 * 0.92] * 4, abs=0.0045)
    assert sum(line["shots"] for line in shares) == 100_000
    assert "Hidden in this split" in markdown(opened("data", split="test"))


@pytest.mark.parametrize("name", CHARTS)
def test_every_page_shows_its_results(toys, name) -> None:
    toys(name)
    found = {page: opened(page) for page in RESULTS}
    counts = tuple(len(charts(found[page])) for page in RESULTS if page != "randomisation")
    assert counts == CHARTS[name]
    for page in ("about", "log", "submit"):
        assert not opened(page).error
    ranking = found["ranking"].dataframe[0].value
    assert names(ranking["name"]) == ["near", "far"]
    assert "The first entry is better" in markdown(found["compare"])


def test_words_of_each_kind(toys) -> None:
    toys("toy_walk", "toy_graph", "toy_bits")
    said = {}
    for name in CHARTS:
        key = toy_boards.cell(name)
        app = opened(config=key.config, task=key.task)
        said[name] = markdown(app)
    assert "random states" in said["toy_walk"]
    assert "Each is measured **M = 16** times" in said["toy_walk"]
    assert "random shots (Repetition code, d = 5)" in said["toy_bits"]
    assert "A row is one shot of the circuit" in said["toy_bits"]
    assert "random instances" in said["toy_graph"]
    assert "Ranked by **Closeness**" in said["toy_graph"]
    assert "higher is better" in said["toy_graph"]


def test_entry_of_bits_shows_whether_chances_come_true(toys) -> None:
    toys("toy_bits")
    app = opened("entry")
    assert "True against predicted bits" in markdown(app)
    assert "Do the stated probabilities come true?" in markdown(app)
    assert sum(line["rows"] for line in lines(app, 0)) == 20_000
    points = [line for line in lines(app, 1) if "low" in line]
    # 3 of 10 answers say the wrong bit, and ones are rare: few of them come true.
    assert [point["mean"] for point in points] == pytest.approx([0.1, 0.9], abs=1e-6)
    ones = 0.08
    said = {0.1: 0.3 * ones + 0.7 * (1 - ones), 0.9: 0.7 * ones + 0.3 * (1 - ones)}
    share = [0.3 * ones / said[0.1], 0.7 * ones / said[0.9]]
    assert [point["share"] for point in points] == pytest.approx(share, abs=0.02)
    assert all(point["low"] < point["share"] < point["high"] for point in points)


@pytest.mark.parametrize("name", CHARTS)
def test_submission_example_of_each_kind_is_accepted(toys, name, tmp_path) -> None:
    board = toys(name, entries=False)
    key = toy_boards.cell(name)
    task = examples.exemplary([key.task])
    assert task is tasks.load(key.task)
    code = examples.submission("toys", Config.parse(key.config), task, key.n, key.shots)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    assert discovery.VARIABLE in environment
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True,
        text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert key in board.submit(tmp_path / "predictions.parquet").scores
