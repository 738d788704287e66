"""The card of an entry: costs of its cells, what is withdrawn, and what a season keeps back."""

import json

from fastapi.testclient import TestClient

from leaderboard.api.application import application
from leaderboard.board.withdrawal import withdraw
from leaderboard.submission.metadata import CellCost
from tests.leaderboard.answers import cell, open_season, write
from tests.leaderboard.views.test_app import markdown, opened, store

__all__ = ["store"]  # a fixture


def test_costs_of_single_cells_stand_in_the_table_of_cells(
    store, synthetic_folder, tmp_path
) -> None:
    names = dict(zip(("config", "task", "n", "shots"), cell(synthetic_folder), strict=False))
    costs = (CellCost(**names, parameters=7, train_seconds=2.5),)
    store.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1, costs=costs))
    app = opened("entry")
    stated = next(t.value for t in app.dataframe if "stated" in t.value)
    assert dict(zip(stated["what"], stated["stated"], strict=True))["costs"] == (
        "of 1 cell, in the table of all cells"
    )
    table = next(t.value for t in app.dataframe if "train_seconds" in t.value)
    assert table.set_index("task")["train_seconds"].fillna(0).to_list() == [2.5, 0.0]
    assert "row_seconds" not in table


def test_what_is_withdrawn_says_so_and_is_not_shown_first(
    store, synthetic_folder, tmp_path
) -> None:
    ids = [
        store.submit(write(tmp_path / "p.parquet", synthetic_folder, e, name=f"net {e}")).id
        for e in (0.1, 0.2)
    ]
    withdraw(store, ids[1], None)
    assert opened("entry").title[0].value == r"net 0\.1"
    app = opened("entry", id=ids[1])
    assert "was withdrawn" in app.warning[0].value
    assert [metric.value for metric in app.metric][:2] == ["withdrawn", "withdrawn"]
    assert "it was withdrawn" in markdown(app)
    assert "Its predictions as Parquet" not in markdown(app)


def test_an_open_season_offers_no_predictions_and_ranks_models(
    store, synthetic_folder, tmp_path
) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    for account, error in (("ada", 0.1), ("eve", 0.3)):
        store.submit(write(tmp_path / "p.parquet", synthetic_folder, error), account=account)
    assert "they are shown when season s1 is closed" in markdown(opened("entry"))
    with TestClient(application(lambda: store)) as client:
        ranking = json.loads(client.get("/board").content)["ranking"]
    assert [line["rank"] for line in ranking] == [1, 2]


def test_a_closed_season_takes_no_files(store, synthetic_folder, tmp_path) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    store.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1), account="ada")
    store.close_season()
    app = opened("submit")
    assert "Season s1 is closed" in app.info[0].value
    assert not app.file_uploader
