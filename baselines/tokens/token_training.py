"""Learning the outcomes by maximum likelihood, from the shots of a cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from baselines.contract.cell import Cell
from baselines.inputs.features import Channels, SiteWindow
from baselines.tokens.token_network import Shape, TokenNetwork, shifted, surprise
from builders.core.errors import RequestError

Ints = NDArray[np.int64]
Tokens = NDArray[np.uint8]
Loss = Callable[[TokenNetwork, Tensor, Tensor, np.random.Generator], Tensor]
"""Network, tokens int64 (B, N), views float32 (B, N, F), chance → what is made small."""


def trainable(cell: Cell) -> None:
    """Refuse a cell without shots.

    Raises:
        RequestError: a noise-free cell.
    """
    if cell.is_noise_free:
        raise RequestError(
            "this model learns from shots, and a noise-free cell has none. Give a number of shots, "
            "or choose another baseline."
        )


def views_along(window: SiteWindow, given: Channels, device: torch.device) -> Tensor:
    """What each site sees of H, from the left end on and from the right end on.

    Returns:
        float32 (2, R, N, F).
    """
    right, left = window.views(given)
    return torch.from_numpy(np.stack([right, left[:, ::-1]])).to(device)


@dataclass(frozen=True)
class Reading:
    """Rows as the network reads them, from either end of the chain.

    A chain read from its other end is a chain too, so that every shot is learnt from twice.

    Attributes:
        views: float32 (2, R, N, F), along the way; the second is the mirror image.
        tokens: int64 (2, R, M, N), likewise.
    """

    views: Tensor
    tokens: Tensor

    @staticmethod
    def of(window: SiteWindow, given: Channels, shots: Tokens, device: torch.device) -> "Reading":
        """Rows of which `given` are the channels and `shots`, uint8 (R, M, N), the outcomes."""
        tokens = np.stack([shots, shots[:, :, ::-1]]).astype(np.int64)
        return Reading(views_along(window, given, device), torch.from_numpy(tokens).to(device))

    @property
    def strings(self) -> int:
        """R · M, the number of shots."""
        return self.tokens.shape[1] * self.tokens.shape[2]

    def shape(self, width: int, layers: int) -> Shape:
        """Sizes of a network for these rows."""
        return Shape(self.views.shape[3], self.views.shape[2], width=width, layers=layers)

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Random shots read from random ends: tokens (B, N) and views (B, N, F)."""
        _, rows, shots, _ = self.tokens.shape
        way, row, shot = (rng.integers(0, top, count) for top in (2, rows, shots))
        return self.tokens[way, row, shot], self.views[way, row]

    def pick(self, rows: Ints, shots: Ints) -> tuple[Tensor, Tensor]:
        """Given rows (B,) and shots of theirs (B, K): tokens (2, B, K, N), views (2, B, N, F)."""
        return self.tokens[:, rows[:, None], shots], self.views[:, rows]


@dataclass(frozen=True)
class Budget:
    """How long to train.

    Attributes:
        epochs: times that every shot is read, within the limits below.
        least: steps at least.
        most: steps at most, so that a large cell takes no more time than the reference.
        batch: shots a step.
        rate: largest learning rate of the cycle.
        decay: weight decay of AdamW.
    """

    epochs: float = 12.0
    least: int = 20
    most: int = 1200
    batch: int = 64
    rate: float = 5e-3
    decay: float = 0.05

    def steps(self, strings: int) -> int:
        """Steps for that many shots."""
        return int(np.clip(np.ceil(self.epochs * strings / self.batch), self.least, self.most))


def next_outcome(
    network: TokenNetwork, tokens: Tensor, views: Tensor, _: np.random.Generator
) -> Tensor:
    """Mean −ln p of an outcome given those before, nats."""
    return surprise(network(shifted(tokens), views), tokens).mean()


def pretrain(
    network: TokenNetwork,
    parts: Sequence[Reading],
    budget: Budget,
    seed: int,
    loss_of: Loss = next_outcome,
) -> TokenNetwork:
    """Train in place by the likelihood of the shots, and of nothing else.

    Args:
        network: of the readings' shape.
        parts: the rows to learn from; parts may hold another number of shots each, and a shot has
            the same weight in all.
        budget: steps and rates.
        seed: of the order.
        loss_of: what is made small at each step.
    """
    rng = np.random.default_rng([seed, 2])
    counts = np.array([part.strings for part in parts])
    steps = budget.steps(int(counts.sum()))
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=budget.rate, weight_decay=budget.decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, budget.rate, steps)
    for _ in range(steps):
        share = rng.multinomial(budget.batch, counts / counts.sum())
        drawn = [part.draw(k, rng) for part, k in zip(parts, share, strict=True)]
        tokens, views = (torch.cat(side) for side in zip(*drawn, strict=True))
        loss = loss_of(network, tokens, views, rng)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
    return network


@torch.no_grad()
def held_out_surprise(network: TokenNetwork, rows: Reading) -> float:
    """Mean −ln p of an outcome, nats, over all sites, shots and rows; ln 2 knows nothing."""
    surprises = []
    for row in range(rows.tokens.shape[1]):
        tokens = rows.tokens[:, row].flatten(0, 1)
        views = rows.views[:, row].repeat_interleave(rows.tokens.shape[2], dim=0)
        surprises.append(surprise(network(shifted(tokens), views), tokens).mean())
    return float(torch.stack(surprises).mean())
