"""What the address of a page says and does not say, driven without a browser."""

import pytest

from leaderboard.app import ICON
from leaderboard.track import RANDOM
from tests.leaderboard.answers import write
from tests.leaderboard.views.filled_board import RESULTS, filled, ids, store, visited
from tests.leaderboard.views.test_app import opened

__all__ = ["filled", "ids", "store"]  # fixtures

WHOLE = {"config": ["tfim_1d_n008"], "task": ["renyi2"], "n": ["5"], "M": ["16"]}


def written(app) -> dict[str, list[str]]:
    given = {key: app.query_params[key] for key in app.query_params}
    return {key: [value] if isinstance(value, str) else value for key, value in given.items()}


@pytest.mark.parametrize("page", ["home", "ranking", "data", *RESULTS])
def test_a_visit_writes_nothing_into_the_address(store, ids, page) -> None:
    """Each write is a page of the browser's history, that Back would have to pass."""
    assert written(visited(page)) == {}


def test_a_choice_names_the_whole_cell(store, ids) -> None:
    app = visited("ranking")
    app.selectbox(key="task").set_value("renyi2").run()
    assert written(app) == WHOLE
    assert "Entropy of consecutive pairs" in app.header[0].value
    shared = visited("ranking", task="renyi2")
    assert shared.selectbox(key="task").value == "renyi2"
    assert written(shared) == {"task": ["renyi2"]}


def test_back_shows_what_the_address_says(store, ids) -> None:
    app = visited("ranking")
    app.selectbox(key="task").set_value("renyi2").run()
    app.query_params.clear()  # as the browser has it when Back is pressed
    app.query_params.update({"task": "correlation"})
    app.run()
    assert app.selectbox(key="task").value == "correlation"
    assert written(app) == {"task": ["correlation"]}


@pytest.mark.parametrize(
    ("page", "query", "what"),
    [
        ("ranking", {"config": "tfim_1d_n009"}, "config"),
        ("ranking", {"config": "../.."}, "config"),
        ("ranking", {"task": "<b>"}, "task"),
        ("ranking", {"n": "-1"}, "n"),
        ("ranking", {"M": "٣"}, "m"),
        ("ranking", {"track": "random"}, "track"),
        ("ranking", {"columns": "cost"}, "choice of columns"),
        ("cell", {"config": "none_n001"}, "config"),
        ("curves", {"x": "time"}, "against"),
        ("entry", {"id": "0123456789abcdef0123"}, "entry"),
        ("compare", {"a": "0123456789abcdef0123"}, "first entry"),
        ("data", {"config": "tfim_1d_n009"}, "config"),
        ("data", {"row": "99999"}, "row"),
        ("data", {"row": "²"}, "row"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_shown_for_it(store, ids, page, query, what) -> None:
    app = opened(page, **query)
    assert app.warning[0].value.startswith(f"No such {what} here.")
    assert app.code[-1].value == next(iter(query.values()))
    assert "Show what there is" in str([link.proto for link in app.get("page_link")])
    assert not app.get("vega_lite_chart")
    assert not app.dataframe
    assert written(app) == {key: [value] for key, value in query.items()}


def test_what_a_choice_rules_out_goes(store, ids, synthetic_folder, tmp_path) -> None:
    store.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.01, RANDOM, name="control"))
    control = store.ranking("tfim_1d_n008", "correlation", 5, 16, RANDOM)[0].id
    app = visited("entry", id=control, track=RANDOM)
    app.selectbox(key="id").set_value(ids[0]).run()
    assert not app.warning
    assert written(app) == WHOLE | {"task": ["correlation"], "id": [ids[0]]}


def test_the_cell_of_the_page_before_has_a_link(store, ids) -> None:
    app = visited("ranking")
    app.selectbox(key="task").set_value("renyi2").run()
    app.switch_page("views/cell.py")
    app.query_params.clear()
    app.run()
    assert app.selectbox(key="task").value == "renyi2"
    assert written(app) == {}
    assert "task=renyi2" in str([link.proto for link in app.get("page_link")])


def test_the_icon_comes_with_the_page() -> None:
    assert ICON.startswith("data:image/svg+xml,")
