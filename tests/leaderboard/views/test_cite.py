"""Every result says where its data are and how it is cited."""

from builders.dataset import manifest
from leaderboard.cells import CellKey
from leaderboard.display import published
from tests.leaderboard.views.filled_board import filled, ids, store, visited
from tests.leaderboard.views.test_app import markdown

__all__ = ["filled", "ids", "store"]  # fixtures


def test_an_entry_and_a_ranking_are_cited_with_their_data(store, ids) -> None:
    digest = manifest.read(store.settings.data).digest
    for page, own in (
        ("entry", f"@misc{{qslbench-{ids[0]},"),
        ("ranking", store.log()[-1]["sha256"]),
    ):
        app = visited(page, **({"id": ids[0]} if page == "entry" else {}))
        cited = next(code.value for code in app.code if code.value.startswith("@misc"))
        assert own in cited
        assert f"Manifest SHA-256 {digest}" in cited
        assert any("load_dataset" in code.value for code in app.code)
        assert "under CC BY 4.0" in markdown(app)


def test_published_numbers_stand_beside_the_ranking(store, ids, monkeypatch) -> None:
    line = {"Method": "theirs (published)", "Value": 0.02}
    asked: list[CellKey] = []
    monkeypatch.setattr(published, "lines", lambda cells: asked.extend(cells) or [line])
    app = visited("ranking")
    assert list(app.dataframe[1].value["Method"]) == ["theirs (published)"]
    assert "not ranked" in markdown(app)
    assert asked == [CellKey("tfim_1d_n008", "correlation", 5, 16)]


def test_the_entries_of_a_ranking_are_links_learned_ones_first(store, ids) -> None:
    table = visited("ranking").dataframe[0].value
    assert list(table["name"]) == [
        f"entry?id={ids[k]}#{name}" for k, name in ((0, "near"), (1, "far"), (2, "mixed"))
    ]
