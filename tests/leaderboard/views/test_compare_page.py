"""Two entries, and up to six, beside one another."""

import numpy as np

from leaderboard.cells import Answer
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import answer, cell, metadata, open_season, write
from tests.leaderboard.views.filled_board import filled, ids, infos, store, visited
from tests.leaderboard.views.test_app import charts, markdown, opened

__all__ = ["filled", "ids", "store"]  # fixtures


def test_compare_two_entries(store, ids) -> None:
    app = visited("compare", a=ids[0], b=ids[1])
    assert "**The first entry is better**" in markdown(app)
    assert "adjusted for 2 cells" in markdown(app)
    values = {m.label: m.value for m in app.metric}
    assert float(values["RMSE, first"]) < float(values["RMSE, second"])
    # Rows, distances, cells of one unit and of the other.
    assert len(charts(app)) == 4
    assert list(app.dataframe[0].value["task"]) == ["correlation", "renyi2"]
    back = visited("compare", a=ids[1], b=ids[0])
    assert "**The second entry is better**" in markdown(back)
    assert "two different" in infos(visited("compare", a=ids[0], b=ids[0]))


def test_six_are_compared(store, ids, synthetic_folder, tmp_path) -> None:
    rng = np.random.default_rng(5)
    more = []
    for name in ("alike", "alike too", "seventh"):
        row_id, values, _ = answer(synthetic_folder)
        noise = rng.normal(0, 0.1, values.shape).astype(np.float32)
        cells = {cell(synthetic_folder): Answer(row_id, values + noise)}
        write_submission(tmp_path / "p.parquet", cells, metadata(name=name))
        more.append(store.submit(tmp_path / "p.parquet").id)
    app = visited("compare", m=[*ids, *more[:2]])
    legend, wins, every = (frame.value for frame in app.dataframe)
    assert list(legend["Model"]) == ["near", "far", "mixed", "alike", "alike too"]
    assert wins["B"][0] == 100.0  # near errs less than far everywhere
    assert wins["A"][1] == 0.0
    assert list(every["Task"]) == ["correlation", "renyi2"]
    assert every["Order"][0].endswith("< C < B")
    assert every["Order"][0].count("=") == 2
    assert every["D"].isna().tolist() == [False, True]
    assert "**A, D and E share rank 1.**" in markdown(app)
    assert "It holds 0: these rows do not tell which of them is better" in markdown(app)
    assert "up to 6" in infos(visited("compare", m=[*ids, *more, ids[0]]))
    assert "No such" in opened("compare", m=[ids[0], "0" * 20]).warning[0].value


def test_several_of_an_open_season_show_told_values_alone(
    store, synthetic_folder, tmp_path
) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    made = [
        store.submit(write(tmp_path / "p.parquet", synthetic_folder, e, name=n), account=n).id
        for n, e in (("a", 0.1), ("b", 0.1001), ("c", 0.4))
    ]
    app = visited("compare", m=made)
    assert "**A and B share rank 1**: they have the same reported value" in markdown(app)
    legend, every = (frame.value for frame in app.dataframe)
    assert set(legend["95 % interval"]) == {"–"}
    assert "Order" not in every
    assert not charts(app)
