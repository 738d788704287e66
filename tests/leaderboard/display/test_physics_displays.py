"""Pictures of physics: what they say, linked rows, noise by shots, bonds, boundaries."""

import json

import altair as alt
import numpy as np
import pyarrow as pa
import pytest

from builders import families
from builders.core.names import Size
from builders.physics.geometry import Lattice
from leaderboard.display import (
    bonds,
    boundary,
    code_map,
    linked_chart,
    phase_chart,
    picture,
    shot_noise,
)
from leaderboard.display.linked_chart import Line
from leaderboard.display.palette import LIGHT
from leaderboard.display.sample import Sample


def test_a_chart_says_its_axes_and_who_is_at_their_ends() -> None:
    data = pa.table({"value": [0.3, 0.012345, -0.0], "label": ["far", "near", "zero"]})
    base = alt.Chart(data).mark_point()
    chart = alt.layer(
        alt.Chart(pa.table({"at": [1.0]})).mark_rule().encode(x="at:Q"),
        base.encode(x=alt.X("value:Q", title="RMSE"), y=alt.Y("label:N", title=None)),
    )
    said = picture.said(chart, "Ranking")
    assert said == (
        "Ranking. 3 × label: far, near, zero; RMSE 0 to 0.3 (smallest zero, largest far)."
    )
    assert picture.span([2.0, 2.0]) == "2"


def test_linked_pictures_feel_the_same_site() -> None:
    matrix = np.linspace(-1, 1, 36).reshape(6, 6)
    lines = [Line("J", np.arange(5.0), signed=True), Line("S", np.arange(5.0), signed=False)]
    chart = linked_chart.chain(lines, matrix, "C", LIGHT).to_dict()
    names = [param["name"] for param in chart["params"]]
    assert len(chart["vconcat"]) == len(set(names)) == 3
    for part in chart["vconcat"]:
        assert part["width"] == linked_chart.WIDTH
        assert json.dumps(part).count('"empty": false') >= len(names)
    grid = Lattice().positions(Size(6, 2, 3))
    assert len(linked_chart.lattice(grid, None, matrix, "C", LIGHT).to_dict()["vconcat"]) == 2


def test_shots_to_choose_from_and_the_error_they_leave() -> None:
    assert shot_noise.counts(20) == [4, 8, 16, 20]
    assert shot_noise.counts(0) == []
    exact = np.eye(3)
    assert shot_noise.root_mean_square(exact + 0.1, exact) == pytest.approx(0.1)
    assert shot_noise.root_mean_square(5 * exact, exact) == 0.0  # the diagonal is no estimate
    chart = shot_noise.falling({4: 0.2, 16: 0.1}, 16, "error", LIGHT).to_dict()
    guide = next(iter(chart["datasets"].values())) if "datasets" in chart else None
    if guide:
        assert guide[0]["guide"] == pytest.approx(0.2)


def _sample(family: str, size: Size, parameters: dict[str, np.ndarray]) -> Sample:
    loaded = families.load(family)
    flat = loaded.flatten(loaded.check(size, parameters))
    return Sample(loaded, size, {"row_id": np.arange(1), "parameters": flat[None]}, ())


def test_bonds_of_a_lattice_are_its_couplings() -> None:
    size = Size(6, 2, 3)
    shown = _sample("heisenberg_2d", size, {"J": np.arange(1.0, 8.0)})
    positions = Lattice().positions(size)
    found = bonds.of_row(shown, 0, positions)
    assert found is not None
    assert found.what == "J"
    assert sorted(found.strength) == list(range(1, 8))
    assert set(np.abs(found.end - found.begin).sum(axis=1)) == {1.0}  # neighbours alone
    distances = Lattice().distances(size)
    assert bonds.not_neighbours(distances) == [(2, 3)]
    assert bonds.listed([(2, 3), (4, 5)], most=1) == "(2, 3) and 1 more"


def test_bonds_of_circuits_and_of_a_torus() -> None:
    circuit = families.load("kicked_ising_heavy_hex")
    size = circuit.geometry.parse(20)
    shown = _sample(circuit.name, size, {"theta": np.zeros(20), "steps": np.array(1.0)})
    found = bonds.of_row(shown, 0, circuit.geometry.positions(size))
    assert found is not None
    gates = circuit.couplings_of(size)
    assert gates is not None
    assert (found.what, len(found.names)) == ("two-qubit gates", len(gates))
    torus = families.load("toric_code")
    size = torus.geometry.parse(8)
    positions = torus.geometry.positions(size)
    found = bonds.of_row(_sample(torus.name, size, {"depth": np.array(0.0)}), 0, positions)
    assert found is not None
    assert np.allclose((found.begin + found.end) / 2, positions)
    assert np.allclose(found.begin % 1, 0.0)  # from vertex to vertex


def test_the_map_of_a_code_is_that_of_its_circuit() -> None:
    text = "QUBIT_COORDS(1, 1) 1\nQUBIT_COORDS(2, 0) 4\nR 1 4\nREPEAT 2 {\n    CX 4 1\n}\n"
    found = code_map.code_map(text)
    assert found is not None
    assert found.positions.tolist() == [[1, -1], [2, 0]]
    assert found.names == ("1", "4")
    assert found.bonds is not None
    assert found.bonds.names == ("0 – 1",)
    assert code_map.code_map("M 0") is None


def test_a_boundary_lies_between_the_classes() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 1, (2, 600))
    classes = np.where(x > 0.5, "right", "left")
    found = boundary.segments(x, y, classes)
    assert np.abs(found[:, [0, 2]] - 0.5).max() < 0.1  # a few distances between rows
    assert not len(boundary.segments(x, y, np.full(600, "one")))
    table = phase_chart.points(np.arange(2), (x[:2], y[:2]), classes[:2], np.array(["left"] * 2))
    chart = phase_chart.diagram(table, found, ("J", "h"), LIGHT).to_dict()
    assert len(chart["layer"]) == 2
    assert phase_chart.chosen_row({"selection": {"row": [{"row": 7}]}}) == 7
    assert phase_chart.chosen_row(None) is None
