"""What the deep models are built to do: symmetries, what an output sees, and no noise learnt."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import baselines
from baselines.contract.cell import Cell
from baselines.contract.shot_halves import Part
from baselines.inputs.graph_inputs import CouplingGraph
from baselines.inputs.pairs import Pairs
from baselines.inputs.signed_shots import signed, site_means
from baselines.models.deep_sets import Model as DeepSets
from baselines.models.graph_net import Model as GraphNet
from baselines.models.local_mlp import Model as LocalMlp
from baselines.networks import network_baseline
from baselines.networks.device import training_device
from baselines.networks.graph_network import GraphNetwork
from baselines.networks.network_training import Member, make
from baselines.networks.plain_networks import (
    Convolution,
    OwnPairs,
    Perceptron,
    SharedPairs,
    ShotMean,
    Stack,
)
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.solvers.exact.free_fermion import tfim_ground_state
from leaderboard import tasks
from tests.baselines.cells import make_cell, place, token_rows, with_parameters, with_shots
from tests.baselines.lattice import GRID, lattice_cell

Floats = NDArray[np.float64]


def stirred(network: torch.nn.Module) -> torch.nn.Module:
    """The network with all its weights random: fresh heads answer 0 to everything."""
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in network.parameters():
            weight.normal_(0.0, 0.3, generator=rng)
    return network.requires_grad_(False)


def random_input(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(2))


def pairs_of(size: int | str) -> Pairs:
    return Pairs.of(tasks.load("correlation"), place(size))


@pytest.mark.parametrize(("residual", "low", "high"), [(False, 1 / 50, 50), (True, 1, np.exp(2))])
def test_depth_keeps_the_scale_of_activations(residual: bool, low: float, high: float) -> None:
    """Mean square of h after 100 layers over that before.

    A plain layer of 512 units multiplies it by 1 ± √(5/512), the fourth moment of its outputs, so
    that 100 layers walk by a factor e^(4·√(100·5/512)) = 50 either way at four standard errors.
    """
    h = random_input(64, 512)
    layers = [torch.nn.Linear(512, 512) for _ in range(100)]
    with torch.no_grad():
        out = make(lambda: Stack(layers, residual=residual), [0])(h)
    assert low < float(out.square().mean() / h.square().mean()) < high


def test_a_fresh_network_answers_with_the_base() -> None:
    network = Perceptron(5, 7, width=16, depth=3, residual=True, silent=True)
    assert not network(random_input(4, 5)).any()
    assert not SharedPairs(pairs_of(6), 4)(random_input(2, 6, 4)).any()


@pytest.mark.parametrize("head", [OwnPairs, SharedPairs])
def test_a_convolution_sees_depth_sites(head: type) -> None:
    depth, size = 2, 12
    pairs = pairs_of(size)
    network = stirred(Convolution(3, head(pairs, 5), width=5, depth=depth, residual=True))
    x = random_input(1, 3, size)
    changed = x.clone()
    changed[:, :, 0] += 1.0
    moved = (network(x) != network(changed))[0].numpy()
    assert np.array_equal(moved, (pairs.sites <= depth).any(axis=1))


def test_a_deep_set_forgets_the_order_of_shots() -> None:
    network = stirred(ShotMean(SharedPairs(pairs_of(6), 5), width=5, depth=2))
    shots = np.random.default_rng(0).integers(0, 6, (3, 40, 6), dtype=np.uint8)
    other = shots[:, np.random.default_rng(1).permutation(40)]
    first, second = (network(torch.from_numpy(signed(s))) for s in (shots, other))
    # A sum of 40 float32 numbers in another order.
    torch.testing.assert_close(first, second, rtol=1e-5, atol=1e-5)
    assert not torch.allclose(first, network(torch.from_numpy(signed(5 - shots))), atol=1e-2)


def test_outcomes_are_signs_in_the_channel_of_their_basis() -> None:
    shots = np.array([[[0, 3, 5], [1, 3, 4]]], dtype=np.uint8)  # X+ Y- Z-, X- Y- Z+
    expected = np.array([[[1, 0, 0], [0, -1, 0], [0, 0, -1]], [[-1, 0, 0], [0, -1, 0], [0, 0, 1]]])
    assert np.array_equal(signed(shots)[0], expected)
    # 3 · mean over shots: every basis is drawn once in three.
    assert np.array_equal(site_means(shots)[0], [[0, 0, 0], [0, -3, 0], [0, 0, 0]])


def graph_answers(network: GraphNetwork, graph: CouplingGraph, parameters: Floats) -> Floats:
    return network(*(torch.from_numpy(x) for x in graph(parameters))).numpy()


def test_a_graph_network_does_not_see_numbers_of_sites() -> None:
    """Sites renumbered: the same answers, for the pairs that the sites have become."""
    size, sites = Size.parse("3x3"), 9
    rng = np.random.default_rng(3)
    edges = CouplingGraph(GRID, size, (size, np.zeros((1, 13)))).edges
    new = rng.permutation(sites)
    nodes, couplings = random_input(2, sites, 4), random_input(2, edges.shape[1], 3)
    head = torch.nn.Identity()
    network = stirred(GraphNetwork(edges, sites, (4, 3), head, width=6, rounds=3))
    here = network(nodes, couplings)
    moved = torch.empty_like(nodes)
    moved[:, new] = nodes
    network.at(new[edges])
    # Sums over neighbours in another order.
    torch.testing.assert_close(network(moved, couplings)[:, new], here, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("family", ["heisenberg_1d", "tfim_1d", "random_field_heisenberg_1d"])
def test_graph_answers_are_reflected_with_the_chain(family: str) -> None:
    cell = make_cell(family=family, size=7)
    pairs = Pairs.of(cell.task, cell.config)
    graph = CouplingGraph(cell.family, cell.size, (cell.size, cell.parameters))
    features = tuple(x.shape[2] for x in graph(cell.parameters[:1]))
    network = stirred(
        GraphNetwork(graph.edges, 7, features, SharedPairs(pairs, 6), width=6, rounds=2)
    )
    named = cell.family.unflatten(cell.size, cell.parameters[0])
    mirrored = {
        name: np.flip(value, axis=tuple(range(value.ndim))) for name, value in named.items()
    }
    rows = np.stack([cell.parameters[0], cell.family.flatten(mirrored)])
    here, there = pairs.write(graph_answers(network, graph, rows)).reshape(2, 7, 7)
    np.testing.assert_allclose(there[::-1, ::-1], here, atol=2e-5)
    assert not np.allclose(there, here, atol=1e-3)


def test_what_was_never_seen_is_read_as_the_nearest_seen() -> None:
    cell = make_cell(size=7)
    graph = CouplingGraph(cell.family, cell.size, (cell.size, cell.parameters))
    highest = cell.parameters.copy()
    highest[:, :6] = cell.parameters[:, :6].max()
    for here, there in zip(graph(highest), graph(highest + 10.0), strict=True):
        assert np.array_equal(here, there)


def test_graph_answers_follow_the_transposed_lattice() -> None:
    """Bonds of a square lattice exchange rows and columns: so do the answers."""
    cell = lattice_cell(size="3x3")
    flip = np.arange(9).reshape(3, 3).T.ravel()
    graph = CouplingGraph(cell.family, cell.size, (cell.size, cell.parameters))
    edges = graph.edges.T
    where = [int(np.flatnonzero((np.sort(flip[e]) == edges).all(axis=1))[0]) for e in edges]
    network = stirred(
        GraphNetwork(graph.edges, 9, (3, 1), SharedPairs(pairs_of("3x3"), 6), width=6, rounds=2)
    )
    nodes, couplings = (torch.from_numpy(x) for x in graph(cell.parameters))
    first = pairs_of("3x3").write(network(nodes, couplings).numpy()).reshape(-1, 9, 9)
    turned = network(nodes[:, flip], couplings[:, where]).numpy()
    second = pairs_of("3x3").write(turned).reshape(-1, 9, 9)
    np.testing.assert_allclose(second, first[:, flip][:, :, flip], atol=2e-5)


def test_a_local_network_sees_what_is_near_its_pair() -> None:
    cell = make_cell(family="heisenberg_1d", size=10)
    model = LocalMlp(radius=1)
    model._open(cell)
    other = cell.parameters.copy()
    named = cell.family.unflatten(cell.size, np.arange(45.0))["J"].astype(int)
    other[:, named[7, 9]] += 1.0  # neighbours have the same coupling in all rows
    (x,), (y,) = (model._inputs(c.train) for c in (cell, with_parameters(cell, other)))
    sites = Pairs.of(cell.task, cell.config).sites
    moved = (x != y).any(axis=(0, 2))
    # Both sites of J_79 are within one step of site 8, and of no other.
    assert np.array_equal(moved, (sites == 8).any(axis=1))


@pytest.mark.slow
def test_noise_of_the_shots_that_are_shown_is_not_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uniform tokens: a label from the very shots that are shown could be learnt by heart."""
    cell = make_cell(size=6, n=60, shots=32, test=40)
    honest = spread(cell)
    parts = [Part(cell.train, cell.train)] * 2
    monkeypatch.setattr(network_baseline, "shot_halves", lambda _: parts)
    # The noise of one row is sqrt(3/32) = .3.
    assert honest < 0.01
    assert spread(cell) > 0.02


def spread(cell: Cell) -> float:
    """How much the answers of a deep set differ from row to row, where the truth does not."""
    return float(DeepSets(rate=1e-2).fit(cell).predict(cell.rows).std(axis=0).mean())


def test_wrong_settings_are_refused() -> None:
    for name, setting in (("mlp", "depth"), ("cnn", "width"), ("graph_net", "rounds")):
        with pytest.raises(RequestError, match=f"setting {setting}=0: give 1 or more"):
            baselines.load(name)(**{setting: 0})


def test_the_device_gives_torch_back_as_it_was() -> None:
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    state = torch.random.get_rng_state()
    with training_device() as device:
        assert torch.get_num_threads() == 1
        assert device.type == ("cuda" if torch.cuda.is_available() else "cpu")
        make(lambda: torch.nn.Linear(2, 2), [0])
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before
    assert torch.equal(torch.random.get_rng_state(), state)


def test_a_moved_graph_network_keeps_its_weights_and_leaves_the_first_as_it_was() -> None:
    cell = make_cell(family="heisenberg_1d", size=8, n=12)
    model = GraphNet().fit(cell)
    model._members = [Member(stirred(m.network), 1.0) for m in model._members]
    before = model.predict(cell.rows)
    elsewhere = make_cell(family="heisenberg_1d", size=12, test=4)
    there = model.at(elsewhere.config).predict(elsewhere.rows)
    assert there.shape == (4, 144)
    assert np.ptp(there, axis=0).max() > 1e-3
    assert np.array_equal(model.predict(cell.rows), before)
    assert np.array_equal(model.at(elsewhere.config).at(cell.config)._members[0].factor, 1.0)


def exact_cell(n: int, test: int) -> tuple[Cell, Floats]:
    """tfim_1d at N = 8 with exact labels by free fermions, and those of the test rows."""
    config = place(8, "tfim_1d_wide")
    family, size = config.family, config.size
    rng = np.random.default_rng(8)
    drawn = [family.draw(size, rng) for _ in range(n + test)]
    labels = np.stack([tfim_ground_state(p["J"], p["h"]).correlation().ravel() for p in drawn])
    parameters = np.stack([family.flatten(p) for p in drawn])
    empty = np.zeros((n + test, 0, 8), dtype=np.uint8)
    train, rows = (
        token_rows(config, parameters[part], empty[part]) for part in (slice(n), slice(n, None))
    )
    return Cell(tasks.load("correlation"), train, rows, labels[:n]), labels[n:]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "part"),
    [
        *(("mlp", 0.25), ("cnn", 0.25), ("graph_net", 0.25), ("convac", 0.6), ("convnet", 0.6)),
        *(("local_mlp", 0.75), ("ridge_local", 0.75)),
    ],
)
def test_learns_exact_labels(name: str, part: float) -> None:
    """Squared error below a part of that of the best constant in hindsight.

    The local models see what is near the two sites of a pair, which tells less than half of a
    correlation between distant ones.
    """
    cell, truth = exact_cell(n=60, test=60)
    prediction = baselines.load(name)(seed=0).fit(cell).predict(cell.rows)
    constant = np.mean((truth - truth.mean(axis=0)) ** 2)
    assert np.mean((prediction - truth) ** 2) < part * constant


@pytest.mark.slow
def test_a_deep_set_learns_from_shots_alone() -> None:
    """Products of one-site states, each row with its own ⟨Z⟩: C = ⟨Z⟩²/3 for all pairs.

    At M = 128 the mean over 8 sites of ⟨Z⟩ is known to sqrt(3/(8·128)) = .05: most of the spread
    of C, .10, can be read off the row's shots, and nothing off its Hamiltonian.
    """
    cell = make_cell(n=40, shots=128, test=40)
    rng = np.random.default_rng(5)
    means = rng.uniform(0.0, 1.0, (2, 40, 1, 1))
    shots = []
    for base, mean in zip((cell.shots, cell.rows.shots), means, strict=True):
        outcome = rng.random(base.shape) > (1.0 + mean) / 2.0
        shots.append(np.where(base // 2 == 2, 4 + outcome, base).astype(np.uint8))
    cell = with_shots(cell, *shots)
    found = DeepSets().fit(cell).predict(cell.rows).reshape(-1, 8, 8)[:, 0, 1:]
    truth = np.broadcast_to(means[1, :, 0] ** 2 / 3, found.shape)
    assert np.mean((found - truth) ** 2) < 0.3 * truth.var()


@pytest.mark.parametrize("name", ["mlp_shots", "cnn_shots", "deep_sets"])
def test_too_few_shots_to_halve_leave_the_base(name: str) -> None:
    cell = make_cell(shots=3)
    mean = baselines.load(name)().fit(cell).predict(cell.rows)
    assert np.array_equal(mean, np.broadcast_to(mean[0], mean.shape))
