"""What all networks that are trained row by row have in common, from the cell to the answers."""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.shot_halves import Part, shot_halves
from baselines.contract.targets import Target
from baselines.inputs.folds import random_folds
from baselines.inputs.pairs import Pairs, layout
from baselines.inputs.shared_base import pair_base
from baselines.networks.device import training_device
from builders.core.errors import RequestError
from leaderboard.kinds.regression import Regression

if TYPE_CHECKING:
    import torch
    from torch import nn

    from baselines.networks.network_training import Goal, Member

Floats = NDArray[np.float64]
Inputs = tuple[NDArray[np.float32], ...]


_MakeGoal = Callable[[NDArray[np.int64], "torch.device"], "Goal"]

CLASS_RATE = 10.0
"""Names of classes are exact: a network can be trained faster than on noisy numbers."""


class NetworkBaseline(Baseline):
    """Label = base + scale · mean over members of s · network(inputs), or the likeliest class.

    Each member is trained without one fold of the rows (of whole evolutions where they are states
    of some), on the others' noisy labels (purities for pair entropies); these rows say when to stop
    and choose its factor s in [0, 1]. To learn
    nothing (s = 0), that is to answer with the base, is one of the choices. Where shots are
    inputs, the label comes from the other half of the row's shots while training.

    Class attributes:
        shared: whether base and scale are pooled over pairs of like distance (`pair_base`) where
            labels are those of pairs; else the base is the mean of each entry, and the scale is 1.
        class_rate: what the learning rate is multiplied by where classes are learnt.
    """

    is_random = True
    shared = False
    class_rate: float = CLASS_RATE

    def __init__(self, *, seed: int = 0, rate: float = 1e-3) -> None:
        super().__init__(seed=seed)
        check_at_least("rate", rate, 0.0)
        self.rate = rate

    @abstractmethod
    def _open(self, cell: Cell) -> None:
        """Fix how inputs are read from rows, for the cell's training rows."""

    @abstractmethod
    def _inputs(self, rows: Rows) -> Inputs:
        """Arrays float32 (R, …): what the network is called with."""

    @abstractmethod
    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        """A new network for such inputs: one number a pair, or, if `pairs` is None, one an output.

        Outputs are the entries of a label, which begin at the base (`_is_silent`), or the classes.
        """

    @property
    def _is_silent(self) -> bool:
        """Whether outputs are changes of a base, and begin at 0."""
        return self._names is None

    def _fit(self, cell: Cell) -> None:
        self._members: list[Member] = []
        self._names: NDArray[np.str_] | None = None
        self._pairs: Pairs | None = None
        if isinstance(cell.task, Regression):
            self._fit_numbers(cell)
        else:
            self._fit_classes(cell)
        if self._members:
            weights = self._members[0].network.parameters()
            self.n_parameters += len(self._members) * sum(w.numel() for w in weights)

    def _fit_numbers(self, cell: Cell) -> None:
        import torch

        from baselines.networks.network_training import Numbers

        self._target, self._layout = Target.of(cell), layout(cell.task, cell.config)
        self._pairs = self._layout if isinstance(self._layout, Pairs) else None
        self._open(cell)
        values = self._layout.read(self._target.training(cell))
        self._scale, self._base = self._base_of(values)
        self.n_parameters = self._base.size

        halved = self.uses_test_shots and cell.exact is None
        parts = shot_halves(cell) if halved else [Part(cell.train, cell.seen)]
        noisy = values
        if len(parts) > 1:
            estimates = [self._target.estimate(part.labels.shots) for part in parts]
            noisy = np.concatenate([self._layout.read(one) for one in estimates])

        def goal(kept: NDArray[np.int64], device: "torch.device") -> "Goal":
            scale, base = self._base_of(values[kept])
            arrays = [x.astype(np.float32) for x in (noisy - base, scale)]
            return Numbers(*(torch.from_numpy(x).to(device) for x in arrays))

        if cell.n > 1 and parts:
            self._learn(cell, parts, values.shape[1], goal)

    def _base_of(self, values: Floats) -> tuple[Floats, Floats]:
        """What network outputs are multiplied by, and what they are added to, float64 (K,)."""
        if self.shared and self._pairs is not None:
            return pair_base(self._pairs, values)
        return np.ones(values.shape[1]), values.mean(axis=0)

    def _fit_classes(self, cell: Cell) -> None:
        import torch

        from baselines.networks.network_training import Classes

        self._open(cell)
        self._names, codes, counts = np.unique(cell.labels, return_inverse=True, return_counts=True)

        def goal(_: NDArray[np.int64], device: "torch.device") -> "Goal":
            return Classes(torch.from_numpy(codes).to(device))

        if len(self._names) > 1:
            parts = [Part(cell.train, cell.seen)]
            self._learn(cell, parts, len(self._names), goal)
        self._usual = 0 if self._members else int(counts.argmax())

    def _learn(self, cell: Cell, parts: "list[Part]", outputs: int, goal: _MakeGoal) -> None:
        from baselines.networks.network_training import LEAST_HELD, Schedule, make, train

        arrays = [self._inputs(part.inputs) for part in parts]
        inputs = tuple(np.concatenate(x) for x in zip(*arrays, strict=True))
        if not all(x.size for x in inputs):
            return  # nothing tells the rows apart
        how = Schedule(rate=self.rate * (1.0 if self._names is None else self.class_rate))
        count = min(how.folds, max(2, cell.n // LEAST_HELD))
        split = random_folds(cell.groups, count, self.seed)
        with training_device() as device:
            for k, fold in enumerate(split):
                network = make(lambda: self._build(inputs, outputs, self._pairs), [self.seed, k, 0])
                member = network.to(device), inputs, goal(fold.kept, device)
                both = fold.repeated(cell.n, len(parts))
                self._members.append(train(*member, both, how, [self.seed, k, 1]))

    def _answers(self, rows: Rows) -> Floats | None:
        """What the members say, float64 (R, outputs); None where they learnt nothing."""
        if not len(rows) or not any(m.factor for m in self._members):
            return None
        from baselines.networks.network_training import mean_answer

        with training_device():
            return mean_answer(self._members, self._inputs(rows))

    def _predict(self, rows: Rows) -> NDArray[Any]:
        answers = self._answers(rows)
        if self._names is not None:
            best = np.full(len(rows), self._usual) if answers is None else answers.argmax(axis=1)
            return np.asarray(self._names[best])
        values = np.tile(self._base, (len(rows), 1))
        if answers is not None:
            values += self._scale * answers
        return self._target.to_label(self._layout.write(values))


def check_at_least(name: str, value: float, least: float) -> None:
    """Refuse a setting that is too small.

    Raises:
        RequestError: it is below `least`, or no number.
    """
    if not value >= least:  # so that no number is refused too
        raise RequestError(f"setting {name}={value}: give {least} or more.")
