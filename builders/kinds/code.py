"""Families of memory experiments: a row is one shot of a code's circuit."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.certificate import Certificate, Exact
from builders.physics.channel import EXPERIMENT, OF_CODES
from builders.physics.family import Family
from builders.physics.geometry import Code, Geometry, rounds_of
from builders.physics.label import Label
from builders.physics.parameters import Parameter, Parameters
from builders.physics.rows import Arrays, BuildSettings, Generators, MadeRows
from builders.solvers.codes.circuits import MODEL, memory_texts
from builders.solvers.codes.error_model import parse_model
from builders.solvers.codes.sampling import sample

MOST_EVENTS = 16_384
OBSERVABLE = Label(
    *("observable", "bool", (), "1"),
    "whether the logical observable came out flipped, which a decoder is to tell from the events",
    per="shot",
)


class CodeFamily(Family):
    """Base of memory experiments: a code's state is prepared, its stabilizers are measured for r
    rounds with noise, its qubits are read, and of each shot are kept the detection events, parities
    of outcomes that are even without noise, and whether the logical observable was flipped.

    The noise is the config's channel. Circuit and error model stand beside the rows as text; rows
    are sampled from the error model, see `builders.solvers.codes.sampling`.

    Class attributes:
        experiment: as in `stim.Circuit.generated`.
        least_rounds: that such a circuit can have.
    """

    parameters: ClassVar[tuple[Parameter, ...]] = ()
    tasks: ClassVar[tuple[str, ...]] = ("decoding",)
    geometry: ClassVar[Geometry] = Code()
    labels: ClassVar[tuple[Label, ...]] = (OBSERVABLE,)
    certificate: ClassVar[Certificate] = Exact("the faults of a shot are known")
    identity: ClassVar[Literal["parameters", "record", "none"]] = "none"
    rows_a_seed: ClassVar[int] = 8192  # so many fit into a processor's cache
    method: ClassVar[str] = "sampled"
    sizes: ClassVar[tuple[str, ...]] = ("3", "5", "7", "9")
    max_sites: ClassVar[int] = 25
    packages: ClassVar[tuple[str, ...]] = ("stim",)
    usual_channel: ClassVar[str] = "uniform_0.005"
    judged: ClassVar[str] = (
        "Answers are bits or probabilities of a flip. `logical_error` is the share of test shots "
        "that are told wrong, `logical_error_round` the same by the round, both with Wilson's "
        "intervals; `brier` and `log_loss` judge probabilities. `skill` = 1 − logical error / that "
        "of the more common value for every shot. A decoder that is told `model.dem` has learnt "
        "nothing from labels: it is a `solver`, or `hybrid` if it learns as well, and these are "
        "classes of their own beside `learned`."
    )
    experiment: ClassVar[str]
    least_rounds: ClassVar[int] = 1

    @property
    def channels(self) -> tuple[str, ...]:
        """See `Family.channels`: those of a code's circuit."""
        return (*OF_CODES, EXPERIMENT)

    def check_size(self, size: Size) -> None:
        """See `Family.check_size`; distances are odd, rounds and events within limits."""
        super().check_size(size)
        if size.sites < 3 or size.sites % 2 == 0:
            near = max(3, size.sites - 1)
            raise RequestError(
                f"{self.name}: distance {size.sites}: odd distances from 3 are allowed, such as "
                f"{near} or {near + 2}."
            )
        rounds = rounds_of(size)
        events = self.events(size)
        if rounds < self.least_rounds or events > MOST_EVENTS:
            most = MOST_EVENTS * rounds // events
            raise RequestError(
                f"{self.name}: {rounds} rounds at distance {size.sites}: allowed are "
                f"{self.least_rounds} to {most}, which give {MOST_EVENTS} detection events at most."
            )

    def events(self, size: Size) -> int:
        """D, detection events of a shot."""
        (column,) = self.record.columns(size, 1)
        return int(dict(column.extra)["bits"])

    def texts(self, size: Size, channel: str) -> dict[str, str]:
        """See `Family.texts`: the circuit and its error model, as stim writes them."""
        channel = channel or self.usual_channel
        return memory_texts(self.experiment, size.sites, rounds_of(size), channel)

    def about(self) -> dict[str, str]:
        """See `Family.about`."""
        return {
            "How rows are made": (
                f"The circuit is stim's `{self.experiment}` with the noise of the config's channel "
                f"(`--noise`; `{self.usual_channel.replace('_', ':')}` where none is given). Shots "
                "are sampled from its detector error model by numpy, so that a seed gives the same "
                "shots on every machine. Both stand beside the rows, `circuit.stim` and "
                "`model.dem`. Rounds are as many as the distance, or given as in `--size 5r10`."
            )
        }

    def checks(self) -> list[str]:
        """See `Family.checks`."""
        return [
            "bits past the last event are 0",
            "in tests: rates of events in closed form, and against stim's own sampler",
            "in tests: logical errors of matching",
        ]

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:  # noqa: ARG002
        """See `Family.draw`: there are no parameters."""
        return {}

    def draw_rows(
        self,
        size: Size,  # noqa: ARG002
        rng: np.random.Generator,  # noqa: ARG002
        *,
        shifted: bool,  # noqa: ARG002
    ) -> list[Parameters]:
        """See `Family.draw_rows`."""
        return [{}] * self.rows_a_seed

    def block(self, size: Size) -> int:  # noqa: ARG002
        """See `Family.block`."""
        return 8 * self.rows_a_seed

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],  # noqa: ARG002
        rngs: Generators,
        settings: BuildSettings,
    ) -> MadeRows:
        """See `Family.make`."""
        texts = settings.texts or self.texts(size, settings.channel)
        model = parse_model(texts[MODEL])
        if (model.detectors, model.observables) != (self.events(size), 1):
            raise RequestError(
                f"the error model has {model.detectors} detectors and {model.observables} "
                f"observables; {self.name} {size} has {self.events(size)} and 1."
            )
        shots = [sample(model, self.rows_a_seed, rng) for rng in rngs]
        events = np.concatenate([one.events for one in shots])
        flips = np.concatenate([one.flips[:, 0] for one in shots])

        def packed(shots: int, generators: Generators) -> Arrays:  # noqa: ARG001
            return {"events": events}

        return MadeRows({"observable": flips}, packed)
