"""The page Submit while a season is open."""

from tests.leaderboard.answers import cell, open_season
from tests.leaderboard.views.test_app import opened, store

__all__ = ["store"]  # a fixture


def test_the_example_answers_an_official_cell(store, synthetic_folder) -> None:
    open_season(store, synthetic_folder, "s1", 9)
    app = opened("submit")
    key = cell(synthetic_folder)
    example = app.code[-1].value
    assert f'"{key.config}", "{key.task}", {key.n}, {key.shots}\n' in example
