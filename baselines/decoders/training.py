"""One way to train every decoder: packed shots in, the probability of a flip out."""

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

CHUNK = 4096
"""Shots at a time in prediction."""


@dataclass(frozen=True)
class Schedule:
    """Settings of the training.

    Attributes:
        seen: shots shown in all, repetitions counted, at most; where there are more, each is shown
            once.
        passes: over the training shots, at most.
        batch: shots a step.
        rate: largest learning rate of AdamW; it rises over the first twentieth of the steps and
            falls along a cosine to 0.
        decay: weight decay.
        held: share of the shots that are left out, to say which state was the best.
        most_held: shots left out, at most.
        looks: how often they are asked.
        patience: looks without a better answer, after which it ends.
    """

    seen: int = 1_000_000
    passes: int = 30
    batch: int = 512
    rate: float = 1e-3
    decay: float = 1e-4
    held: float = 0.1
    most_held: int = 20_000
    looks: int = 30
    patience: int = 6


def split(count: int, how: Schedule, seed: Sequence[int]) -> tuple[NDArray[np.int64], ...]:
    """Numbers of the shots that are learnt from, and of those left out; some of both."""
    order = np.random.default_rng(seed).permutation(count)
    held = min(max(1, int(how.held * count)), how.most_held)
    return order[held:], order[:held]


def train(
    network: nn.Module,
    inputs: Sequence[NDArray[np.generic]],
    labels: NDArray[np.float32],
    how: Schedule,
    seed: Sequence[int],
) -> None:
    """Train in place by binary cross-entropy; the best state for shots left out is kept.

    Batches are drawn in an order that depends on the seed alone, and the state before the first
    step is one of the choices.

    Args:
        network: of the inputs to logits, float32 (B, K); on its device.
        inputs: arrays (R, …), packed events uint8 first.
        labels: float32 (R, K), 0 or 1.
        how: settings.
        seed: of the split and the batches.
    """
    device = next(network.parameters()).device
    tensors = [torch.tensor(x, device=device) for x in (*inputs, labels)]
    kept, held = (torch.from_numpy(x).to(device) for x in split(len(labels), how, [*seed, 0]))
    if not len(kept):
        return
    rng = np.random.default_rng([*seed, 1])
    batch = min(how.batch, len(kept))
    a_pass = len(kept) // batch
    steps = max(1, min(how.passes * a_pass, max(a_pass, how.seen // batch)))
    every = max(1, steps // how.looks)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=how.rate, weight_decay=how.decay, fused=True
    )
    best, since, state = _loss(network, tensors, held), 0, copy.deepcopy(network.state_dict())
    order = kept
    for step in range(steps):
        place = step % a_pass
        if not place:
            order = kept[torch.from_numpy(rng.permutation(len(kept))).to(device)]
        rows = order[place * batch : (place + 1) * batch]
        for group in optimizer.param_groups:
            group["lr"] = how.rate * _warm(step / steps)
        optimizer.zero_grad()
        *shown, wanted = (x[rows] for x in tensors)
        loss = functional.binary_cross_entropy_with_logits(network(*shown), wanted)
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if (step + 1) % every and step + 1 < steps:
            continue
        found = _loss(network, tensors, held)
        since += 1
        if found < best:
            best, since, state = found, 0, copy.deepcopy(network.state_dict())
        if since >= how.patience or not math.isfinite(found):
            break
    network.load_state_dict(state)


def chances(network: nn.Module, inputs: Sequence[NDArray[np.generic]]) -> NDArray[np.float32]:
    """The probabilities of 1 that a network gives, float32 (R, K)."""
    device = next(network.parameters()).device
    found = []
    with torch.no_grad():
        for first in range(0, len(inputs[0]), CHUNK):
            part = [torch.tensor(x[first : first + CHUNK], device=device) for x in inputs]
            logits = network(*part)
            found.append(torch.sigmoid(logits).cpu().numpy())
    return np.concatenate(found)


def _loss(network: nn.Module, tensors: Sequence[Tensor], rows: Tensor) -> float:
    """Mean cross-entropy of some shots, in nats."""
    total = 0.0
    with torch.no_grad():
        for first in range(0, len(rows), CHUNK):
            part = rows[first : first + CHUNK]
            *shown, wanted = (x[part] for x in tensors)
            loss = functional.binary_cross_entropy_with_logits(
                network(*shown), wanted, reduction="sum"
            )
            total += float(loss)
    return total / (len(rows) * tensors[-1].shape[1])


def _warm(done: float, rise: float = 0.05) -> float:
    """The learning rate as a share of the largest, after that share of the steps."""
    if done < rise:
        return (done + 1e-3) / (rise + 1e-3)
    return 0.5 * (1.0 + math.cos(math.pi * (done - rise) / (1.0 - rise)))
