"""Repeated parity checks of a bit: a row is one shot, its events are packed bits."""

from collections.abc import Sequence

import numpy as np

from builders.core.names import Size
from builders.physics.certificate import Exact
from builders.physics.family import Family
from builders.physics.geometry import Code
from builders.physics.label import Label
from builders.physics.parameters import Parameters
from builders.physics.record import DetectionEvents
from builders.physics.rows import Arrays, BuildSettings, Generators, MadeRows

FLIP = 0.08


class Bits(Family):
    """A repetition code of distance d, read once: d bits flip with probability 0.08 each.

    The d − 1 events are the parities of neighbours, the observable whether the first bit flipped.
    """

    name = "toy_bits"
    title = "Repetition code"
    formula = "d bits, events b_i xor b_{i+1}, observable b_1"
    distribution = "Every bit flips with probability 0.08."
    why_hard = "It is not: the smaller of two sets of flips is right nearly always."
    references = ("none",)
    parameters = ()
    sizes = ("5", "11")
    tasks = ("toy_observable",)
    geometry = Code()
    record = DetectionEvents(lambda size: size.sites - 1)
    labels = (
        Label(
            *("observable", "int64", (), "1", "1 where the first bit flipped"),
            per="shot",
            check=lambda values, _: ((values < 0) | (values > 1), "are neither 0 nor 1"),
        ),
    )
    certificate = Exact("the flips are known")
    identity = "none"
    rows_a_seed = 1000
    method = "drawn"
    max_sites = 100

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {}

    def block(self, size: Size) -> int:
        return 20 * self.rows_a_seed

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,
        settings: BuildSettings,
    ) -> MadeRows:
        flips = np.concatenate([rng.random((self.rows_a_seed, size.sites)) for rng in rngs]) < FLIP
        events = np.packbits(flips[:, 1:] ^ flips[:, :-1], axis=1, bitorder="little")

        def sample(shots: int, generators: Generators) -> Arrays:
            return {"events": events}

        return MadeRows({"observable": flips[:, 0].astype(np.int64)}, sample)


FAMILY = Bits()
