"""A token network with a regression head on top, learnt together from shadow-estimated labels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from baselines.inputs.folds import Fold
from baselines.inputs.pairs import Pairs
from baselines.networks.pair_network import PairNetwork
from baselines.networks.pair_training import best_factor
from baselines.tokens.token_network import TokenNetwork, shifted
from baselines.tokens.token_training import Reading

Ints = NDArray[np.int64]
Labels = Callable[[Ints, Ints], Tensor]

LEAST_SHOTS = 4


class FineTuned(nn.Module):
    """Relative corrections of pairs from the states of a token network, a mean over shots.

    A site is known by its state when the chain is read from the left and when it is read from the
    right; the head is the network shared over pairs.

    Args:
        trunk: the token network; it is trained on.
        pairs: that the label speaks of.
        width: of the trunk's states.
        seed: of the head's first weights.
    """

    def __init__(self, trunk: TokenNetwork, pairs: Pairs, width: int, seed: int) -> None:
        super().__init__()
        self.trunk = trunk
        rng = torch.Generator().manual_seed(seed)
        self.head = PairNetwork(pairs, 2 * width, 1, 16, rng)
        self.head.table = self.head.table.to(trunk.head.weight.device)
        # Corrections start small, and grow as far as the labels ask for it.
        self.scale = nn.Parameter(torch.full((1,), 0.1))

    def forward(self, tokens: Tensor, views: Tensor) -> Tensor:
        """The corrections r of B rows, float32 (B, N, N) for i < j, or (B, N − 1).

        Args:
            tokens: int64 (2, B, K, N), read from the left and from the right.
            views: float32 (2, B, N, F), likewise.
        """
        there, back = (self._states(t, v) for t, v in zip(tokens, views, strict=True))
        back = back.flip(1)
        right, left = torch.cat([there, back], dim=2), torch.cat([back, there], dim=2)
        out: Tensor = self.scale * self.head(right[None], left[None])[0]
        return out

    def _states(self, tokens: Tensor, views: Tensor) -> Tensor:
        rows, shots, _ = tokens.shape
        before = shifted(tokens.flatten(0, 1))
        states = self.trunk.hidden(before, views.repeat_interleave(shots, dim=0))
        return states.reshape(rows, shots, *states.shape[1:]).mean(dim=1)


@dataclass(frozen=True)
class Tuning:
    """Settings of the fine-tuning.

    Attributes:
        epochs: times that every row is seen, within the limits below.
        least: steps at least.
        most: steps at most.
        batch: rows a step.
        shots: of a row that are input in a step; the others make the label, so that the noise of
            a label is not told by the input.
        every: steps between looks at the rows left out.
        rate: largest learning rate of the cycle.
        decay: weight decay of AdamW.
    """

    epochs: float = 16.0
    least: int = 40
    most: int = 200
    batch: int = 8
    shots: int = 16
    every: int = 10
    rate: float = 1e-2
    decay: float = 0.05

    def steps(self, rows: int) -> int:
        """Steps for that many rows."""
        return int(np.clip(np.ceil(self.epochs * rows / self.batch), self.least, self.most))

    def inputs(self, shots: int) -> int:
        """How many of the shots of a row are input; a quarter at most."""
        return max(1, min(self.shots, shots // 4))


def fine_tune(
    model: FineTuned,
    data: Reading,
    labels: Labels,
    base: Tensor,
    how: Tuning,
    split: Fold,
    seed: int,
) -> float:
    """Fit base · (1 + r) to labels by least squares, in place, all weights of the model.

    The weights that are kept, and the factor of r from 0 to 1 that is returned, are those with the
    least squared error on the rows left out; to learn nothing, factor 0, is a choice.

    Args:
        model: trunk and head.
        data: the n rows.
        labels: rows (B,) and numbers of their shots (B, K) → labels, as the head lays them out.
        base: what the rows that are trained on say without a network, likewise but for one row.
        how: settings.
        split: rows to train on, and those left out to see when to stop.
        seed: of the order.
    """
    rng = np.random.default_rng([seed, 5])
    shots = data.tokens.shape[2]
    kept, held = split.kept, split.held
    steps, inputs = how.steps(len(kept)), how.inputs(shots)
    optimizer = torch.optim.AdamW(model.parameters(), lr=how.rate, weight_decay=how.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, how.rate, steps)
    best, gain, state = (0.0, 0.0, model.state_dict()) if len(held) else (1.0, np.inf, {})
    for step in range(1, steps + 1):
        chosen = rng.choice(kept, min(how.batch, len(kept)), replace=False)
        order = rng.permuted(np.tile(np.arange(shots), (len(chosen), 1)), axis=1)
        change = base * model(*data.pick(chosen, order[:, :inputs]))
        loss = (base + change - labels(chosen, order[:, inputs:])).square().mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if len(held) and step % how.every == 0:
            factor, gained = _look(model, data, labels, base, held, inputs)
            if gained > gain:
                best, gain = factor, gained
                state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    model.load_state_dict(state or model.state_dict())
    return best


@torch.no_grad()
def _look(
    model: FineTuned, data: Reading, labels: Labels, base: Tensor, held: Ints, inputs: int
) -> tuple[float, float]:
    """The best factor on the rows left out, and by how much it lessens their squared error."""
    order = np.tile(np.arange(data.tokens.shape[2]), (len(held), 1))
    change = base * model(*data.pick(held, order[:, :inputs]))
    wanted = labels(held, order[:, inputs:]) - base
    return best_factor(change[None], wanted[None], torch.ones(1, len(held), device=base.device))
