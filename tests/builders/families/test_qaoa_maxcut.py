"""Families of graphs: what they draw, make and refuse."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from builders import families
from builders.commands.solve import command
from builders.core.errors import RequestError, WorkError
from builders.kinds.graph import GraphFamily
from builders.physics.rows import BuildSettings
from builders.solvers.graphs.cuts import cut_values
from builders.solvers.graphs.random_graphs import is_connected

NAMES = ("qaoa_maxcut", "qaoa_maxcut_erdos_renyi", "qaoa_maxcut_sk")
K4 = np.ones((4, 4)) - np.eye(4)
TWO = np.kron(np.eye(2), K4)


def load(name: str) -> GraphFamily:
    family = families.load(name)
    assert isinstance(family, GraphFamily)
    return family


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shifted", [False, True])
def test_rows_are_graphs_of_the_family_with_labels_that_fit(name: str, shifted: bool) -> None:
    family, rng = load(name), np.random.default_rng(1)
    size = family.geometry.parse("8")
    rows = [family.draw_rows(size, rng, shifted=shifted)[0] for _ in range(3)]
    drawn = [family.check(size, row) for row in rows]
    rngs = [np.random.default_rng(k) for k in range(3)]
    made = family.make(size, drawn, rngs, BuildSettings(family.method, shifted=shifted))
    assert set(made.columns) == {label.name for label in family.labels}
    for label in family.labels:
        column = label.column(size)
        assert made.columns[label.name].dtype == np.dtype(column.dtype)
        assert made.columns[label.name].shape == (3, *column.shape)
        assert not label.wrong(made.columns[label.name], size)[0].any()
    assert not any(wrong.any() for _, (wrong, _) in family.certificate.wrong(made.columns))
    family.certificate.refuse("c", np.arange(3), made.exactness, 1.0)
    with pytest.raises(WorkError, match="row 0: the expected cut still grows by 1 of its value"):
        family.certificate.refuse("c", np.arange(1), {"slope": np.ones(1)}, 1.0)
    flat = np.stack([family.flatten(row) for row in drawn])
    assert np.array_equal(family.weights(size, flat), [row["w"] for row in drawn])


def test_labels_end_where_expected_cuts_are_no_longer_evaluated() -> None:
    cubic, dense = load("qaoa_maxcut"), load("qaoa_maxcut_sk")
    parse = cubic.geometry.parse
    assert cubic.absent(parse("20")) == dense.absent(parse("20")) == ()
    assert cubic.absent(parse("30")) == ("angles_p3", "expected_cut_p3")
    assert dense.absent(parse("24")) == (
        *("angles_p2", "angles_p3", "expected_cut_p2", "expected_cut_p3"),
    )


def all_graphs(vertices: int, weights: tuple[float, float]) -> np.ndarray:
    """Every graph of two weights, (2^pairs, V, V)."""
    u, v = np.triu_indices(vertices, 1)
    bits = np.arange(2 ** len(u))[:, None] >> np.arange(len(u)) & 1
    graphs = np.zeros((len(bits), vertices, vertices))
    graphs[:, u, v] = graphs[:, v, u] = np.array(weights)[bits]
    return graphs


def test_how_many_graphs_there_are_is_counted() -> None:
    for vertices in (2, 3, 4, 5):
        count = sum(map(is_connected, all_graphs(vertices, (0.0, 1.0))))
        assert load("qaoa_maxcut_erdos_renyi").graphs[vertices] == count
    for vertices in (4, 5):
        largest = cut_values(all_graphs(vertices, (1.0, -1.0))).max(axis=1)
        assert load("qaoa_maxcut_sk").graphs_ood[vertices] == (largest > 0).sum()
    graphs = all_graphs(6, (0.0, 1.0))
    cubic = [g for g in graphs[(graphs.sum(axis=2) == 3).all(axis=1)] if is_connected(g)]
    assert load("qaoa_maxcut").graphs[6] == len(cubic)
    # All 9 edges can be cut.
    bipartite = cut_values(np.stack(cubic)).max(axis=1) == 9
    assert load("qaoa_maxcut").graphs_ood[6] == bipartite.sum()


@pytest.mark.parametrize(
    ("name", "size", "rows", "shifted", "message"),
    [
        (
            "qaoa_maxcut",
            "6",
            30,
            0,
            "30 train and test .* vertices: 70, .* at most 3 or a size",
        ),
        ("qaoa_maxcut", "4", 2, 0, "vertices: 1, .* at most 1 or a size above 10"),
        ("qaoa_maxcut", "4", 1, 1, "1 test_ood rows .* vertices: 0, .* Ask for a size above 10"),
        ("qaoa_maxcut_erdos_renyi", "2", 2, 0, "at most 1 or a size above 7"),
        ("qaoa_maxcut_sk", "4", 5, 24, "24 test_ood rows .* vertices: 54"),
    ],
)
def test_more_rows_than_graphs_are_refused_before_any_is_drawn(
    name: str, size: str, rows: int, shifted: int, message: str
) -> None:
    family = load(name)
    with pytest.raises(RequestError, match=message):
        family.check_rows(family.geometry.parse(size), rows, shifted)


def test_as_many_rows_as_differ_by_chance_are_not_refused() -> None:
    cubic, dense = load("qaoa_maxcut"), load("qaoa_maxcut_sk")
    cubic.check_rows(cubic.geometry.parse("6"), 3, 1)
    cubic.check_rows(cubic.geometry.parse("12"), 10**6, 10**6)
    dense.check_rows(dense.geometry.parse("4"), 10**6, 0)


def test_some_cut_of_normal_weights_is_above_zero() -> None:
    family, rng = load("qaoa_maxcut_sk"), np.random.default_rng(0)
    # One in twelve of the graphs of 4 vertices has none, and one in six of those of signs.
    for shifted in (False, True):
        graphs = [
            family.draw_rows(family.geometry.parse("4"), rng, shifted=shifted)[0]["w"]
            for _ in range(100)
        ]
        assert (cut_values(np.stack(graphs)).max(axis=1) > 1e-12).all()


@pytest.mark.slow
def test_large_graphs_are_made_from_light_cones() -> None:
    family, rng = load("qaoa_maxcut"), np.random.default_rng(1)
    size = family.geometry.parse("30")
    drawn = [family.draw(size, rng)]
    made = family.make(size, drawn, [rng], BuildSettings(family.method))
    assert set(made.columns) == {label.name for label in family.labels} - set(family.absent(size))
    below, reached, largest = (
        made.columns[name][0] for name in ("expected_cut_p1", "expected_cut_p2", "max_cut")
    )
    assert 0.68 * 45 < below < reached < largest <= 45


@pytest.mark.parametrize(
    ("name", "size", "weights", "message"),
    [
        ("qaoa_maxcut", "15", None, "15 vertices of degree 3 have an odd number of ends. Give 14"),
        ("qaoa_maxcut", "2", None, "give 4 or more"),
        ("qaoa_maxcut_sk", "3", None, "no best angles that a search ends at. Give 4 or more"),
        ("qaoa_maxcut", "62", None, "at most 60 sites"),
        ("qaoa_maxcut", "8", np.ones((8, 8)) - np.eye(8), "vertex 0 has 7 edges, and every vertex"),
        ("qaoa_maxcut", "8", TWO, "in several parts"),
        ("qaoa_maxcut", "4", -K4, "has negative weights. Give 0 or 1, or take qaoa_maxcut_sk"),
        ("qaoa_maxcut_erdos_renyi", "4", 0.5 * K4, "weights other than 0 and 1"),
        ("qaoa_maxcut_sk", "8", TWO, "in several parts"),
        ("qaoa_maxcut_sk", "26", None, "at most 24 sites"),
        ("qaoa_maxcut_sk", "4", np.full((4, 4), np.nan), "not finite"),
    ],
)
def test_graphs_that_do_not_fit_are_refused(name, size, weights, message) -> None:
    family = load(name)
    given = {} if weights is None else {"w": weights}
    with pytest.raises(RequestError, match=message):
        family.check(family.geometry.parse(size), given)


def test_one_graph_is_solved_through_the_door(tmp_path: Path) -> None:
    file = tmp_path / "graph.json"
    file.write_text(json.dumps({"parameters": {"w": K4.tolist()}}), encoding="utf-8")
    call = ["qaoa_maxcut", "--size", "4", "--parameters", str(file)]
    done = CliRunner().invoke(command, [*call, "--json"])
    labels = json.loads(done.output)
    assert (labels["max_cut"], sum(labels["cut"])) == (4.0, 2)
    # One layer on K4: the maximum of the closed form, by a fine grid.
    gamma, beta = np.meshgrid(np.linspace(0, np.pi, 1201), np.linspace(0, np.pi / 2, 1201))
    edge = 0.5 * np.sin(4 * beta) * np.sin(gamma) * np.cos(gamma) ** 2
    edge += 0.5 - 0.25 * np.sin(2 * beta) ** 2 * (1 - np.cos(2 * gamma) ** 2)
    assert labels["expected_cut_p1"] == pytest.approx(6.0 * edge.max(), abs=1e-4)
    refused = CliRunner().invoke(command, [*call, "--shots", "5"])
    assert "leave --shots" in str(refused.exception)
