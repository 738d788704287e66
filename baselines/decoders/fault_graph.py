"""The faults of an error model as sets of edges, the logical observable as one more detector.

Matching finds the likeliest set of edges that explains the events. Where every edge that flips the
observable ends at the boundary, as in surface codes, the observable can be made a detector there:
the event on it is then given, and matching finds the likeliest edges of either class, with the
observable flipped and without (the complementary gap of Gidney, Newman, Brooks and Jones,
arXiv 2312.04522).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.codes.circuits import need_stim

Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]
Edge = tuple[int, ...]

UNLIKELY = 1e-12
"""Probability of an edge that is no fault by itself."""


@dataclass(frozen=True, eq=False)
class FaultGraph:
    """E edges between D detectors, the observable as detector D, and faults made of edges.

    Attributes:
        detectors: D.
        edges: one or two detectors each; with one, the other end is the boundary.
        faults: numbers of the edges that a fault consists of, sorted; no two are equal.
        probabilities: float64 (faults,).
    """

    detectors: int
    edges: tuple[Edge, ...]
    faults: tuple[tuple[int, ...], ...]
    probabilities: Floats

    @staticmethod
    def of(model: Any) -> "FaultGraph":
        """The graph of a `stim.DetectorErrorModel`, decomposed as matching needs it.

        Raises:
            RequestError: several observables, or faults that flip one in the bulk, or that do not
                decompose.
        """
        if model.num_observables != 1:
            raise _not_matched(f"it has {model.num_observables} observables")
        index: dict[Edge, int] = {}
        found: dict[tuple[int, ...], float] = {}
        for p, parts in parts_of(model):
            for part in parts:
                if not 1 <= len(part) <= 2:
                    raise _not_matched(f"a part of a fault flips {len(part)} of D and L")
            fault = tuple(sorted(index.setdefault(part, len(index)) for part in parts))
            known = found.get(fault, 0.0)
            found[fault] = known * (1.0 - p) + p * (1.0 - known)
        return FaultGraph(
            model.num_detectors, tuple(index), tuple(found), np.array([*found.values()])
        )

    def model(
        self, *, named: bool, spread: float = 0.0, rng: np.random.Generator | None = None
    ) -> Any:
        """A `stim.DetectorErrorModel` of the same faults.

        Args:
            named: whether its observable k is edge k, so that matchings tell their edges, which
                takes them longer; else it has none.
            spread: standard deviation of the logarithm of a factor on every probability.
            rng: of the factors; without it there are none.
        """
        stim = need_stim()
        factors = np.ones(len(self.faults))
        if rng is not None:
            factors = np.exp(spread * rng.standard_normal(len(self.faults)))
        lines = []
        for p, fault in zip(
            np.minimum(self.probabilities * factors, 0.4), self.faults, strict=True
        ):
            parts = [
                " ".join([*(f"D{k}" for k in self.edges[edge]), *([f"L{edge}"] if named else [])])
                for edge in fault
            ]
            lines.append(f"error({p:.12g}) {' ^ '.join(parts)}")
        return stim.DetectorErrorModel("\n".join([*lines, f"detector D{self.detectors}"]))

    @cached_property
    def weights(self) -> Floats:
        """ln((1 − p)/p) of every edge as a fault by itself, float64 (E,)."""
        alone = np.full(len(self.edges), UNLIKELY)
        for p, fault in zip(self.probabilities, self.faults, strict=True):
            if len(fault) == 1:
                alone[fault[0]] = p
        return np.asarray(np.log((1.0 - alone) / alone))

    @cached_property
    def gains(self) -> list[tuple[float, tuple[int, ...]]]:
        """What faults of several edges cost less than these edges apart, the largest gain first."""
        costs = np.log((1.0 - self.probabilities) / self.probabilities)
        several = [
            (float(self.weights[[*fault]].sum() - cost), fault)
            for cost, fault in zip(costs, self.faults, strict=True)
            if len(fault) > 1
        ]
        return sorted((pair for pair in several if pair[0] > 0.0), reverse=True)

    def costs(self, chosen: Bits) -> Floats:
        """Σ ln((1 − p)/p) of the faults that sets of edges are put down to, float64 (R,).

        Edges are put together to faults greedily, those that gain most first.

        Args:
            chosen: bool (E, R).
        """
        cost, left = self.weights @ chosen, chosen.copy()
        for gain, fault in self.gains:
            together = left[[*fault]].all(axis=0)
            if together.any():
                left[[*fault]] ^= together
                cost -= gain * together
        return np.asarray(cost)

    def forced(self, events: NDArray[np.uint8], *, flipped: bool) -> NDArray[np.uint8]:
        """Packed events (R, ⌈D/8⌉) → (R, ⌈(D + 1)/8⌉), the last one on the observable."""
        byte, place = divmod(self.detectors, 8)
        wide = np.zeros((len(events), byte + 1), dtype=np.uint8)
        wide[:, : events.shape[1]] = events
        wide[:, byte] |= np.uint8(flipped << place)
        return wide


def parts_of(model: Any) -> Iterator[tuple[float, list[Edge]]]:
    """Probability of every fault, and what its parts flip; observable k is detector D + k."""
    for line in model.flattened():
        if line.type != "error":
            continue
        (p,) = line.args_copy()
        parts: list[set[int]] = [set()]
        for target in line.targets_copy():
            if target.is_separator():
                parts.append(set())
            else:
                is_detector = target.is_relative_detector_id()
                parts[-1] ^= {target.val + (0 if is_detector else model.num_detectors)}
        yield p, [tuple(sorted(part)) for part in parts]


def _not_matched(why: str) -> RequestError:
    return RequestError(
        f"matching with the observable given does not fit this error model: {why}. It fits memory "
        "experiments of surface codes. Choose another decoder (bp_osd, decoder_mlp)."
    )
