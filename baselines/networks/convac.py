"""The convolutional arithmetic circuit (ConvAC), and the ordinary network of the same shape."""

import math
from abc import abstractmethod
from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.weights import Weights, shapes_of


class Tree(nn.Module):
    """Sites → [matrix at every position → pooling over a window] × L → outputs; no biases.

    Sites that are missing to a power of the window hold M ones. Outputs begin at 0: a fresh network
    answers with the base.

    Args:
        architecture: the shape; weights are as many as its `parameters`.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = architecture
        *shapes, head = shapes_of(architecture)
        self.layers = nn.ParameterList(torch.randn(shape) for shape in shapes)
        self.head = nn.Parameter(torch.zeros(head))

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """(B, N, M) → (B, outputs), of the dtype of the weights."""

    def _positions(self, x: Tensor) -> Tensor:
        """(B, N, M) → (padded, B, M), positions in front so that each meets its own matrix."""
        missing = self.architecture.padded - x.shape[1]
        return torch.cat([x.transpose(0, 1), x.new_ones(missing, len(x), x.shape[2])])

    def _windows(self, h: Tensor) -> tuple[Tensor, ...]:
        """(P, B, r) → the first, second, … position of all windows, each (P / window, B, r)."""
        return h.reshape(-1, self.architecture.window, *h.shape[1:]).unbind(1)


class ConvAC(Tree):
    """Product pooling: h_o(x) = Σ A^o_{d1…dN} Π_i x_{i,d_i}, with A^o a tree tensor network.

    Cohen, Sharir, Shashua 2016; Levine, Yakira, Cohen, Shashua 2018 (arXiv 1704.01552).

    A matrix is B + s V with V trained and B constant: `unit` at the sites, and above them row c of
    B is the mean of the channels below that are c modulo the fewer of both. V begins at random with
    all rows of sum 0, so that a chain of ones has channels that are all 1, and others are exp of a
    number of order 1 whatever N is, with s = 1/√(P r) of P positions and r channels below. So steps
    of one length move the outputs of short and of long chains alike. None of this restricts
    the function: any matrix is B + s V for some V. With shared matrices it does not change when
    positions of a window, and what is below them, are exchanged.

    Products run over N factors. Each position's vector is divided by its largest entry, whose
    logarithm is carried to the end, where the outputs are multiplied by it: the function is that of
    plain products, without their under- and overflow.

    Args:
        architecture: the shape.
        unit: float32 (M,), of sum 1: what maps a site that says nothing to 1; the first of the M
            features alone if None, which is then to be a constant 1.

    Raises:
        ValueError: `unit` has another sum.
    """

    def __init__(self, architecture: Architecture, unit: Tensor | None = None) -> None:
        super().__init__(architecture)
        first = torch.eye(architecture.features)[0] if unit is None else unit
        if not math.isclose(float(first.sum()), 1.0, rel_tol=1e-5):
            raise ValueError(f"{unit=} has not the sum 1")
        self.scales: list[float] = []
        for layer, weight in enumerate(self.layers):
            _, width, channels = weight.shape
            base = _folded(channels, width) if layer else first.expand(width, -1).clone()
            self.register_buffer(f"base{layer}", base, persistent=False)
            with torch.no_grad():
                weight -= weight.mean(dim=2, keepdim=True)
                if architecture.shared:  # what all positions do alike adds up
                    weight *= architecture.positions[layer] ** -0.25
            self.scales.append(1.0 / math.sqrt(architecture.positions[layer] * channels))
        self.scales[0] *= float(first.norm())  # features are as many times larger as this is small

    def matrices(self) -> list[Tensor]:
        """The 1×1 convolutions, (P or 1, r_l, r_{l−1})."""
        return [
            self.get_buffer(f"base{layer}").to(weight.dtype) + self.scales[layer] * weight
            for layer, weight in enumerate(self.layers)
        ]

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, M) → (B, outputs)."""
        h, log = self._top(x)
        outputs: Tensor = (h @ self.head.T) * log.exp()[:, None]
        return outputs

    def logarithm(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Signs and logarithms of the absolute outputs, (B, outputs) each; finite past floats."""
        h, log = self._top(x)
        outputs = h @ self.head.T
        return outputs.sign(), outputs.abs().log() + log[:, None]

    def tensor_network(self) -> Weights:
        """The matrices and the dense layer, float64, for what looks at the tensor itself."""
        with torch.no_grad():
            arrays = [m.double().cpu().numpy() for m in (*self.matrices(), self.head)]
        return Weights(self.architecture, tuple(arrays[:-1]), arrays[-1])

    def _top(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Channels of the last position (B, r_{L−1}), up to a factor, and its logarithm (B,)."""
        h = self._positions(x)
        log = h.new_zeros(h.shape[1])
        for matrix in self.matrices():
            h = h @ matrix.mT
            # A constant for the gradient: what is divided by is multiplied by again.
            largest = h.detach().abs().amax(dim=2)
            largest = torch.where(largest > 0, largest, 1.0)
            log = log + largest.log().sum(dim=0)
            h = reduce(torch.mul, self._windows(h / largest[..., None]))
        return h[0], log


class ConvNet(Tree):
    """ReLU after every matrix and the maximum of a window: the ordinary network of that shape.

    Levine et al. 2018 tried what they proved for the ConvAC on such networks too. Weights are drawn
    after He et al. 2015.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__(architecture)
        with torch.no_grad():
            for weight in self.layers:
                weight *= math.sqrt(2.0 / weight.shape[2])

    def forward(self, x: Tensor) -> Tensor:
        """(B, N, M) → (B, outputs)."""
        h = self._positions(x)
        for matrix in self.layers:
            h = reduce(torch.maximum, self._windows(torch.relu(h @ matrix.mT)))
        outputs: Tensor = h[0] @ self.head.T
        return outputs


class OverShots(nn.Module):
    """The mean over shots of what a network says of each.

    An outcome, one of M, enters as M in its own feature and 0 in the others: where outcomes are
    uniform their mean is that of a padded site.

    Of a ConvAC the mean is M^N Σ A_{d1…dN} p̂(d1…dN), with p̂ how often a string of outcomes came:
    the estimate of an observable whose coefficients are a tree tensor network.
    """

    def __init__(self, network: Tree) -> None:
        super().__init__()
        self.network = network

    def forward(self, shots: Tensor) -> Tensor:
        """Outcomes 0 … M−1 as floats, (B, shots, N) → (B, outputs)."""
        kinds = self.network.architecture.features
        outcomes = functional.one_hot(shots.flatten(0, 1).long(), kinds).to(shots.dtype)
        answers: Tensor = self.network(kinds * outcomes)
        return answers.reshape(*shots.shape[:2], -1).mean(dim=1)


def _folded(channels: int, width: int) -> Tensor:
    """(width, channels): rows of sum 1 over the channels that are alike modulo the fewer."""
    fewer = min(channels, width)
    alike = torch.arange(width)[:, None] % fewer == torch.arange(channels) % fewer
    return alike / alike.sum(dim=1, keepdim=True)
