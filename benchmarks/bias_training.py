"""Training of many small networks of one architecture at once, for `benchmarks.inductive_bias`.

All targets and seeds of an architecture are one batch under `torch.vmap`: the networks are those of
the models `convac` and `convnet`, and no two of them share a number. A seed draws the weights and
which rows of the pool are trained on and which say when to stop; rows of the test are the same for
all. Every step is of all training rows, by AdamW; what is kept are the answers to the test rows of
the step with the least error on the rows that say when to stop.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.func import functional_call, stack_module_state

from baselines.networks.convac import ConvAC, ConvNet
from baselines.networks.network_training import make
from baselines.tensor_networks.architecture import Architecture

Floats = NDArray[np.float64]

MODELS = {"convac": ConvAC, "convnet": ConvNet}
STEPS, EVERY = 120, 10
# Of the rates .01 and .03 the one with the smaller errors on tfim_1d.
RATE, DECAY = 3e-2, 1e-2
HELD = 5
"""One of so many rows of the pool says when to stop."""


@dataclass(frozen=True, eq=False)
class Data:
    """Rows for one batch of networks.

    Attributes:
        inputs: float64 (S, R, N, M), of each seed, which may order the sites as it likes.
        targets: float64 (T, R, K), standardised over the pool.
        pool: number of rows from the first on that are trained on or say when to stop; the others
            are the test.
    """

    inputs: Floats
    targets: Floats
    pool: int


def trained(
    model: str, shape: Architecture, data: Data, steps: int = STEPS
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Train networks of one architecture for all targets and seeds.

    Args:
        model: `convac` or `convnet`.
        shape: of every network.
        data: rows.
        steps: of the training.

    Returns:
        Squared errors of the test rows, mean over the K numbers, float32 (T, S, R − pool); and the
        mean squared error of the rows that say when to stop, float32 (T, S).
    """
    kinds, seeds = len(data.targets), len(data.inputs)
    networks = [
        make(lambda: MODELS[model](shape), [seed, kind])
        for kind in range(kinds)
        for seed in range(seeds)
    ]
    weights, constants = stack_module_state(networks)
    like = networks[0]  # called with the weights of all

    def answers(w: dict[str, Tensor], c: dict[str, Tensor], x: Tensor) -> Tensor:
        return functional_call(like, (w, c), (x,))

    called = torch.vmap(answers, in_dims=(0, 0, 0))
    x = torch.from_numpy(data.inputs.astype(np.float32)).repeat(kinds, 1, 1, 1)
    y = torch.from_numpy(data.targets.astype(np.float32)).repeat_interleave(seeds, dim=0)
    kept, held = _splits(data.pool, seeds)
    x_kept, y_kept = _taken(x, kept, kinds), _taken(y, kept, kinds)
    x_seen = torch.cat([_taken(x, held, kinds), x[:, data.pool :]], dim=1)
    y_held = _taken(y, held, kinds)
    weights = {name: w.detach().requires_grad_() for name, w in weights.items()}
    optimizer = torch.optim.AdamW(weights.values(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best = torch.full((len(networks),), torch.inf)
    found = torch.zeros(len(networks), len(data.targets[0]) - data.pool, y.shape[2])
    for step in range(steps + 1):
        if step % EVERY == 0 or step == steps:
            with torch.no_grad():
                seen = called(weights, constants, x_seen)
            score = (seen[:, : held.shape[1]] - y_held).square().mean(dim=(1, 2))
            better = score < best
            best = torch.where(better, score, best)
            found = torch.where(better[:, None, None], seen[:, held.shape[1] :], found)
        if step == steps:
            break
        optimizer.zero_grad()
        # Networks have weights of their own: of a sum each gets the gradient of its own error.
        loss = (called(weights, constants, x_kept) - y_kept).square().mean(dim=(1, 2)).sum()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
    squared = (found - y[:, data.pool :]).square().mean(dim=2)
    return squared.reshape(kinds, seeds, -1).numpy(), best.reshape(kinds, seeds).numpy()


def _splits(pool: int, seeds: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that are trained on (S, n) and that say when to stop (S, m), ascending."""
    orders = [np.random.default_rng([7, seed]).permutation(pool) for seed in range(seeds)]
    stop = pool // HELD
    return (
        np.stack([np.sort(order[stop:]) for order in orders]),
        np.stack([np.sort(order[:stop]) for order in orders]),
    )


def _taken(values: Tensor, rows: NDArray[np.int64], kinds: int) -> Tensor:
    """The rows of each seed, of values whose first axis is (kind, seed)."""
    chosen = np.tile(rows, (kinds, 1))
    return torch.stack([v[r] for v, r in zip(values, chosen, strict=True)])


def interval(errors: NDArray[np.float32]) -> tuple[float, float, float]:
    """Root mean squared error and its 95 % interval over seeds and test rows, of errors (S, R)."""
    drawn = _drawn(errors)
    return (float(np.sqrt(errors.mean())), *_ends(np.sqrt(drawn)))


def ratio(errors: NDArray[np.float32], other: NDArray[np.float32]) -> tuple[float, float, float]:
    """Root mean squared error over that of another, and its 95 % interval; same seeds and rows."""
    drawn = np.sqrt(_drawn(errors) / _drawn(other))
    return (float(np.sqrt(errors.mean() / other.mean())), *_ends(drawn))


def _drawn(errors: NDArray[np.float32], draws: int = 2000) -> Floats:
    """Means of resampled errors: S − 1 seeds, so that S of them do not seem too sure (Rao and Wu,
    JASA 83, 231 (1988)), and as many rows as there are; always the same draws.
    """
    seeds, rows = errors.shape
    rng = np.random.default_rng(5)
    by_seed = rng.multinomial(seeds - 1, np.full(seeds, 1 / seeds), draws) / (seeds - 1)
    by_row = rng.multinomial(rows, np.full(rows, 1 / rows), draws) / rows
    means: Floats = np.einsum(
        "ds,sr,dr->d", by_seed, errors.astype(np.float64), by_row, optimize=True
    )
    return means


def _ends(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
