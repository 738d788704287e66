"""Models of graphs: they answer every task that they do, at any size, whatever the numbering."""

from dataclasses import replace

import numpy as np
import pytest

import baselines
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.graphs import weights_of
from baselines.models.goemans_williamson import relaxed_bound, unit_vectors
from baselines.networks.network_baseline import NetworkBaseline
from builders import families
from builders.core.errors import RequestError
from builders.dataset.config import Config
from builders.solvers.graphs.cuts import cut_of
from builders.solvers.graphs.fixed_angles import fixed_angles
from builders.solvers.graphs.maximum_cut import maximum_cuts
from builders.solvers.graphs.random_graphs import independent_edges
from leaderboard import tasks
from tests.baselines.cells import make_cell

MODELS = {n: baselines.load(n) for n in baselines.names() if baselines.load(n).needs_graph}
ANGLES = [n for n, model in MODELS.items() if "regression" in model.answers]
# The network learns for seconds.
CASES = [
    pytest.param(n, marks=[pytest.mark.slow] * issubclass(MODELS[n], NetworkBaseline))
    for n in ANGLES
]
CUTS = [n for n, model in MODELS.items() if "binary" in model.answers]


def rows_of(name: str, size: str, count: int, seed: int) -> Rows:
    family = families.load(name)
    config = Config(family, family.geometry.parse(size))
    rng = np.random.default_rng(seed)
    flat = np.stack([family.flatten(family.draw(config.size, rng)) for _ in range(count)])
    return Rows(config, np.arange(count), flat, {})


def cell_of(task: str, name: str = "qaoa_maxcut_sk") -> Cell:
    """Twelve graphs of six vertices; the best β is the fixed one, γ grows with the weights."""
    train, test = rows_of(name, "6", 12, 1), rows_of(name, "6", 5, 2)
    asked = tasks.load(task)
    if task == "cut":
        labels = maximum_cuts(weights_of(train)).sides.astype(bool)
    else:
        weights = weights_of(train)
        depth = asked.length(train.config.size) // 2  # type: ignore[attr-defined]
        share = 1.0 + 0.2 * weights.sum(axis=(1, 2)) / np.abs(weights).sum(axis=(1, 2))
        labels = fixed_angles(weights, depth) * share[:, None]
    return Cell(asked, train, test, labels)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("goemans_williamson", {"planes": 0}),
        ("annealing_cut", {"sweeps": 0}),
        ("graph_angles", {"rate": float("nan")}),
    ],
)
def test_settings_that_do_nothing_are_refused(name: str, given: dict[str, float]) -> None:
    with pytest.raises(RequestError, match=f"setting {next(iter(given))}=.*: give "):
        MODELS[name](**given)


@pytest.mark.parametrize("name", CASES)
def test_angles_at_the_size_of_training_and_at_another(name: str) -> None:
    cell = cell_of("angles_p2")
    model = MODELS[name](seed=1).fit(cell)
    assert model.predict(cell.rows).shape == (5, 4)
    larger = rows_of("qaoa_maxcut_sk", "9", 3, 4)
    given = model.at(larger.config).predict(larger)
    assert given.shape == (3, 4)
    assert np.isfinite(given).all()
    again = MODELS[name](seed=1).fit(cell).predict(cell.rows)
    assert np.array_equal(again, model.predict(cell.rows))


@pytest.mark.parametrize("name", [*CASES, "goemans_williamson", "annealing_cut"])
def test_the_numbering_of_vertices_does_not_matter(name: str) -> None:
    cell = cell_of("angles_p1" if name in ANGLES else "cut")
    model = MODELS[name](seed=1).fit(cell)
    order = np.random.default_rng(3).permutation(6)
    weights = weights_of(cell.rows)
    moved = weights[:, order][:, :, order]
    u, v = np.triu_indices(6, 1)
    rows = replace(cell.rows, parameters=moved[:, u, v])
    if name in ANGLES:
        # Networks add in float32.
        assert model.predict(rows) == pytest.approx(model.predict(cell.rows), abs=1e-5)
    else:
        values = [cut_of(w, model.predict(r)) for w, r in ((weights, cell.rows), (moved, rows))]
        assert values[0] == pytest.approx(values[1])


def test_ridge_learns_what_is_linear_in_its_features() -> None:
    cell = cell_of("angles_p1")
    ridge, mean = (MODELS[n](seed=0).fit(cell) for n in ("graph_ridge", "nearest_graph"))
    weights = weights_of(cell.rows)
    share = 1.0 + 0.2 * weights.sum(axis=(1, 2)) / np.abs(weights).sum(axis=(1, 2))
    right = fixed_angles(weights, 1) * share[:, None]
    off = [np.abs(m.predict(cell.rows) / right - 1.0).mean() for m in (ridge, mean)]
    assert off[0] < 0.03
    assert off[0] < off[1]


@pytest.mark.parametrize("name", CUTS)
def test_cuts_are_large(name: str) -> None:
    cell = cell_of("cut", "qaoa_maxcut_erdos_renyi")
    cuts = cut_of(weights_of(cell.rows), MODELS[name](seed=1).fit(cell).predict(cell.rows))
    largest = maximum_cuts(weights_of(cell.rows)).value
    # Half is what a local maximum has at least; the others find the largest of so small graphs.
    least = 0.75 if name == "greedy_cut" else 1.0
    assert (cuts >= least * largest - 1e-9).all()


def test_the_relaxed_bound_holds_the_largest_cut() -> None:
    rng = np.random.default_rng(5)
    weights = np.stack([independent_edges(9, 0.5, rng) for _ in range(4)])
    vectors = unit_vectors(weights, rng)
    bound, largest = relaxed_bound(weights, vectors), maximum_cuts(weights).value
    assert (bound > largest - 1e-6).all()
    assert (0.878 * bound < largest).all()
    # The pentagon, whose bound is (5/2)(1 + cos π/5) = 4.5225 (Goemans and Williamson).
    ring = np.roll(np.eye(5), 1, axis=1)
    pentagon = (ring + ring.T)[None]
    value = relaxed_bound(pentagon, unit_vectors(pentagon, rng))
    assert value == pytest.approx(2.5 * (1.0 + np.cos(np.pi / 5)), abs=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_states_are_no_graphs(name: str) -> None:
    cell = make_cell()
    with pytest.raises(RequestError, match="Choose another"):
        MODELS[name]().fit(cell)
