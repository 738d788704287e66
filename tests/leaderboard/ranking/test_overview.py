"""The heat map's numbers: which cells, which entries, and shades worked out by hand."""

import pytest

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.ranking.models import Model
from leaderboard.ranking.overview import Overview, gain_of, nearest, places, resources, usual


def key(config: str = "tfim_1d_n048", task: str = "energy", n: int = 100, shots: int = 64, **more):
    return CellKey(config, task, n, shots, **more)


def model(name: str, kind: str = "learned") -> Model:
    return Model(name, ("A",), "", kind)


def test_nearest_takes_one_cell_of_every_family_and_task() -> None:
    answered = {
        key(n=100, shots=64): 3,
        key(n=1000, shots=64): 1,
        key(n=100, shots=512): 9,
        key(task="renyi2", n=20): 1,
        key("xxz_1d_n016", n=100): 1,
        key("qaoa_maxcut_v016", "cut", 500, 0): 2,
        key(n=100, shots=64, track="random"): 50,
    }
    found = nearest(answered, 100, 64)
    assert found == [
        key("qaoa_maxcut_v016", "cut", 500, 0), key(n=100, shots=64),
        key(task="renyi2", n=20), key("xxz_1d_n016", n=100),
    ]  # fmt: skip
    # 1000 is nearer to 400 than 100 is by their ratios, and not by their differences.
    assert key(n=1000) in nearest(answered, 400, 64)
    assert key(shots=512) in nearest(answered, 100, 200)


def test_of_equals_the_noiseless_most_answered_largest_system() -> None:
    sizes = {key("tfim_1d_n016"): 2, key("tfim_1d_n048"): 2, key("tfim_1d_n048-depol05"): 9}
    assert nearest(sizes, 100, 64) == [key("tfim_1d_n048")]
    assert nearest(sizes | {key("tfim_1d_n016"): 3}, 100, 64) == [key("tfim_1d_n016")]


def test_sliders_offer_what_is_ranked_and_start_where_most_is() -> None:
    answered = {
        key(n=20): 5,
        key(n=500): 3,
        key("xxz_1d_n016", n=500): 3,
        key("qaoa_maxcut_v016", "cut", 900, 0): 40,
        key(n=7, track="random"): 90,
    }
    assert resources(answered) == ([20, 500, 900], [64])
    assert usual(answered) == (500, 64)  # 3 + 3 answers
    assert usual({}) == (0, 0)
    assert usual({key("qaoa_maxcut_v016", "cut", 900, 0): 1}) == (900, 0)


def test_places_share_what_was_told_equal() -> None:
    assert places({"a": 0.1, "b": 0.2, "c": 0.2, "d": 0.9}) == pytest.approx(
        {"a": 1.0, "b": 2 / 3, "c": 2 / 3, "d": 0.0}
    )
    assert places({"a": 0.5}) == {"a": 1.0}
    assert places({}) == {}


def test_gain_is_the_one_against_the_test_mean() -> None:
    def name(task: str) -> str | None:
        gain = gain_of(tasks.load(task))
        return None if gain is None else gain.name

    assert name("correlation") == "skill_x"
    assert name("decoding") == "skill"
    assert name("cut") == "above_random"
    assert name("phase") is None
    for task in tasks.names():
        gain = gain_of(tasks.load(task))
        assert gain is None or gain.better == "higher"


def test_an_unanswered_cell_counts_zero_and_is_not_there() -> None:
    one, two = key(), key(task="renyi2")
    half, all_ = model("half"), model("all")
    answered = {half: {one: "a"}, all_: {one: "b", two: "c"}}
    worth = {one: {"a": 0.9, "b": 0.5, "not chosen": 1.0}, two: {"c": 0.3}}
    shown = Overview.of(answered, worth, is_told=False)
    assert shown.models == [half, all_]  # 0.9 + 0 against 0.5 + 0.3
    assert shown.shades == {one: {half: 0.9, all_: 0.5}, two: {all_: 0.3}}
    assert shown.cells == [one, two]
