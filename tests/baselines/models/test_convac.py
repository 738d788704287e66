"""ConvACs: the function is that of the tensor, at any length; counts, refusals, and training."""

from itertools import product
from typing import Any, TypeVar, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import baselines
from baselines.networks.convac import ConvAC, ConvNet, OverShots
from baselines.networks.tree_baseline import TreeBaseline
from baselines.tensor_networks.architecture import Architecture
from builders.core.errors import RequestError
from tests.baselines.cells import make_cell

Floats = NDArray[np.float64]
Network = TypeVar("Network", ConvAC, ConvNet)
NAMES = ("convac", "convnet", "convac_shots", "convnet_shots")


def stirred(network: Network, size: float = 1.0) -> Network:
    """The network in float64 with all weights random, V of standard deviation `size`·√(P r)."""
    rng = torch.Generator().manual_seed(1)
    network = network.double()
    scales: list[float] = getattr(network, "scales", [1.0] * len(network.layers))
    with torch.no_grad():
        for weight, scale in zip(network.layers, scales, strict=True):
            weight.copy_(torch.randn(weight.shape, generator=rng) * size / scale)
        network.head.copy_(torch.randn(network.head.shape, generator=rng))
    return network.requires_grad_(False)


def numbers(*shape: int, seed: int = 2) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def tensor_of(network: ConvAC) -> Floats:
    """A, (outputs, M, …, M) with an axis for each of the padded sites, from the matrices alone.

    A node of the tree is a tensor (r, M^sites below): matrix times the outer products, channel by
    channel, of what is below.
    """
    held = network.tensor_network()
    nodes: list[Any] = [np.eye(network.architecture.features)] * network.architecture.padded
    for layer in range(network.architecture.depth):
        mapped = [held.at(layer, p) @ node for p, node in enumerate(nodes)]
        nodes = []
        for first in range(0, len(mapped), network.architecture.window):
            node, *others = mapped[first : first + network.architecture.window]
            for other in others:
                node = np.einsum("ra,rb->rab", node, other).reshape(len(node), -1)
            nodes.append(node)
    (top,) = nodes
    axes = [network.architecture.features] * network.architecture.padded
    return np.asarray(cast("Floats", held.output) @ top).reshape(-1, *axes)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("sites", "window", "widths"),
    [(8, 2, (3, 5, 2)), (8, 2, (4, 1, 6)), (6, 2, (2, 3, 4)), (4, 4, (5,)), (3, 4, (3,))],
)
def test_the_function_is_the_tensor_contracted_with_product_states(
    sites: int, window: int, widths: tuple[int, ...], shared: bool
) -> None:
    """Σ A_{d1…dN} Π x_{i,d_i} to 1e-10 of the largest answer; what is padded holds ones."""
    network = stirred(ConvAC(Architecture(sites, 3, widths, window, 2, shared)))
    x = numbers(20, sites, 3)
    a = tensor_of(network)
    expected = []
    for row in x.numpy():
        left: Floats = a
        for vector in (*row, *np.ones((network.architecture.padded - sites, 3))):
            left = np.tensordot(left, vector, axes=(1, 0))  # the first site that is left
        expected.append(left)
    found = network(x).numpy()
    assert np.abs(found - expected).max() < 1e-10 * np.abs(expected).max()
    assert len(np.unique(np.sign(found))) == 2


def test_an_answer_to_basis_states_is_an_entry_of_the_tensor() -> None:
    network = stirred(ConvAC(Architecture(4, 2, (2, 3), 2)))
    strings = list(product(range(2), repeat=4))
    x = torch.eye(2, dtype=torch.float64)[torch.tensor(strings)]
    np.testing.assert_allclose(network(x)[:, 0].numpy(), tensor_of(network).ravel(), rtol=1e-12)


@pytest.mark.parametrize("factor", [1e-30, 1e30])
@pytest.mark.parametrize("window", [2, 4])
def test_products_of_127_sites_neither_underflow_nor_overflow(window: int, factor: float) -> None:
    """h is of degree 1 in every site: inputs times c, 127 of them, are 127·log c more.

    10^±3810 is past float64. Logarithms of 8900 have an error of some 1e-12, in float64.
    """
    depth = 7 if window == 2 else 4
    network = stirred(ConvAC(Architecture(127, 3, (3,) * depth, window, 2)))
    x = numbers(5, 127, 3)
    sign, log = network.logarithm(x)
    sign_there, log_there = network.logarithm(factor * x)
    assert torch.equal(sign, sign_there)
    assert torch.isfinite(log_there).all()
    torch.testing.assert_close(log_there, log + 127 * np.log(factor), rtol=1e-11, atol=0.0)


def test_the_logarithm_is_that_of_the_answer() -> None:
    network = stirred(ConvAC(Architecture(8, 3, (2, 3, 4), 2, 5)))
    x = numbers(6, 8, 3)
    sign, log = network.logarithm(x)
    torch.testing.assert_close(sign * log.exp(), network(x), rtol=1e-12, atol=0.0)


def test_a_gradient_is_that_of_plain_products() -> None:
    """What a vector is divided by is held constant; the answer is that of multiplying it back."""
    network = stirred(ConvAC(Architecture(5, 2, (2, 3, 2), 2, 2)), 0.3)
    network.requires_grad_(True)
    x = numbers(3, 5, 2).requires_grad_()
    assert torch.autograd.gradcheck(network, (x,))


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("features", [2, 6])
def test_a_fresh_circuit_has_channels_near_1(features: int, shared: bool) -> None:
    """A chain of ones gives ones; others, exp of a number of order 1 at N = 127 as at N = 8.

    log h is a sum over N sites of Σ_a V_a x_a / √(N M), whose variance is that of x, here 1, and
    layers above mix such numbers. Over 400 of them a standard deviation below 3.
    """
    unit = torch.full((6,), 1 / 6) if features == 6 else None
    for sites, depth in ((8, 3), (127, 7)):
        torch.manual_seed(0)
        shape = Architecture(sites, features, (8,) * depth, 2, 1, shared)
        network = ConvAC(shape, unit).requires_grad_(False)
        ones = network._top(torch.ones(1, sites, features))
        torch.testing.assert_close(ones[0] * ones[1].exp(), torch.ones(1, 8), rtol=1e-4, atol=0)
        x = numbers(50, sites, features).float()
        x[:, :, 0] = 1.0
        if features == 6:
            x = 6.0 * torch.eye(6)[x.argmax(dim=2)]
        h, log = network._top(x)
        spread = (h.abs().log() + log[:, None]).std()
        assert 0.1 < float(spread) < 3.0


@pytest.mark.parametrize("network", [ConvAC, ConvNet])
@pytest.mark.parametrize("shared", [False, True])
def test_weights_are_as_many_as_the_architecture_says(
    network: type[ConvAC | ConvNet], shared: bool
) -> None:
    shape = Architecture(6, 3, (2, 5, 4), 2, 7, shared)
    assert sum(w.numel() for w in network(shape).parameters()) == shape.parameters


def test_the_ordinary_network_takes_maxima_of_what_is_positive() -> None:
    """N = 2, one channel: w · max(0, a·x_1, b·x_2) by hand."""
    network = stirred(ConvNet(Architecture(2, 1, (1,), 2)))
    a, b = network.layers[0].ravel()
    x = numbers(9, 2, 1)
    expected = network.head[0, 0] * torch.relu(torch.maximum(a * x[:, 0], b * x[:, 1]))
    torch.testing.assert_close(network(x), expected)


def test_answers_to_shots_are_means_over_them() -> None:
    network = OverShots(stirred(ConvAC(Architecture(4, 6, (2, 3), 2, 2))))
    shots = torch.tensor(np.random.default_rng(0).integers(0, 6, (3, 10, 4)), dtype=torch.float64)
    each = network(shots.reshape(30, 1, 4)).reshape(3, 10, 2)
    torch.testing.assert_close(network(shots), each.mean(dim=1))


def model(name: str = "convac", **settings: Any) -> TreeBaseline:
    made = baselines.load(name)(**settings)
    assert isinstance(made, TreeBaseline)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_profiles_are_of_one_parameter_count(name: str) -> None:
    """Within 5 %: a channel more in one layer of 8 sites is less than that of 20,000."""
    flat, base, tip = (
        model(name, profile=p).architecture(48, 6, 3) for p in ("flat", "wide_base", "wide_tip")
    )
    assert len(set(flat.widths)) == 1
    assert base.widths[0] > flat.widths[0] > tip.widths[0]
    assert tip.widths[-1] > flat.widths[-1] > base.widths[-1]
    for one in (base, tip):
        assert one.parameters == pytest.approx(20_000, rel=0.05)


def test_weights_of_a_fitted_model_are_counted() -> None:
    cell = make_cell(size=6, n=12, task="renyi2")
    fitted = model(widths="2,3,2").fit(cell)
    shape = fitted.architecture(6, 1 + fitted._channels(cell.parameters).shape[1], 5)
    assert fitted.n_parameters == 5 + len(fitted._members) * shape.parameters


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"profile": "wide_bass"}, "Did you mean 'wide_base'"),
        ({"window": 3}, "setting window=3: give 2 or 4"),
        ({"widths": "8,x"}, "setting widths='8,x': give whole numbers"),
        ({"widths": "8,0,2"}, r"widths\[1\] is 0; it must be a whole number of at least 1"),
        ({"widths": "8,4"}, "8 sites, padded to 8, and windows of 2 make 3 layers. Give 3 widths"),
        ({"parameters": 0}, "setting parameters=0: give 1 or more"),
        ({"widths": "100000,100000,9"}, "GiB.*Give smaller widths or shared"),
        ({"parameters": 10}, "a budget of 10 parameters.* Give a budget of at least"),
    ],
)
def test_settings_that_make_no_network_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        model(**settings).fit(make_cell(task="renyi2"))


@pytest.mark.parametrize(("window", "padded"), [(2, 8), (4, 16)])
def test_a_chain_that_is_no_power_of_the_window_is_padded(window: int, padded: int) -> None:
    cell = make_cell(size=6, n=12, task="renyi2")
    fitted = model(window=window, parameters=300).fit(cell)
    network = fitted._members[0].network
    assert isinstance(network, ConvAC)
    assert network.architecture.padded == padded
    assert np.isfinite(fitted.predict(cell.rows)).all()


def test_a_shared_circuit_does_not_see_the_order_in_a_window() -> None:
    """Positions of a window exchanged, and windows as a whole; not sites of two windows."""
    network = stirred(ConvAC(Architecture(8, 3, (4, 5, 3), 2, 2, shared=True)))
    x = numbers(4, 8, 3)
    here = network(x)
    for order in ([1, 0, 2, 3, 4, 5, 6, 7], [2, 3, 0, 1, 4, 5, 6, 7], [4, 5, 6, 7, 0, 1, 2, 3]):
        torch.testing.assert_close(network(x[:, order]), here, rtol=1e-10, atol=0.0)
    assert not torch.allclose(network(x[:, [0, 2, 1, 3, 4, 5, 6, 7]]), here, rtol=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_circuit_of_127_sites_learns_with_finite_gradients(seed: int) -> None:
    """A sum over sites of exact numbers: half of the variance is learnt, and nothing blows up."""
    rng = torch.Generator().manual_seed(seed)
    x = torch.tanh(torch.randn(600, 127, generator=rng))
    given, wanted = torch.stack([torch.ones_like(x), x], dim=2), x.sum(dim=1, keepdim=True)
    wanted = wanted / wanted.std()
    torch.manual_seed(seed)
    network = ConvAC(Architecture(127, 2, (8,) * 7, 2))
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
    losses = []
    for _ in range(20):
        for rows in torch.randperm(500, generator=rng).reshape(-1, 25):
            optimizer.zero_grad()
            loss = (network(given[rows]) - wanted[rows]).square().mean()
            torch.autograd.backward(loss)
            assert all(w.grad is not None and w.grad.isfinite().all() for w in network.parameters())
            optimizer.step()
            losses.append(loss.item())
    with torch.no_grad():
        held = float((network(given[500:]) - wanted[500:]).square().mean())
    assert np.mean(losses[-20:]) < 0.3 * np.mean(losses[:20])
    assert held < 0.5
