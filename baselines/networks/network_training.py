"""How a network is learnt from noisy labels: folds, when to stop, and how far to trust it."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from baselines.inputs.folds import Fold
from baselines.networks.pair_training import best_factor

Arrays = Sequence[NDArray[np.float32]]

LEAST_HELD = 5  # rows of a fold: when to stop is not read off fewer, as far as there are more
STEPS = 32  # an epoch, at most: larger data have larger batches
_CHUNK = 64  # rows at a time in prediction


@dataclass(frozen=True)
class Schedule:
    """Settings of the training.

    Attributes:
        folds: networks, each trained without one fold of the rows.
        epochs: passes over the rows, at most.
        patience: passes without a better answer for the rows left out, after which it ends.
        batch: rows a step, at least.
        rate: learning rate of AdamW.
        decay: its weight decay.
    """

    folds: int = 4
    epochs: int = 200
    patience: int = 20
    batch: int = 16
    rate: float = 1e-3
    decay: float = 1e-2


class Goal(ABC):
    """What a network is trained for, and how its answers for rows left out are judged."""

    start: float  # the score that has to be undercut

    @abstractmethod
    def loss(self, out: Tensor, rows: Tensor) -> Tensor:
        """To be made small on the rows of a step."""

    @abstractmethod
    def judge(self, out: Tensor, rows: Tensor) -> tuple[float, float]:
        """Score on rows left out, the smaller the better, and the factor that gives it."""


class Numbers(Goal):
    """Change from a base in units of a scale; to learn nothing is a choice (score 0).

    Args:
        wanted: float32 (n, K), noisy values less the base.
        scale: float32 (K,), what the network's outputs are multiplied by.
    """

    start = 0.0

    def __init__(self, wanted: Tensor, scale: Tensor) -> None:
        # Losses of order one, whatever the label's unit: AdamW has one step length for all.
        unit = wanted.std().clamp(min=torch.finfo(wanted.dtype).tiny)
        self._wanted, self._scale = wanted / unit, scale / unit

    def loss(self, out: Tensor, rows: Tensor) -> Tensor:
        """Mean squared error."""
        return (out * self._scale - self._wanted[rows]).square().mean()

    def judge(self, out: Tensor, rows: Tensor) -> tuple[float, float]:
        """The drop of the squared error by the best multiple in [0, 1] of the answer."""
        weight = torch.ones(1, len(rows), device=out.device)
        factor, gain = best_factor((out * self._scale)[None], self._wanted[rows][None], weight)
        return -gain, factor


class Classes(Goal):
    """One class of several, its number given: cross-entropy. Codes are int64 (n,)."""

    start = float("inf")

    def __init__(self, codes: Tensor) -> None:
        self._codes = codes

    def loss(self, out: Tensor, rows: Tensor) -> Tensor:
        """Cross-entropy."""
        return functional.cross_entropy(out, self._codes[rows])

    def judge(self, out: Tensor, rows: Tensor) -> tuple[float, float]:
        """Cross-entropy, of the answer as it is."""
        return float(self.loss(out, rows)), 1.0


@dataclass(frozen=True)
class Member:
    """A trained network and the factor that its answers are multiplied by."""

    network: nn.Module
    factor: float


def make(build: Callable[[], nn.Module], seed: Sequence[int]) -> nn.Module:
    """A network whose weights are drawn from `seed`, torch's own generator left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(np.random.SeedSequence(seed).generate_state(1)[0]))
        return build()


def train(
    network: nn.Module, inputs: Arrays, goal: Goal, fold: Fold, how: Schedule, seed: Sequence[int]
) -> Member:
    """Train on the rows kept; the state that is kept is the best for the rows left out.

    Args:
        network: on its device, where the goal's tensors are too.
        inputs: arrays float32 (n, …), the arguments of the network.
        goal: loss and judge.
        fold: rows kept and left out.
        how: settings.
        seed: of the batches.
    """
    device = next(network.parameters()).device
    tensors = [torch.from_numpy(x).to(device) for x in inputs]
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=how.rate, weight_decay=how.decay, fused=True
    )
    rng = np.random.default_rng(seed)
    held = torch.from_numpy(fold.held).to(device)
    best, factor, since = goal.start, 0.0, 0
    state = copy.deepcopy(network.state_dict())
    for _ in range(how.epochs):
        for step in _batches(fold.kept, how.batch, rng):
            rows = torch.from_numpy(step).to(device)
            optimizer.zero_grad()
            loss = goal.loss(network(*(x[rows] for x in tensors)), rows)
            torch.autograd.backward(loss)
            optimizer.step()
        with torch.no_grad():
            score, new_factor = goal.judge(network(*(x[held] for x in tensors)), held)
        since += 1
        if score < best:
            best, factor, since = score, new_factor, 0
            state = copy.deepcopy(network.state_dict())
        # An answer that is not a number does not come back to be one.
        if since == how.patience or not np.isfinite(score):
            break
    network.load_state_dict(state)
    network.requires_grad_(False)
    return Member(network, factor)


def mean_answer(members: Sequence[Member], inputs: Arrays) -> NDArray[np.float64]:
    """Mean of factor · network over the members, float64 (R, outputs)."""
    device = next(members[0].network.parameters()).device
    chunks = zip(*(torch.split(torch.from_numpy(x), _CHUNK) for x in inputs), strict=True)
    parts = []
    for chunk in chunks:
        given = [x.to(device) for x in chunk]
        answers = torch.stack([m.factor * m.network(*given) for m in members if m.factor])
        parts.append(answers.mean(0) * (len(answers) / len(members)))
    return torch.cat(parts).cpu().numpy().astype(np.float64)


def _batches(rows: NDArray[np.int64], batch: int, rng: np.random.Generator) -> Arrays:
    """All rows once, in a new order, in batches of like size."""
    size = max(batch, -(-len(rows) // STEPS))
    return np.array_split(rng.permutation(rows), -(-len(rows) // size))
