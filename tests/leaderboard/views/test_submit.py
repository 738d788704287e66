"""The page Submit: a cell, a file to begin with, what is said of an upload."""

import io

import pyarrow.parquet as pq

from leaderboard.display import start_sections
from leaderboard.scoring.constant import constant_answer
from leaderboard.submission.csv_text import csv_text
from leaderboard.submission.submission import read_submission
from tests.leaderboard.answers import cell, metadata, write
from tests.leaderboard.views.test_app import markdown, opened, send, store

__all__ = ["store"]  # a fixture


def test_three_steps(store) -> None:
    app = opened("submit")
    assert [heading.value[:4] for heading in app.header] == ["1 · ", "2 · ", "3 · "]
    assert "(api/data/tfim_1d_n008)" in markdown(app)
    assert 'load_dataset("demo", "tfim_1d_n008")' in app.code[0].value
    labels = [button.label for button in app.get("download_button")]
    assert labels == [
        "Script (.py)", "Pre-filled file (.parquet)", "Pre-filled file (.csv)", "Metadata (.json)",
    ]  # fmt: skip


def test_what_is_handed_out_is_taken(store, synthetic_folder, tmp_path) -> None:
    """The pre-filled files are valid, and score as the constant that skill is measured against."""
    for task in ("correlation", "energy", "renyi2"):
        key = cell(synthetic_folder, task)
        answer = constant_answer(key, synthetic_folder.public)
        path = tmp_path / "p.parquet"
        path.write_bytes(start_sections.parquet(key, answer, metadata(name=task)))
        made = store.submit(path)
        assert abs(made.scores[key]["skill"].value) < 1e-6
        (tmp_path / "p.csv").write_text(csv_text({key: answer}))
        (tmp_path / "p.json").write_text(metadata().model_dump_json())
        again = read_submission(tmp_path / "p.csv")
        assert (abs(again.cells[key].prediction - answer.prediction) < 1e-6).all()


def test_the_form_makes_the_metadata(store, synthetic_folder, tmp_path) -> None:
    app = opened("submit")
    app.text_input(key="m name").set_value("by form")
    app.text_input(key="m authors").set_value("Ada; Emmy").run()
    app.text_input(key="m parameters").set_value("1_000").run()
    assert any("a number is needed" in code.value for code in app.code)
    app.text_input(key="m parameters").set_value("1000").run()
    app.selectbox(key="m class").set_value("hybrid").run()
    file = write(tmp_path / "p.parquet", synthetic_folder, 0.1, name="in the file")
    table = pq.read_table(file).replace_schema_metadata({})
    plain = io.BytesIO()
    pq.write_table(table, plain)
    send(app, "p.parquet", plain.getvalue())
    (made,) = store.submissions()
    about = made.metadata
    assert (about.name, about.authors, about.entry_class) == ("by form", ("Ada", "Emmy"), "hybrid")
    assert about.parameters == 1000


def test_a_file_is_looked_at_before_it_is_sent(store, synthetic_folder, tmp_path) -> None:
    key = cell(synthetic_folder)
    answer = constant_answer(key, synthetic_folder.public)
    content = start_sections.parquet(key, answer, metadata(name="flat"))
    app = opened("submit")
    app.file_uploader(key="file").set_value(("p.parquet", content, "application/x"))
    app.run()
    (line,) = app.dataframe[0].value.to_dict("records")
    assert (line["Rows"], line["Values a row"], line["Largest"]) == (10, 64, 1.0)
    assert "all rows have the same answer" in app.warning[0].value
    assert store.submissions() == []
    assert store.log() == []
    app.button(key="submit").click().run()
    assert "Yours is the first entry of this cell" in markdown(app)
    assert app.button(key="submit").disabled


def test_a_known_file_leads_to_its_entry(store, synthetic_folder, tmp_path) -> None:
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1, name="known")
    id_ = store.submit(path).id
    app = opened("submit")
    send(app, path.name, path.read_bytes())
    assert f"[{id_}](entry?id={id_})" in app.warning[0].value
    assert app.button(key="submit").disabled
    other = write(tmp_path / "q.parquet", synthetic_folder, 0.1, name="the same answers")
    app = opened("submit")
    app.file_uploader(key="file").set_value((other.name, other.read_bytes(), "x"))
    app.run()
    assert f"same predictions are there already: [{id_}]" in app.warning[0].value
    near = write(tmp_path / "r.parquet", synthetic_folder, 0.1001, name="near")
    app = opened("submit")
    send(app, near.name, near.read_bytes())
    assert f"Nearly the same answers came earlier: [{id_}]" in app.warning[0].value


def test_a_database_that_is_away_is_a_sentence(store, monkeypatch) -> None:
    from leaderboard.refusals import AwayError

    def away(*_):
        raise AwayError("the store postgresql://me@secret.host does not answer")

    monkeypatch.setattr("leaderboard.board.lookups.BoardLookups.season", away)
    app = opened("submit")
    assert "does not answer now" in app.error[0].value
    assert not app.code
    assert "secret.host" not in app.error[0].value


def test_where_it_stands(store, synthetic_folder, tmp_path) -> None:
    """A gap to the best, with its paired interval, and those that are beaten and tied."""
    for name, shift in (("best", 0.02), ("far", 0.5)):
        store.submit(write(tmp_path / "p.parquet", synthetic_folder, shift, name=name))
    path = write(tmp_path / "m.parquet", synthetic_folder, 0.1, name="mine")
    app = opened("submit")
    send(app, path.name, path.read_bytes())
    said = markdown(app)
    assert "Rank **2** of 3 entries, you beat **1**." in said
    assert "The gap to the best is 0.0800 in RMSE, paired 95 % interval 0.0800 to 0.0800" in said
    assert any(text.value == "beaten: far" for text in app.text)
