"""The first page, driven without a browser."""

from leaderboard.submission.submission import write_submission
from leaderboard.track import RANDOM
from tests.leaderboard.answers import answer, cell, metadata, open_season, write
from tests.leaderboard.views.filled_board import filled, ids, infos, store, visited
from tests.leaderboard.views.test_app import charts, markdown, opened

__all__ = ["filled", "ids", "store"]  # fixtures


def test_an_empty_board_says_what_is_asked_and_invites(store) -> None:
    app = opened("home")
    assert app.title[0].value == "Learning quantum systems from few measurements"
    assert "must then predict a property" in markdown(app)
    assert "Nobody has submitted yet" in infos(app)
    assert not charts(app)


def test_models_over_cells_and_the_way_to_all_of_them(store, ids, synthetic_folder, tmp_path):
    store.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.01, RANDOM, name="control"))
    app = visited("home")
    assert "**2 cells, one of every family and task, 3 models**" in markdown(app)
    (chart,) = charts(app)
    assert "link" in str(chart)
    table = app.dataframe[0].value
    assert list(table["Model"]) == ["near", "mixed", "far"]  # and no control
    assert list(table["Cells"]) == [2, 2, 2]
    ranked = store.ranking(*cell(synthetic_folder))
    assert next(row for row in ranked if row.name == "near").metrics["skill_x"].value in set(
        table.iloc[0]
    )
    assert "api/feed" in markdown(app)


def test_sliders_choose_the_cells_and_stand_in_the_address(store, synthetic_folder, tmp_path):
    for n, count in ((5, 2), (10, 1)):
        for k in range(count):
            cells = {cell(synthetic_folder, n=n): answer(synthetic_folder, shift=0.1 * (k + 1))}
            write_submission(tmp_path / "p.parquet", cells, metadata(name=f"m{n}{k}"))
            store.submit(tmp_path / "p.parquet")
    app = visited("home")
    assert set(app.dataframe[0].value["Model"]) == {"m50", "m51"}
    app.select_slider(key="n").set_value(10).run()
    assert set(app.dataframe[0].value["Model"]) == {"m100"}
    assert app.query_params["n"] == "10"
    shared = visited("home", n="10")
    assert set(shared.dataframe[0].value["Model"]) == {"m100"}
    assert "No such training rows n" in visited("home", n="7").warning[0].value


def test_an_open_season_shows_places_and_no_skill(store, synthetic_folder, tmp_path) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    for name, shift in (("a", 0.1), ("b", 0.3)):
        store.submit(
            write(tmp_path / "p.parquet", synthetic_folder, shift, name=name), account=name
        )
    app = visited("home")
    assert "places by reported scores" in "\n".join(c.value for c in app.caption)
    numbers = app.dataframe[0].value.set_index("Model").select_dtypes("float").dropna(axis=1)
    assert set(numbers.to_numpy().ravel()) <= {0.0, 1.0}
