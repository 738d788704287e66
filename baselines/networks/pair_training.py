"""How a pair network is learnt from noisy labels: members, folds, and when to stop."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from baselines.inputs.folds import Fold
from baselines.inputs.pairs import Pairs
from baselines.networks.pair_network import PairNetwork

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Views = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True)
class TrainingRun:
    """Settings of the training.

    Attributes:
        members: networks trained side by side; each leaves out one fold of the rows.
        hidden: width of the encoder.
        steps: gradient steps, each on `batch` rows a member.
        batch: rows a step.
        every: steps between looks at the rows left out.
        rate: largest learning rate of the cycle.
        decay: weight decay of AdamW.
    """

    members: int = 8
    hidden: int = 16
    steps: int = 240
    batch: int = 8
    every: int = 20
    rate: float = 3e-3
    decay: float = 0.5

    def __post_init__(self) -> None:
        if min(self.members, self.hidden, self.batch, self.every) < 1 or self.steps < self.every:
            raise ValueError(f"{self} has a count below 1, or fewer steps than `every`")


@dataclass(frozen=True)
class Trained:
    """A network as it was after `steps`, to be multiplied by `shrink`.

    `steps` is 0 and `shrink` 0.0 where the rows left out speak against every change.
    """

    network: PairNetwork
    steps: int
    shrink: float

    def at(self, pairs: Pairs) -> "Trained":
        """The same network for the pairs of another size."""
        network = copy.deepcopy(self.network)
        network.at(pairs)
        return replace(self, network=network)

    def mean_change(self, views: Views, curves: Floats) -> Floats:
        """What is added to the mean of the curves: shrink · mean of curve · r, float64 (R, K).

        Args:
            views: right and left views, float32 (R, N, F).
            curves: float64 (members, K).
        """
        pairs = self.network.pairs
        base = on_grid(pairs, curves)[:, None]
        parts = [
            (base * self.network(*(part.expand(len(base), -1, -1, -1) for part in chunk))).mean(0)
            for chunk in zip(*(torch.split(torch.from_numpy(v), 32) for v in views), strict=True)
        ]
        change = torch.cat(parts).numpy().astype(np.float64)
        if pairs.is_matrix:
            change = change[:, pairs.sites[:, 0], pairs.sites[:, 1]]
        return np.asarray(self.shrink * change)


def train(
    pairs: Pairs,
    views: Views,
    values: Floats,
    curves: Floats,
    split: list[Fold],
    how: TrainingRun,
    seed: int,
) -> Trained:
    """Fit curve · (1 + r) to noisy values by least squares.

    The number of steps and the factor `shrink` are those with the least squared error on the
    rows that a member leaves out, all members together.

    Args:
        pairs: the K pairs.
        views: right and left views of the training rows, float32 (n, N, F).
        values: float64 (n, K), unbiased estimates.
        curves: float64 (members, K), each from the rows its member keeps.
        split: one fold a member.
        how: settings.
        seed: of weights and batches.
    """
    right, left = (torch.from_numpy(v) for v in views)
    target, base = on_grid(pairs, values), on_grid(pairs, curves)[:, None]
    rng = torch.Generator().manual_seed(seed)
    network = PairNetwork(pairs, right.shape[2], len(split), how.hidden, rng)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=how.rate, weight_decay=how.decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, how.rate, how.steps)
    batches = _batches(split, how.batch, np.random.default_rng([seed, 1]))
    held, weight = _padded([fold.held for fold in split])
    best, gain = Trained(network, 0, 0.0), 0.0
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    for step in range(1, how.steps + 1):
        rows = next(batches)
        error = base * (1.0 + network(right[rows], left[rows])) - target[rows]
        optimizer.zero_grad()
        (error.square().sum() / (rows.shape[1] * values.shape[1])).backward()
        optimizer.step()
        schedule.step()
        if step % how.every:
            continue
        with torch.no_grad():
            change = base * network(right[held], left[held])
        shrink, gained = best_factor(change, target[held] - base, weight)
        if gained > gain:
            best, gain = Trained(network, step, shrink), gained
            state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.load_state_dict(state)
    network.requires_grad_(False)
    return best


def best_factor(change: Tensor, wanted: Tensor, weight: Tensor) -> tuple[float, float]:
    """Factor s in [0, 1] with the least Σ weight · (wanted − s · change)², and that sum's drop.

    Args:
        change: float32 (members, B, …).
        wanted: likewise.
        weight: float32 (members, B).
    """
    axes = tuple(range(2, change.dim()))
    cross = float(((change * wanted).sum(dim=axes) * weight).sum())
    square = float((change.square().sum(dim=axes) * weight).sum())
    factor = min(1.0, max(0.0, cross / square)) if square > 0.0 else 0.0
    return factor, factor * (2.0 * cross - factor * square)


def on_grid(pairs: Pairs, values: Floats) -> Tensor:
    """Values (R, K) as the network lays them out: (R, N, N) with i < j, or (R, N − 1)."""
    flat = torch.from_numpy(values.astype(np.float32))
    if not pairs.is_matrix:
        return flat
    out = torch.zeros(len(values), pairs.n_sites, pairs.n_sites)
    out[:, pairs.sites[:, 0], pairs.sites[:, 1]] = flat
    return out


def _batches(split: list[Fold], batch: int, rng: np.random.Generator) -> Iterator[Ints]:
    """Rows (members, B) without end, B at most the rows of the smallest member."""
    size = min(batch, *(len(fold.kept) for fold in split))
    while True:
        yield np.stack([rng.choice(fold.kept, size, replace=False) for fold in split])


def _padded(held: list[Ints]) -> tuple[Ints, Tensor]:
    """Row lists as one array (members, B), the shorter ones filled up with rows of weight 0."""
    longest = max(map(len, held))
    rows = np.stack([np.resize(rows, longest) for rows in held])
    weight = np.stack([np.arange(longest) < len(rows) for rows in held])
    return rows, torch.from_numpy(weight.astype(np.float32))
