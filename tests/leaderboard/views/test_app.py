"""The board's pages, driven without a browser."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import leaderboard
from builders import families, load
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.spec import BuildSpec
from builders.physics.family import Family
from leaderboard.board.service import Board
from leaderboard.display import formula
from leaderboard.display.place import BoardPlace
from leaderboard.submission.submission import write_submission
from tests.builders.family_cases import chain, small
from tests.builders.synthetic import make_folder
from tests.leaderboard.answers import cell, exact, metadata, write
from tests.leaderboard.pages import app_of, names

APP = Path(leaderboard.__file__).with_name("app.py")
EVIL = "<img src=x onerror=alert(1)> **bold** :red[x] [l](javascript:alert(1))"


@pytest.fixture
def store(synthetic_folder, tmp_path, monkeypatch):
    """A board on the synthetic data, which the pages find by the environment."""
    place = BoardPlace(str(tmp_path / "board"), str(synthetic_folder.public), labels="1")
    for name, value in place.to_environment().items():
        monkeypatch.setenv(name, value)
    board = place.open()
    yield board
    board.close()
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(page: str = "ranking", **query: str) -> AppTest:
    app = app_of(APP)
    if page != "home":
        app.switch_page(f"views/{page}.py")
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def submitted(store: Board, data, path: Path, *names: str) -> None:
    for step, name in enumerate(names, start=1):
        store.submit(write(path, data, 0.1 * step, name=name))


def markdown(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def charts(app: AppTest) -> list[dict]:
    return [json.loads(element.proto.spec) for element in app.get("vega_lite_chart")]


def test_empty_board_invites(store) -> None:
    app = opened()
    assert app.title[0].value == "Board"
    assert "Nobody has submitted yet" in app.info[0].value
    assert len(app.dataframe) == 0


def test_ranking_of_a_cell(store, synthetic_folder, tmp_path) -> None:
    submitted(store, synthetic_folder, tmp_path / "p.parquet", "near", "far")
    app = opened()
    table: pd.DataFrame = app.dataframe[0].value
    assert names(table["name"]) == ["near", "far"]
    # Labels plus a constant: all resamples have that error, and intervals of no width.
    assert list(table["against_best"]) == ["best", "behind"]
    assert list(table["score"]) == pytest.approx([0.1, 0.2], abs=1e-6)
    assert {"rmse_entrywise", "skill_x", "parameters", "train_seconds"} <= set(table)
    assert "n·M = 80 copies" in markdown(app)
    assert "10 new Hamiltonians" in markdown(app)
    assert len(charts(app)) == 1
    assert [button.label for button in app.get("download_button")] == ["CSV", "JSON", "Parquet"]


def test_ranking_and_data_of_phases(phase_folder, tmp_path, monkeypatch) -> None:
    place = BoardPlace(str(tmp_path / "board"), str(phase_folder.public), labels="1")
    for name, value in place.to_environment().items():
        monkeypatch.setenv(name, value)
    board = place.open()
    try:
        ids, phases = phase_folder.splits["test"]["row_id"], exact(phase_folder, "phase")
        for title, answers in (("oracle", phases), ("constant", np.full(len(ids), "ordered"))):
            cells = {cell(phase_folder, "phase", shots=4): (ids, answers)}
            write_submission(tmp_path / "p.parquet", cells, metadata(name=title))
            board.submit(tmp_path / "p.parquet")
        app = opened()
        table: pd.DataFrame = app.dataframe[0].value
        assert names(table["name"]) == ["oracle", "constant"]
        assert list(table["score"]) == pytest.approx([1.0, (phases == "ordered").mean()])
        assert {"macro_f1", "accuracy_clear"} <= set(table)
        assert "exact classes" in markdown(app)
        assert "Ranked by **Accuracy**" in markdown(app)
        assert len(charts(app)) == 1
        shown = {m.label: m.value for m in opened("data", split="train", row="2").metric}
        phase = phase_folder.splits["train"]["phase"][2]
        assert shown["phase"] == ("paramagnetic", "ordered")[phase]
    finally:
        board.close()
        st.cache_resource.clear()
        st.cache_data.clear()


def test_strangers_text_is_never_markdown(store, synthetic_folder, tmp_path) -> None:
    path = write(
        tmp_path / "p.parquet", synthetic_folder, 0.1, name=EVIL, authors=(EVIL,), code=EVIL,
        notes=EVIL,
    )  # fmt: skip
    app = opened("submit")
    send(app, path.name, path.read_bytes())
    assert app.success
    plain = {"text", "dataframe", "json", "vega_lite_chart", "selectbox"}
    for shown in (app, opened()):
        kinds = {e.type for e in shown.main if "onerror" in str(getattr(e, "proto", ""))}
        assert kinds
        assert kinds <= plain
        assert not [e for e in shown.html if "onerror" in str(e.proto)]
    assert "link" not in opened().dataframe[0].value


def send(app: AppTest, name: str, content: bytes, sidecar: bytes | None = None) -> None:
    app.file_uploader(key="file").set_value((name, content, "application/octet-stream"))
    if sidecar is not None:
        app.file_uploader(key="sidecar").set_value(("m.json", sidecar, "application/json"))
    app.run()
    assert not app.exception
    if not app.button(key="submit").disabled:
        app.button(key="submit").click().run()
        assert not app.exception


def test_good_upload_is_scored_and_ranked(store, synthetic_folder, tmp_path) -> None:
    submitted(store, synthetic_folder, tmp_path / "p.parquet", "first")
    path = write(tmp_path / "mine.parquet", synthetic_folder, 0.05, name="mine")
    app = opened("submit")
    send(app, path.name, path.read_bytes())
    receipt = store.submissions()[-1]
    assert receipt.metadata.name == "mine"
    assert receipt.id in app.success[0].value
    scores = app.dataframe[0].value
    assert list(scores["Task"]) == ["correlation", "renyi2"]
    assert list(scores["Rank"]) == ["1 of 2", "1 of 2"]
    assert scores["RMSE"][0] == "0.0500"
    app.run()  # another visit of the same session does not submit again
    assert len(store.submissions()) == 2


def test_csv_with_a_sidecar(store, synthetic_folder) -> None:
    import csv
    import io

    key = cell(synthetic_folder)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["config", "task", "n", "shots", "row_id", "prediction"])
    for row_id in synthetic_folder.splits["test"]["row_id"]:
        writer.writerow([*key[:4], row_id, [0.0] * 64])
    app = opened("submit")
    send(app, "mine.csv", out.getvalue().encode(), metadata(name="csv").model_dump_json().encode())
    assert [receipt.metadata.name for receipt in store.submissions()] == ["csv"]


def test_bad_upload_is_refused_in_full(store, synthetic_folder, tmp_path) -> None:
    app = opened("submit")
    send(app, "<b>virus.parquet", b"\x7fELF" + bytes(400))
    assert "Nothing was stored" in app.error[0].value
    assert "like a Linux executable" in app.code[-1].value
    path = write(tmp_path / "p.parquet", synthetic_folder, float("nan"))
    send(app, path.name, path.read_bytes())
    refusal = app.code[-1].value
    assert refusal.startswith("the submission is refused:")
    assert refusal.count("10 rows with values that are not finite") == 2
    assert not app.success
    assert store.submissions() == []


def test_submitting_needs_data(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("QSLBENCH_BOARD_STORE", str(tmp_path / "bare"))
    assert "takes no submissions" in opened("submit").info[0].value
    assert "without data" in opened("data").info[0].value
    st.cache_resource.clear()


def test_a_board_that_cannot_be_opened_says_why(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("QSLBENCH_BOARD_STORE", str(tmp_path / "s"))
    monkeypatch.setenv("QSLBENCH_BOARD_DATA", str(tmp_path / "absent"))
    app = opened()
    assert "cannot be opened" in app.error[0].value
    assert "no data set folder at" in app.code[0].value


def test_data_of_a_train_row(store) -> None:
    app = opened("data", split="train", row="3")
    told = {metric.label: metric.value for metric in app.metric}
    assert told["row_id"] == "3"
    row = load(store.settings.data, "tfim_1d_n008")["train"]
    score = 8 * row["energy_variance"][3] / row["energy"][3] ** 2
    assert told["v score"] == f"{score:.1e}"
    known = manifest.read(store.settings.data).configs["tfim_1d_n008"].certificate["v_score"]
    said = f"the median is {known['median']:.1e} and the largest {known['largest']:.1e}"
    assert any(said.replace("-", "\\-").replace(".", "\\.") in c.value for c in app.caption)
    assert not app.info
    assert "1 everywhere" in markdown(app)
    # Couplings J, linked pictures, exact and estimated correlations, entropies, blocks, both
    # correlations and the error of an estimate from fewer shots, all rows.
    assert len(charts(app)) == 10
    assert len(charts(app)[1]["vconcat"]) == 3
    assert "From **32** shots the estimate is off by" in markdown(app)
    app.select_slider(key="use").set_value(4).run()
    assert "From **4** shots the estimate is off by" in markdown(app)
    assert app.query_params["use"] == "4"
    assert "Shadow estimate from 32 shots" in markdown(app)
    assert 'load_dataset("demo", "tfim_1d_n008")' in app.code[-1].value
    app.number_input(key="row").set_value(5).run()
    assert app.query_params["row"] == "5"


def test_data_of_a_test_row_are_estimates(store) -> None:
    app = opened("data", split="test", row="0")
    shown = {metric.label for metric in app.metric}
    assert shown == {"row_id", "shots", "Energy per site, estimate"}
    assert app.metric[0].value == "1000000"
    assert "Labels of this split are hidden" in app.info[0].value
    assert "**Exact**" not in markdown(app)
    assert len(charts(app)) == 5  # the last one is of the training rows
    assert "Values are shadow estimates" in markdown(app)
    assert "Noise of the estimate" not in [heading.value for heading in app.header]


def _shots(family: Family) -> int:
    return 4 if family.record.has_copies else family.record.default_shots


@pytest.mark.slow
def test_every_family_has_its_data_page(tmp_path, monkeypatch) -> None:
    every = {name: families.load(name) for name in families.names()}
    specs = [
        BuildSpec(name, size, {"train": 2, "test": 2}, _shots(family), seed=1, test_seed=2)
        for name, family in every.items()
        for size in [Size(6) if chain(family) else small(family)]
    ]
    folder = make_folder(tmp_path, *specs)
    monkeypatch.setenv("QSLBENCH_BOARD_STORE", str(tmp_path / "board"))
    monkeypatch.setenv("QSLBENCH_BOARD_DATA", str(folder.public))
    app = opened("data")
    for spec in specs:
        app.selectbox(key="config").set_value(spec.config).run()
        assert not app.exception
        assert formula.markdown(families.load(spec.family).formula) in markdown(app)
        assert charts(app)
    st.cache_resource.clear()


def test_data_are_read_again_after_a_build(store, synthetic_folder) -> None:
    from builders.folders.writing import write_config
    from tests.builders.synthetic import PROVENANCE, make_split

    assert opened("data").selectbox(key="config").options == [
        "tfim_1d_n008 · Transverse-field Ising chain, 8 sites"
    ]
    spec = BuildSpec("tfim_1d", Size(6), {"train": 2, "test": 2}, shots=4, seed=1, test_seed=2)
    splits = {split: make_split(spec, split) for split in spec.rows}
    write_config(synthetic_folder.public, synthetic_folder.private, spec, splits, PROVENANCE)
    assert len(opened("data").selectbox(key="config").options) == 2


def test_a_damaged_file_is_said(store, synthetic_folder) -> None:
    path = next((synthetic_folder.public / "data" / "tfim_1d_n008").glob("train-*"))
    path.write_bytes(path.read_bytes()[:-100])
    app = opened("data", split="train")
    assert "cannot be shown" in app.error[0].value
    assert "was cut or changed" in app.code[0].value
    assert not charts(app)


def test_data_that_went_away_are_said(store, synthetic_folder, tmp_path) -> None:
    submitted(store, synthetic_folder, tmp_path / "p.parquet", "only")
    opened()
    synthetic_folder.public.rename(tmp_path / "elsewhere")
    for page in ("ranking", "submit", "data"):
        app = opened(page)
        assert "cannot be read" in app.error[0].value
        assert "no data set folder at" in app.code[0].value
