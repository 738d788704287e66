"""What all decoders have in common: bits of a shot in, the observable's flip out."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.decoders.error_model import model_of
from baselines.decoders.matching import Matching
from baselines.networks.device import training_device
from baselines.networks.network_baseline import check_at_least
from builders.core.errors import RequestError
from builders.physics.record import DetectionEvents

if TYPE_CHECKING:
    import torch
    from torch import nn

CHUNK = 1024
"""Shots at a time of slow decoders."""


class Decoder(Baseline):
    """Base of models that read the events of one shot, packed, and answer with bits."""

    records = (DetectionEvents.kind,)
    answers = ("binary",)
    uses_test_shots = True

    @staticmethod
    def packed(rows: Rows) -> NDArray[np.uint8]:
        """Events of the rows, uint8 (R, ⌈D/8⌉), bit k in byte k // 8 at place k % 8."""
        return rows.record["events"]


class ModelDecoder(Decoder):
    """Base of decoders that are told the error model and look at no training label."""

    entry_class = "solver"
    needs_error_model = True

    def _fit(self, cell: Cell) -> None:
        self._open(cell.rows)

    @abstractmethod
    def _open(self, rows: Rows) -> None:
        """Set up the decoder for the error model beside the rows."""


class SlowDecoder(ModelDecoder):
    """Base of decoders that take so long that only so many rows are asked of them.

    Args:
        seed: has no meaning.
        most: rows that are decoded; more are refused, unless `rest`.
        rest: whether correlated matching answers for the rows after the first `most`.
    """

    def __init__(self, *, seed: int = 0, most: int = 20_000, rest: bool = False) -> None:
        super().__init__(seed=seed)
        check_at_least("most", most, 1)
        self.most, self.rest = most, rest

    @abstractmethod
    def _flips(self, bits: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """Which observables are flipped, bool (R, K), of events 0 or 1, (R, D)."""

    def _predict(self, rows: Rows) -> NDArray[Any]:
        events = self.packed(rows)
        if len(events) > self.most and not self.rest:
            raise RequestError(
                f"{self.name()} is slow and decodes {self.most} rows at most; {len(events)} are "
                f"asked for. Give `--set most={len(events)}`, or `--set rest=true` to have the "
                "others matched."
            )
        bits = unpacked(events[: self.most], rows.detectors)
        parts = [self._flips(bits[k : k + CHUNK]) for k in range(0, len(bits), CHUNK)]
        if len(events) > self.most:
            matching = Matching(model_of(rows), correlated=True)
            parts.append(matching.flips(events[self.most :]))
        return np.concatenate(parts)


class NetworkDecoder(Decoder):
    """Base of networks from events to probabilities, all trained in one way.

    Args:
        seed: of weights and batches.
        width: of layers.
        blocks: layers.
        seen: shots shown in training, repetitions counted, at most.
        rate: largest learning rate.
    """

    is_random = True

    def __init__(self, *, seed: int, width: int, blocks: int, seen: int, rate: float) -> None:
        super().__init__(seed=seed)
        given = {"width": width, "blocks": blocks, "seen": seen}
        for name, value in given.items():
            check_at_least(name, value, 1)
        check_at_least("rate", rate, 0.0)
        self.width, self.blocks, self.seen, self.rate = width, blocks, seen, rate

    @abstractmethod
    def _build(self, rows: Rows, logits: "torch.Tensor") -> "nn.Module":
        """A new network for packed events of such rows.

        Args:
            rows: to be decoded.
            logits: where its outputs begin, float32 (K,).
        """

    def _fit(self, cell: Cell) -> None:
        from baselines.decoders.training import Schedule, train
        from baselines.networks.network_training import make

        labels = cell.labels.astype(np.float32)
        how = Schedule(seen=self.seen, rate=self.rate)
        with training_device() as device:
            start = base_logits(labels)
            self._network = make(lambda: self._build(cell.rows, start), [self.seed, 0]).to(device)
            train(self._network, [self.packed(cell.train)], labels, how, [self.seed, 1])
        self._network.requires_grad_(False)
        self.n_parameters = sum(w.numel() for w in self._network.parameters())

    def _predict(self, rows: Rows) -> NDArray[Any]:
        from baselines.decoders.training import chances

        with training_device():
            return chances(self._network, [self.packed(rows)])


def unpacked(events: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Packed events (R, ⌈D/8⌉) as 0 or 1, uint8 (R, D)."""
    return np.unpackbits(events, axis=1, count=count, bitorder="little")


def base_logits(labels: NDArray[np.float32]) -> "torch.Tensor":
    """Ln of the odds of 1, one shot of each value added, float32 (K,)."""
    import torch

    ones = labels.sum(axis=0) + 1.0
    return torch.from_numpy(np.log(ones / (len(labels) + 2.0 - ones)).astype(np.float32))
