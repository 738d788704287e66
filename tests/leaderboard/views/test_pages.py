"""The board's pages for results and rules, driven without a browser."""

import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import streamlit as st
from sqlalchemy.orm import Session

from leaderboard.display import download
from leaderboard.display.place import BoardPlace
from leaderboard.store.tables import DecisionRow
from leaderboard.submission.submission import write_submission
from leaderboard.track import RANDOM, STANDARD
from tests.leaderboard.answers import answer, cell, exact, metadata, open_season, write
from tests.leaderboard.pages import app_of, names
from tests.leaderboard.views.filled_board import RESULTS, filled, ids, infos, store, visited
from tests.leaderboard.views.test_app import EVIL, charts, markdown, opened, send
from tests.paths import ROOT

PLAIN = {"text", "dataframe", "code", "vega_lite_chart", "selectbox", "multiselect", "link_button",
         "html", "title"}  # fmt: skip

__all__ = ["filled", "ids", "store"]  # fixtures


@pytest.mark.parametrize("page", RESULTS)
def test_an_empty_board_has_no_results(store, page) -> None:
    app = visited(page)
    assert "no pair yet" in infos(app) or "Nobody has submitted yet" in infos(app)
    assert not charts(app)


def test_board_filters_by_class_and_columns(store, ids) -> None:
    app = visited("ranking")
    table: pd.DataFrame = app.dataframe[0].value
    # Class by class, learned entries first, and ranks within each.
    assert names(table["name"]) == ["near", "far", "mixed"]
    assert list(table["rank"]) == [1, 2, 1]
    app.multiselect(key="columns").set_value(["rank_of_all"]).run()
    assert list(app.dataframe[0].value["rank_of_all"]) == [1, 3, 2]
    app.multiselect(key="class").set_value(["hybrid"]).run()
    table = app.dataframe[0].value
    assert (names(table["name"]), list(table["rank_of_all"])) == (["mixed"], [2])
    app.multiselect(key="columns").set_value(["p_above", "copies", "rmse_neighbours"]).run()
    table = app.dataframe[0].value
    # The best has no p-value, but this one is below it.
    assert list(table)[5:] == ["p_above", "copies", "rmse_neighbours"]
    assert list(table["copies"]) == [80]
    assert app.query_params["columns"] == ["p_above", "copies", "rmse_neighbours"]
    app.multiselect(key="class").set_value([]).run()
    assert "No entry of this cell" in infos(app)


def test_board_is_shared_by_its_address(store, ids) -> None:
    app = visited("ranking", task="renyi2", **{"class": "hybrid", "columns": "copies"})
    assert app.selectbox(key="task").value == "renyi2"
    assert list(app.dataframe[0].value) == [
        "rank", "name", "entry_class", "score", "interval", "copies",
    ]  # fmt: skip
    assert names(app.dataframe[0].value["name"]) == ["mixed"]
    nobody = visited("ranking", **{"class": "", "columns": ""})
    assert "No entry of this cell" in infos(nobody)


def test_board_says_what_it_resolves_and_explains_flags(store, ids, synthetic_folder, tmp_path):
    copy = write(tmp_path / "c.parquet", synthetic_folder, 0.0, name="copy", entry_class="solver")
    store.submit(copy)
    labels = exact(synthetic_folder, "correlation") * np.float32(3)
    cells = {cell(synthetic_folder): (answer(synthetic_folder).row_id, labels)}
    write_submission(tmp_path / "w.parquet", cells, metadata(name="wild"))
    store.submit(tmp_path / "w.parquet")
    app = visited("ranking")
    assert "resolve differences in RMSE of" in "\n".join(c.value for c in app.caption)
    flags: pd.DataFrame = app.expander[0].dataframe[0].value
    wild = flags[[name == "wild" for name in names(flags["Model"])]]
    assert set(wild["Flag"]) == {"unphysical"}
    assert any("diagonal that is not 1" in text for text in wild["What it says"])
    assert "no season" in "\n".join(c.value for c in app.caption)


def test_cell_has_reference_lines_and_the_spread(store, ids) -> None:
    app = visited("cell")
    ranking, spread, record = charts(app)
    # Band, three reference lines with their names, intervals, values.
    assert len(ranking["layer"]) == 1 + 2 * 3 + 2
    assert "RMSE, of one Hamiltonian" in json.dumps(spread)
    assert "submitted, UTC" in json.dumps(record)


def test_costs_are_drawn_with_their_front(store, ids) -> None:
    app = visited("cost", cost="train_seconds")
    (chart,) = charts(app)
    assert "Training seconds" in json.dumps(chart)
    table: pd.DataFrame = app.dataframe[0].value
    assert names(table["name"]) == ["near", "mixed", "far"]
    assert list(table["on_the_front"]) == [True, False, False]  # all cost the same
    assert set(table["cost_of"]) == {"file"}
    copies = visited("cost").dataframe[0].value
    assert names(copies["name"]) == ["near", "mixed"]  # the best of each class
    assert set(copies["copies"]) == {80.0}
    assert "No entry of this cell states" in infos(visited("cost", cost="row_seconds"))


def test_curves_run_through_the_cells(store, synthetic_folder, tmp_path) -> None:
    cells = {cell(synthetic_folder, n=n): answer(synthetic_folder, shift=1 / n) for n in (5, 10)}
    write_submission(tmp_path / "p.parquet", cells, metadata(name="m"))
    store.submit(tmp_path / "p.parquet")
    app = visited("curves", metric="rmse")
    (chart,) = charts(app)
    assert app.multiselect(key="series").value == ["m"]
    assert "training Hamiltonians n" in json.dumps(chart)
    app.selectbox(key="x").set_value("N").run()
    assert app.query_params["x"] == "N"
    assert not app.exception


def test_entry_page_shows_everything_once_labels_may_be_shown(store, ids) -> None:
    app = visited("entry", id=ids[1])
    about: pd.DataFrame = app.dataframe[0].value
    stated = dict(zip(about["what"], about["stated"], strict=True))
    assert (stated["name"], stated["status"]) == ("far", "scored")
    assert app.title[0].value == "far"
    logged = app.expander[1].get("html")[0].proto.body
    assert f'«<a href="entry?id={ids[1]}" target="_self">far</a>» was scored RMSE' in logged
    assert [(m.label, m.value) for m in app.metric] == [
        ("Correlation matrix", "3 of 3"), ("Entropy of consecutive pairs", "3 of 3"),
    ]  # fmt: skip
    cells = next(d.value for d in app.dataframe if "floor" in d.value)
    assert names(cells["cell"]) == ["tfim_1d_n008", "tfim_1d_n008"]
    # By distance, rows, true against predicted, three maps.
    assert len(charts(app)) == 6
    app.selectbox(key="task").set_value("renyi2").run()
    assert len(charts(app)) == 3
    assert not app.exception


def test_entry_of_a_phase_task(phase_folder, tmp_path, monkeypatch) -> None:
    place = BoardPlace(str(tmp_path / "board"), str(phase_folder.public), labels="1")
    for name, value in place.to_environment().items():
        monkeypatch.setenv(name, value)
    board = place.open()
    try:
        row_id = phase_folder.splits["test"]["row_id"]
        cells = {cell(phase_folder, "phase", shots=4): (row_id, np.full(len(row_id), "ordered"))}
        for name in ("one", "two"):
            write_submission(tmp_path / "p.parquet", cells, metadata(name=name))
            board.submit(tmp_path / "p.parquet")
        app = visited("entry")
        assert "True against predicted classes" in markdown(app)
        assert "The very same predictions" in app.warning[0].value
        assert "do not tell the two apart" in markdown(visited("compare"))
    finally:
        board.close()
        st.cache_resource.clear()
        st.cache_data.clear()


def test_overall_ranks_models_and_marks_what_is_missing(
    store, ids, synthetic_folder, tmp_path
) -> None:
    cells = {cell(synthetic_folder): answer(synthetic_folder)}
    write_submission(tmp_path / "q.parquet", cells, metadata(name="one cell"))
    store.submit(tmp_path / "q.parquet")
    app = visited("overall")
    table: pd.DataFrame = app.dataframe[0].value
    assert dict(zip(names(table["name"]), table["cells"], strict=True)) == {
        "near": "2 of 2", "far": "2 of 2", "one cell": "1 of 2", "mixed": "2 of 2",
    }  # fmt: skip
    assert "**2 cells**, 4 models, 1 of them without an answer" in markdown(app)
    marked = app.expander[0].dataframe[0].value
    marked.index = pd.Index(names(marked["Model"]))
    assert list(marked.drop(columns="Model").loc["one cell"])[2:] == ["1.000", "missing"]
    app.multiselect(key="tasks").set_value(["correlation"]).run()
    assert names(app.dataframe[0].value["name"]) == ["one cell", "near", "far", "mixed"]
    app.multiselect(key="tasks").set_value([]).run()
    assert "Choose at least one" in infos(app)


def test_twins_are_shown_with_their_difference(store, synthetic_folder, tmp_path) -> None:
    for shift, track in ((0.1, STANDARD), (0.4, RANDOM)):
        store.submit(write(tmp_path / "p.parquet", synthetic_folder, shift, track))
    app = visited("randomisation")
    assert list(app.dataframe[0].value["difference"]) == pytest.approx([0.3, 0.3], abs=1e-6)
    assert len(charts(app)) == 1


def test_a_track_is_offered_where_there_is_another(store, ids, synthetic_folder, tmp_path) -> None:
    boxes = {box.label for page in ("ranking", "overall") for box in visited(page).selectbox}
    assert "Track" not in boxes
    store.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.01, RANDOM, name="control"))
    app = visited("ranking")
    assert app.selectbox(key="track").options == ["standard", "random"]
    assert names(app.dataframe[0].value["name"]) == ["near", "far", "mixed"]
    app.selectbox(key="track").set_value("random").run()
    assert names(app.dataframe[0].value["name"]) == ["control"]
    assert "A control" in markdown(app)
    assert names(visited("overall").dataframe[0].value["name"]) == ["near", "far", "mixed"]
    linked = visited("ranking", track="random")
    assert names(linked.dataframe[0].value["name"]) == ["control"]


def test_rules_are_those_of_the_code(store) -> None:
    store.open_season("s_1", 7)
    app = visited("about")
    text = markdown(app)
    for words in ("n·M copies", "Ladder", "Season s\\_1 is open", "may submit 7 files", "3 %"):
        assert words in text
    for name in ("learned", "hybrid", "solver"):
        assert f"**{name}**" in text


def test_log_is_checked(store, ids) -> None:
    app = visited("log")
    assert "3 entries, the chain fits" in app.success[0].value
    assert app.code[0].value == store.log()[-1]["sha256"]
    assert list(app.expander[0].dataframe[0].value["number"]) == [3, 2, 1]
    said = next(e.proto.body for e in app.get("html") if "<ul" in e.proto.body)
    sentence = f'«<a href="entry?id={ids[2]}" target="_self">mixed</a>» was scored RMSE 0.'
    assert said.count("<li>") == 3
    assert sentence in said
    assert "Correlation matrix of tfim_1d_n008, n = 5, M = 16</a> and in 1 more cell." in said
    with Session(store.store.engine) as session, session.begin():
        session.get_one(DecisionRow, 2).body_json = "{}"
    app = opened("log")
    assert "does not fit" in app.error[0].value
    assert "entry 2" in app.code[0].value


def test_an_open_season_hides_what_would_tell_the_labels(store, synthetic_folder, tmp_path) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    made = [
        store.submit(write(tmp_path / "p.parquet", synthetic_folder, x, name=n), account=n).id
        for n, x in (("a", 0.1), ("b", 0.3))
    ]
    live = visited("ranking")
    assert "Season s1 is open" in infos(live)
    assert len(charts(visited("cell"))) == 2  # what was told, as a ranking and over time
    entry = visited("entry", id=made[0])
    assert "is open" in infos(entry)
    assert not charts(entry)
    compare = visited("compare")
    assert "cannot be compared" in infos(compare)
    assert not charts(compare)
    assert "is open" in infos(visited("randomisation"))
    store.close_season()
    assert "is open" not in infos(visited("ranking"))
    assert len(charts(visited("entry", id=made[0]))) == 6
    assert len(charts(visited("compare"))) == 4


def test_cells_that_are_held_back_tell_nothing(store, synthetic_folder, tmp_path) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    for name, shift in (("a", 0.1), ("worse", 0.5)):
        last = store.submit(write(tmp_path / "p.parquet", synthetic_folder, shift, name=name)).id
    app = visited("entry", id=last)
    stated = app.dataframe[0].value.set_index("what")["stated"]
    assert stated["status"] == "scored; 2 of 2 cells held back"
    table: pd.DataFrame = next(d.value for d in app.dataframe if "floor" in d.value)
    assert table["value"].isna().all()
    assert not any(table["flags"])
    assert "held back" in table["note"][0]


def test_strangers_text_is_plain_on_every_page(store, synthetic_folder, tmp_path) -> None:
    about = {"name": EVIL, "authors": (EVIL,), "code": EVIL, "hardware": EVIL, "paper": EVIL}
    for shift, track in ((0.1, STANDARD), (0.2, STANDARD), (0.3, RANDOM)):
        path = write(tmp_path / "p.parquet", synthetic_folder, shift, track, notes=EVIL, **about)
        store.submit(path, account=EVIL)
    for page in (*RESULTS, "home", "ranking", "log", "about"):
        app = opened(page)
        assert not app.exception
        kinds = {e.type for e in app.main if "onerror" in str(getattr(e, "proto", ""))}
        assert kinds <= PLAIN, page
        assert kinds or page in ("about", "times", "noise")
        assert not [e for e in app.html if "<img" in str(e.proto)]
        assert not [title for title in app.title if "<img" in title.value.replace(r"\<", "")]
        assert not app.get("link_button")  # the code is no web address
    app = opened("submit")
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.5, **about)
    app.file_uploader(key="file").set_value((path.name, path.read_bytes(), "application/x"))
    app.run()
    kinds = {e.type for e in app.main if "onerror" in str(getattr(e, "proto", ""))}
    assert kinds == {"text"}


def test_only_web_addresses_become_links(store, ids) -> None:
    (button,) = visited("entry", id=ids[0]).get("link_button")
    assert button.proto.url == "https://a.b/c"


def test_preview_stores_nothing(store, synthetic_folder, tmp_path) -> None:
    app = opened("submit")
    path = write(tmp_path / "mine.parquet", synthetic_folder, 0.1, name="mine")
    app.file_uploader(key="file").set_value((path.name, path.read_bytes(), "application/x"))
    app.run()
    assert "Nothing is stored or scored yet" in app.success[0].value
    shown: pd.DataFrame = app.dataframe[0].value
    assert list(shown["Values a row"]) == [64, 7]
    assert store.submissions() == []
    send(app, "bad.parquet", b"nothing")
    assert "Nothing was stored" in app.error[0].value


def test_without_sign_in_all_visitors_are_one_account(store, synthetic_folder, tmp_path) -> None:
    app = opened("submit")
    assert "all visitors submit as one account" in "\n".join(c.value for c in app.caption)
    path = write(tmp_path / "mine.parquet", synthetic_folder, 0.1)
    send(app, path.name, path.read_bytes())
    assert store.log()[-1]["account"] == ""


def test_with_sign_in_a_stranger_cannot_submit(store, monkeypatch) -> None:
    app = app_of(ROOT / "leaderboard" / "app.py")
    app.secrets["auth"] = {"client_id": "board"}
    app.run()
    app.switch_page("views/submit.py").run()
    assert not app.exception
    assert "Sign in to submit" in app.info[0].value
    assert not app.get("file_uploader")


def test_files_hold_what_is_shown(store, ids) -> None:
    rows = store.ranking("tfim_1d_n008", "correlation", 5, 16)
    table = download.flat([row.to_flat() for row in rows])
    files = {name: file.content(table) for name, file in download.FORMATS.items()}
    as_parquet = pq.read_table(io.BytesIO(files["Parquet"])).to_pylist()
    as_json = json.loads(files["JSON"])
    as_csv = pd.read_csv(io.BytesIO(files["CSV"]))
    assert as_parquet == as_json
    assert [line["name"] for line in as_json] == list(as_csv["name"]) == ["near", "mixed", "far"]
    assert {"rmse", "rmse_low", "rmse_high", "resolvable"} <= set(as_csv)


def test_a_formula_in_a_name_stays_text_in_csv() -> None:
    table = download.flat([{"name": "=1+1", "value": 0.5}])
    assert download.FORMATS["CSV"].content(table) == b"name,value\n'=1+1,0.5\n"


def test_board_of_the_pages_is_the_board_of_now(store, ids, synthetic_folder, tmp_path) -> None:
    """What is kept between visits is not older than the board."""
    assert len(visited("entry").selectbox(key="id").options) == 3
    store.submit(write(tmp_path / "new.parquet", synthetic_folder, 0.01, name="new"))
    assert len(visited("entry").selectbox(key="id").options) == 4
    assert names(visited("ranking").dataframe[0].value["name"])[0] == "new"
