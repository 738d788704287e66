"""The heat map of the first page and the picture above it, without Streamlit."""

from xml.etree import ElementTree

import pytest

from leaderboard.cells import CellKey
from leaderboard.display import asked_picture, heat_map
from leaderboard.display.palette import DARK, LIGHT
from leaderboard.ranking.models import Model
from leaderboard.ranking.overview import Overview

ONE = CellKey("tfim_1d_n048", "correlation", 100, 64)
TWO = CellKey("tfim_1d_n048", "energy", 100, 64)


def overview(models: int, *, is_told: bool = False) -> Overview:
    """Models that all answer one cell, the first of them another one too, badly."""
    names = [Model(f"m{k:03d}", ("A",), "", "solver" if k == 1 else "learned")
             for k in range(models)]  # fmt: skip
    answered = {m: {ONE: m.name} for m in names}
    answered[names[0]][TWO] = "m000"
    worth = {ONE: {m.name: 0.9 - 0.01 * k for k, m in enumerate(names)}, TWO: {"m000": -0.001}}
    return Overview.of(answered, worth, is_told=is_told)


def drawn(shown: Overview) -> list[dict]:
    chart = heat_map.chart(shown, LIGHT, lambda key: f"ranking?task={key.task}")
    return chart.data.to_pylist()


def test_every_square_says_what_it_is_and_where_it_leads() -> None:
    squares = drawn(overview(2))
    assert len(squares) == 4
    first = next(s for s in squares if s["model"] == "m000" and "Energy" in s["cell"])
    assert first["link"] == "ranking?task=energy"
    assert (first["state"], first["number"]) == ("skill -0.001", "0.00")  # and no "-0.00"
    missing = next(s for s in squares if s["model"] == "m001 · solver" and "Energy" in s["cell"])
    assert (missing["known"], missing["state"]) == (False, "not answered")


def test_many_models_are_capped_and_that_is_said_and_the_table_has_all() -> None:
    shown = overview(45)
    assert len({s["model"] for s in drawn(shown)}) == heat_map.MOST == 30
    said = heat_map.sentence(shown, 100, 64)
    assert "The best 30 models are drawn" in said
    assert "all 45 are in the table" in said
    assert len(heat_map.lines(shown)) == 45
    assert "are drawn" not in heat_map.sentence(overview(30), 100, 64)
    assert "1 model**" in heat_map.sentence(overview(1), 100, 64)


def test_models_of_one_name_stay_apart() -> None:
    twins = [Model("same", (who,), "", "learned") for who in ("Ada", "Adam", "Ada")]
    twins[2] = Model("same", ("Ada",), "", "learned", "another account")
    answered = {m: {ONE: str(k)} for k, m in enumerate(twins)}
    shown = Overview.of(answered, {ONE: {"0": 0.1, "1": 0.2, "2": 0.3}}, is_told=False)
    assert len({s["model"] for s in drawn(shown)}) == 3


def test_a_label_is_whole_and_all_have_as_many_lines() -> None:
    """None is cut, and their middles lie at those of the rows."""
    long = ONE._replace(config="quench_tfim_1d_ground_n048", task="renyi2")
    model = Model("m", ("A",), "", "learned")
    shown = Overview.of({model: {ONE: "0"}}, {ONE: {"0": 0.5}, long: {}}, is_told=False)
    labels = {square["cell"].replace("|", " ").strip() for square in drawn(shown)}
    assert labels == {
        "Transverse-field Ising chain, 48 sites Correlation matrix · n 100, M 64",
        (
            "Quench of the transverse-field Ising chain from a critical ground state, 48 sites "
            "Entropy of consecutive pairs · n 100, M 64"
        ),
    }
    lines = {square["cell"].count("|") for square in drawn(shown)}
    assert len(lines) == 1
    assert max(len(line) for s in drawn(shown) for line in s["cell"].split("|")) <= 44


def test_an_open_season_speaks_of_places() -> None:
    assert "place by reported scores 0.900" in {
        s["state"] for s in drawn(overview(1, is_told=True))
    }
    assert "nothing else" in heat_map.legend(is_told=True)
    assert "oracle mean" in heat_map.legend(is_told=False)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_picture_is_the_same_each_time_and_inside_its_frame(colours) -> None:
    text = asked_picture.picture(colours)
    assert text == asked_picture.picture(colours)
    root = ElementTree.fromstring(text)
    for box in root.iter("{http://www.w3.org/2000/svg}rect"):
        right = float(box.get("x", "nan")) + float(box.get("width", "nan"))
        below = float(box.get("y", "nan")) + float(box.get("height", "nan"))
        assert 0 <= right <= asked_picture.WIDTH
        assert 0 <= below <= asked_picture.HEIGHT
