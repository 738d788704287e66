"""What the board's pages say and draw, without Streamlit."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leaderboard
from builders.core.errors import RequestError
from builders.dataset.config import Config
from builders.physics.record import PauliTokens
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    chain_chart,
    examples,
    formula,
    matrix_chart,
    ranking_chart,
    sentences,
    words,
)
from leaderboard.display.columns import board_columns as columns_of
from leaderboard.display.intake import UploadedFile, safe_name, take
from leaderboard.display.palette import CLASSES, DARK, LIGHT, palette
from leaderboard.display.place import BoardPlace
from leaderboard.display.standing import against_best, interval, link, standing_table
from leaderboard.scoring.score import Value
from leaderboard.store.records import Row
from leaderboard.submission.metadata import EntryClass
from leaderboard.tasks import load
from tests.leaderboard.answers import metadata, write

ROOT = Path(leaderboard.__file__).parent.parent


def row(rank: int, name: str, *score: float | None, **changes: Any) -> Row:
    value = Value(*score)
    return Row(rank, f"{name}-id", datetime(2026, 1, 1), metadata(name=name, **changes), "rmse",
               {"rmse": value, "skill": Value(None, note="no reference")})  # fmt: skip


TASK = load("correlation")
RANKING = [
    row(1, "best", 0.10, 0.09, 0.11, code="https://example.org/code"),
    row(1, "twin", 0.10, 0.09, 0.11, code="javascript:alert(1)"),
    row(3, "close", 0.12, 0.11, 0.13, entry_class="solver", uses_test_shots=True),
    row(4, "far", 0.50, 0.48, 0.52),
    row(5, "single", 0.60),
    row(6, "none", None),
]


def test_who_can_be_told_from_the_best() -> None:
    assert against_best(RANKING) == [
        "best", "best", "best", "behind", "behind", "no value",  # "close" is the one solver
    ]  # fmt: skip
    tied = [row(1, "a", 0.1, 0.0, 0.2), row(1, "b", 0.2, 0.1, 0.3)]
    assert against_best(tied) == ["best", "not separable"]


def test_table_has_a_line_an_entry_and_links_only_to_the_web() -> None:
    every = columns_of(load("correlation"))
    columns = standing_table(RANKING, every).to_pydict()
    assert list(columns)[:6] == [
        "rank", "name", "entry_class", "score", "interval", "against_best",
    ]  # fmt: skip
    assert columns["score"] == [0.10, 0.10, 0.12, 0.50, 0.60, None]
    assert "skill" not in columns  # no entry has a value
    assert columns["interval"][0] == "0.0900 – 0.1100"
    assert columns["link"] == ["https://example.org/code", None, None, None, None, None]
    assert columns["code"] == [None, "javascript:alert(1)", None, None, None, None]
    assert not {"link", "code"} & set(standing_table(RANKING[2:], every).column_names)
    assert columns["uses_test_shots"] == [False, False, True, False, False, False]


def test_words_of_small_things() -> None:
    assert interval(Value(0.5)) == "–"
    assert link("data:text/html,x") is None
    assert sentences.count(6400) == "6\u202f400"
    assert sentences.config_title("tfim_1d_n048") == "Transverse-field Ising chain, 48 sites"
    assert sentences.config_title("other_05x05") == "other, 5x5 sites"
    noisy = "tfim_1d_n048-depolarizing_0.05"
    assert sentences.config_title(noisy).endswith("chain, 48 sites, depolarizing:0.05")
    assert sentences.config_title("tfim_1d_n048-other_1").endswith("48 sites, other_1")
    said = sentences.measured(PauliTokens(), noisy)
    assert "X, Y or Z, each with probability 0.05/3" in said
    assert said.endswith("Labels are those of the noiseless state.")
    assert sentences.measured(PauliTokens(), "tfim_1d_n048") in said
    assert "through the noise `depolarizing:0.05`" in sentences.cell_sentence(
        CellKey(noisy, "correlation", 20, 64), 10
    )
    assert words.metric_title("correlation", "rmse_entrywise") == "RMSE, entrywise"
    assert words.metric_title("correlation", "given_up") == "given_up"


def test_literal_text_keeps_its_signs() -> None:
    assert sentences.literal("J_i ~ U[0, 1]") == r"J\_i \~ U\[0, 1\]"
    assert sentences.literal("<b> **x** $y$ :red[z] \\") == (r"\<b\> \*\*x\*\* \$y\$ \:red\[z\] \\")


def test_cell_sentence_states_the_copies() -> None:
    text = sentences.cell_sentence(CellKey("tfim_1d_n048", "correlation", 20, 64), 100)
    assert "n·M = 1\u202f280 copies" in text
    assert "100 new Hamiltonians" in text
    assert formula.markdown(load("correlation").meaning) in text
    assert "the test Hamiltonians" in sentences.cell_sentence(
        CellKey("tfim_1d_n048", "renyi2", 20, 64), None
    )


@pytest.mark.parametrize("task", ["correlation", "renyi2"])
def test_every_metric_is_explained(task: str) -> None:
    definition = load(task)
    text = sentences.metrics_list(definition)
    for metric in definition.metrics:
        assert sentences.literal(metric.meaning) in text
        assert f"${metric.formula}$" in text or not metric.formula
        assert f"**{metric.title}**" in text
    assert "lower is better" in sentences.metric_sentence(definition)


def layers(chart: Any) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    return spec


def test_dot_plot_leaves_out_what_has_no_value() -> None:
    spec = layers(ranking_chart.dots(TASK, RANKING))
    data = [line for lines in spec["datasets"].values() for line in lines if "label" in line]
    assert [line["label"] for line in data] == [
        "1  best", "1  twin", "4  far", "5  single",
    ]  # fmt: skip
    assert (data[3]["low"], data[3]["high"]) == (0.60, 0.60)
    # 0.60 is more than 2.5 times 0.09.
    assert spec["layer"][1]["encoding"]["x"]["scale"]["type"] == "log"
    assert len(spec["layer"]) == 3 + 2  # and the solver's line with its name


def test_dot_plot_is_linear_for_near_and_for_negative_values() -> None:
    for rows in ([RANKING[0], RANKING[2]], [row(1, "a", 0.9, 0.8, 1.0), row(2, "b", -1.0)]):
        spec = layers(ranking_chart.dots(TASK, rows))
        assert "type" not in spec["layer"][-1]["encoding"]["x"]["scale"]
    assert len(layers(ranking_chart.dots(TASK, [row(1, "a", 0.9)]))["layer"]) == 2  # no band


def test_every_entry_class_has_a_colour() -> None:
    assert set(CLASSES) == set(EntryClass.__args__)


def test_same_names_are_told_apart_by_their_id() -> None:
    assert ranking_chart.unique_labels(["a", "b", "a"], ["1234x", "2", "5678x"]) == [
        "a (1234)", "b", "a (5678)",
    ]  # fmt: skip


def test_no_colour_is_plain_white_or_black() -> None:
    for colours in (LIGHT, DARK):
        every = {*colours.diverging, *colours.sequential, colours.bar, colours.muted}
        assert not every & {"#ffffff", "#000000", "white", "black"}
    assert (palette("dark"), palette("light")) == (DARK, LIGHT)


def values_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        line for lines in spec["datasets"].values() for line in lines if {"i", "value"} <= set(line)
    ]


def test_a_square_map_has_every_pair_and_no_constant_diagonal() -> None:
    matrix = np.array([[1, -0.5, 0.2], [-0.5, 1, 0.1], [0.2, 0.1, 1]])
    spec = layers(matrix_chart.square_map(matrix, "site", "C", 0.5, LIGHT))
    found = {(line["i"], line["j"]): line["value"] for line in values_of(spec)}
    assert found == {
        (0, 1): -0.5, (1, 0): -0.5, (0, 2): 0.2, (2, 0): 0.2, (1, 2): 0.1, (2, 1): 0.1,
    }  # fmt: skip
    domain = spec["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert (domain[0], domain[len(domain) // 2], domain[-1]) == (-0.5, 0, 0.5)
    matrix[2, 2] = 0.75  # now the diagonal tells something
    spec = layers(matrix_chart.square_map(matrix, "site", "C", 0.5, LIGHT))
    assert {(v["i"], v["j"]): v["value"] for v in values_of(spec)}[2, 2] == 0.75


def test_coupling_map_has_the_pairs_that_are_coupled() -> None:
    matrix = np.zeros((4, 4))
    matrix[0, 1] = matrix[1, 0] = 2.0
    matrix[1, 3] = matrix[3, 1] = 1.0
    spec = layers(matrix_chart.coupling_map(matrix, "J", DARK))
    assert [(v["i"], v["distance"], v["value"]) for v in values_of(spec)] == [
        (0, 1, 2.0), (1, 2, 1.0),
    ]  # fmt: skip
    assert spec["encoding"]["color"]["scale"]["domain"] == [0, 2]
    signed = layers(matrix_chart.coupling_map(-matrix, "J", DARK))
    assert signed["encoding"]["color"]["scale"]["domain"] == [-2, 0, 2]


def test_charts_along_the_chain() -> None:
    spec = layers(chain_chart.bars(np.arange(3.0), "J", "bond", LIGHT))
    assert [line["value"] for line in values_of(spec)] == [0, 1, 2]
    titles = ("pair", "S2 in bit", "estimate")
    two = layers(chain_chart.beside(np.ones(2), np.zeros(2), titles, LIGHT))
    assert {line["series"] for line in values_of(two)} == {"exact", "estimate"}
    hidden = layers(chain_chart.beside(None, np.zeros(2), titles, LIGHT))
    assert {line["series"] for line in values_of(hidden)} == {"estimate"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("run.parquet", "run.parquet"),
        ("../../etc/pass wd.csv", "pass_wd.csv"),
        ("C:\\folder\\run.parquet", "run.parquet"),
        ("<img src=x>.parquet", "_img_src_x_.parquet"),
        (".hidden", "hidden"),
        ("", "upload.parquet"),
        ("..", "upload.parquet"),
        ("a" * 300 + ".csv", "a" * 96 + ".csv"),
    ],
)
def test_safe_name(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


def test_take(board, synthetic_folder, tmp_path) -> None:
    content = write(tmp_path / "p.parquet", synthetic_folder, 0.1).read_bytes()
    done = take(board, UploadedFile("run.parquet", content))
    assert done.receipt is not None
    assert done.refusal == ""
    again = take(board, UploadedFile("run.parquet", content))
    assert again.receipt is None
    assert f"on the board already, as {done.receipt.id}" in again.refusal


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("virus.parquet", b"\x7fELF" + bytes(500), "virus.parquet is not Parquet"),
        ("empty.csv", b"", "empty.csv has 0 bytes"),
        (
            "no_metadata.csv",
            b"config,task,n,shots,row_id,prediction\ntfim_1d_n008,correlation,5,16,1000000,[1]\n",
            "no_metadata.csv has no metadata",
        ),
    ],
)
def test_refusals_name_the_upload_and_no_folder_of_ours(board, name, content, words) -> None:
    refused = take(board, UploadedFile(name, content))
    assert refused.receipt is None
    assert words in refused.refusal
    assert "qslbench-upload" not in refused.refusal
    assert board.submissions() == []


def test_place_comes_back_from_the_environment() -> None:
    for place in (BoardPlace("/a"), BoardPlace("postgresql://x", "/d", "/p", "/f")):
        assert BoardPlace.from_environment(place.to_environment()) == place
    with pytest.raises(RequestError, match="qslbench board"):
        BoardPlace.from_environment({})


def run_example(code: str, data: Path, folder: Path) -> None:
    (folder / data.name).symlink_to(data)
    environment = os.environ | {
        "HF_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr


def test_submission_example_is_accepted(board, synthetic_master, tmp_path) -> None:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    task = examples.exemplary(["energy", "correlation"])
    assert task is load("correlation")
    config = Config.parse(synthetic_master.config)
    code = examples.submission("demo", config, task, 5, 16)
    run_example(code, synthetic_master.public, folder)
    receipt = board.submit(folder / "predictions.parquet")
    skill = receipt.scores[CellKey(synthetic_master.config, "correlation", 5, 16)]["skill"]
    # It is the reference of `skill`, but for the rounding of the answers to float32.
    assert skill.value == pytest.approx(0.0, abs=1e-6)


@pytest.mark.slow
def test_loading_example_runs(synthetic_master, tmp_path) -> None:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    columns = Config.parse(synthetic_master.config).columns(32)
    place = examples.RowPlace("demo", synthetic_master.config, "test", 2)
    code = examples.loading(place, columns)
    check = "\nassert row['row_id'] == 1_000_002\nassert shots.shape == (32, 8)\n"
    run_example(code + check, synthetic_master.public, folder)


def test_learned_entries_are_drawn_first_and_the_best_solvers_as_lines() -> None:
    rows = [row(k + 1, f"m{k}", 0.1 + k, None, None) for k in range(sentences.MOST + 5)]
    rows.insert(0, row(1, "mixed", 0.01, None, None, entry_class="hybrid"))
    exact = [row(99, f"exact{k}", 99.0, None, None, entry_class="solver") for k in range(9)]
    shown, solvers = ranking_chart.drawn([*rows, *exact])
    assert [r.name for r in shown] == [f"m{k}" for k in range(sentences.MOST)]
    assert [r.name for r in solvers] == [f"exact{k}" for k in range(ranking_chart.SOLVERS)]
    assert ranking_chart.drawn(exact) == (exact, [])  # nobody learns
    assert [r.name for r in ranking_chart.drawn(rows[:3])[0]] == ["m0", "m1", "mixed"]
