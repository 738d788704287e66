"""A detector error model: independent faults, and the detectors and observables that each flips."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError

Floats = NDArray[np.float64]
_ERROR = re.compile(r"error(?:\[[^\]]*\])?\(([0-9.eE+-]+)\) (.+)")
_OTHER = re.compile(r"(?:detector|logical_observable)(?:\[[^\]]*\])?(?:\([^)]*\))? ([DL]\d+)")
_TARGET = re.compile(r"([DL])(\d{1,9})")
WORD = 64


@dataclass(frozen=True, eq=False)
class ErrorModel:
    """K independent faults over D detectors and L observables.

    Attributes:
        detectors: D.
        observables: L.
        probabilities: float64 (K,), above 0 and below ½.
        flips: of each fault, sorted, the detectors k and the observables as D + k; no two faults
            flip the same.
    """

    detectors: int
    observables: int
    probabilities: Floats
    flips: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.flips)

    @property
    def event_bytes(self) -> int:
        """⌈D/8⌉, of the events of a shot."""
        return -(-self.detectors // 8)

    @cached_property
    def masks(self) -> NDArray[np.uint64]:
        """What each fault flips, uint64 (K, W): little-endian words of the events, packed and
        padded to whole bytes, and of the observables behind them.
        """
        first = 8 * self.event_bytes
        words = -(-(first + self.observables) // WORD)
        masks = np.zeros((len(self), words), dtype=np.uint64)
        for k, flipped in enumerate(self.flips):
            for target in flipped:
                bit = target if target < self.detectors else first + target - self.detectors
                masks[k, bit // WORD] |= np.uint64(1 << bit % WORD)
        return masks

    def rates(self) -> tuple[Floats, Floats]:
        """How often each detector, float64 (D,), and observable, float64 (L,), is flipped.

        A sum of independent bits is odd with probability (1 − Π(1 − 2p))/2.
        """
        log = np.zeros(self.detectors + self.observables)
        sizes = [len(flipped) for flipped in self.flips]
        at = np.fromiter((t for flipped in self.flips for t in flipped), np.int64, sum(sizes))
        np.add.at(log, at, np.repeat(np.log1p(-2.0 * self.probabilities), sizes))
        odd = -0.5 * np.expm1(log)
        return odd[: self.detectors], odd[self.detectors :]


@lru_cache(maxsize=8)
def parse_model(text: str) -> ErrorModel:
    """The faults of a model's text in stim's format without loops; those that flip the same are
    put together, and how a fault decomposes is left out.

    Raises:
        RequestError: a line that is none of these, named.
    """
    found: dict[tuple[int, ...], float] = {}
    faults, counts = [], {"D": 0, "L": 0}
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        error, other = _ERROR.fullmatch(said), _OTHER.fullmatch(said)
        if said and error is None and other is None:
            raise RequestError(
                f"error model, line {number}: {said[:60]!r} is neither error(P), detector nor "
                "logical_observable. Give a model without loops (`flattened()` of stim's)."
            )
        targets = [] if error is None else _targets(error[2], number)
        for kind, k in [*targets, *([] if other is None else _targets(other[1], number))]:
            counts[kind] = max(counts[kind], k + 1)
        if error is not None:
            faults.append((_probability(error[1], number), targets))
    for p, targets in faults:
        flipped = _odd(k if kind == "D" else counts["D"] + k for kind, k in targets)
        known = found.get(flipped, 0.0)
        found[flipped] = known * (1.0 - p) + p * (1.0 - known)
    found.pop((), None)
    found = {flipped: p for flipped, p in found.items() if p}
    return ErrorModel(counts["D"], counts["L"], np.array([*found.values()]), tuple(found))


def _targets(text: str, number: int) -> list[tuple[str, int]]:
    matches = [_TARGET.fullmatch(word) for word in text.split() if word != "^"]
    if not all(matches):
        raise RequestError(f"error model, line {number}: {text[:60]!r} names no detectors.")
    return [(match[1], int(match[2])) for match in matches if match is not None]


def _probability(text: str, number: int) -> float:
    p = float(text)
    if not 0.0 <= p < 0.5:
        raise RequestError(f"error model, line {number}: {p:g} is not from 0 to below 0.5.")
    return p


def _odd(targets: Iterable[int]) -> tuple[int, ...]:
    """Those that stand there an odd number of times, sorted."""
    left: set[int] = set()
    for target in targets:
        left ^= {target}
    return tuple(sorted(left))
