"""Families whose rows are the states of a kicked Ising circuit after some numbers of steps."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.calibration import Calibration
from builders.physics.certificate import Certificate, Exact
from builders.physics.family import Family
from builders.physics.label import Label
from builders.physics.parameters import Parameter, Parameters
from builders.physics.rows import Arrays, BuildSettings, Generators, MadeRows
from builders.physics.state_labels import CORRELATION, MAGNETIZATION, RENYI2
from builders.solvers.circuits.clusters import clusters_of, kicked_clusters
from builders.solvers.circuits.native import Gate, kicked_gates
from builders.solvers.circuits.trajectories import sample_noisy
from builders.solvers.stabilizers.rotations import x_rotated, zz_rotated
from builders.solvers.stabilizers.shots import sample_stabilizer
from builders.solvers.stabilizers.state import StabilizerState, from_strings

QUARTER = np.pi / 2
VECTOR_SITES = 24
"""At most, of a cluster of kicked qubits: its states are vectors, 268 MB each there."""
MOST_STEPS = 20
"""Of states that nothing else bounds: rounding is that of some thousand gates."""
NOISY_SITES = 12
"""At most, of circuits on a device whose shots are vectors of states of their own."""
LABELS = (MAGNETIZATION, CORRELATION, RENYI2)


class CircuitState(Protocol):
    """What a row is made of."""

    def magnetization(self) -> NDArray[np.float64]:
        """⟨Z_i⟩, (N,)."""

    def correlation(self) -> NDArray[np.float64]:
        """C_ij, (N, N)."""

    def renyi2(self) -> NDArray[np.float64]:
        """Of the pairs (a, a+1), (N−1,), bit."""

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Random-Pauli shots, (n_shots, N)."""


class CliffordState:
    """A stabilizer state as a `CircuitState`."""

    def __init__(self, state: StabilizerState) -> None:
        self._state = state
        self.correlation = state.correlation
        self.renyi2 = state.renyi2

    def magnetization(self) -> NDArray[np.float64]:
        """See `CircuitState`."""
        return np.array(
            [self._state.expectation("Z", (i,)) for i in range(self._state.n_sites)], float
        )

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """See `CircuitState`."""
        return sample_stabilizer(self._state, n_shots, rng)


class KickedIsing(Family):
    """Base of kicked Ising circuits: all qubits start in |0⟩, a step is R_ZZ(−π/2) on every edge,
    then R_X(θ_i) on every qubit.

    A subclass says which edges there are and draws θ. Where every θ_i is 0 or π/2 states are
    stabilizer states, exact at any size; elsewhere they are products of the clusters of qubits with
    θ_i ≠ 0 (see `builders.solvers.circuits.clusters`), exact while none has more than
    `VECTOR_SITES` qubits. Both go to `MOST_STEPS` steps. A subclass that has another way to its
    states defines `states` and `other_steps`.

    On a device (`BuildSettings.device`) shots are those of the noisy circuit in the device's own
    gates, see `builders.physics.gate_noise`; labels stay those of the ideal state.

    Class attributes:
        steps: numbers of steps that are seen, in rising order: the rows of one evolution.
        noisy_sites: qubits at most on the gates of a device.
        other_steps: to how many steps `states` is exact where neither of the above holds; 0 for
            none.
    """

    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("theta", lambda s: (s.sites,), "angles of R_X, in radians"),
        Parameter("steps", lambda _: (), "steps of the circuit, a whole number"),
    )
    labels: ClassVar[tuple[Label, ...]] = LABELS
    tasks: ClassVar[tuple[str, ...]] = ("magnetization", "correlation", "renyi2")
    state: ClassVar[str] = "state"
    certificate: ClassVar[Certificate] = Exact("no truncation: see the family")
    trajectory: ClassVar[bool] = True
    steps: ClassVar[tuple[int, ...]]
    noisy_sites: ClassVar[int] = NOISY_SITES
    other_steps: ClassVar[int] = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.rows_a_seed = len(cls.steps)

    @abstractmethod
    def edges(self, size: Size) -> NDArray[np.int64]:
        """Pairs of qubits that R_ZZ acts on, int64 (E, 2)."""

    @abstractmethod
    def angles(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> NDArray[np.float64]:
        """θ of one circuit, float64 (N,)."""

    def states(
        self, size: Size, theta: NDArray[np.float64], steps: Sequence[int]
    ) -> Sequence[CircuitState]:
        """The states of angles that are no Clifford points."""
        return kicked_clusters(theta, self.edges(size), steps)

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        """See `Family.check`; the number of steps is one of those that are exact."""
        parameters = super().check(size, given)
        steps, theta = float(parameters["steps"]), parameters["theta"]
        largest = 0 if _clifford(theta) else self.largest_cluster(size, theta)
        most = MOST_STEPS if largest <= VECTOR_SITES else self.other_steps
        if not most:
            raise RequestError(
                f"parameter 'theta' of {self.name}: {largest} connected qubits have angles other "
                f"than 0. States are exact where at most {VECTOR_SITES} have, or where every angle "
                "is 0 or pi/2 (1.5707963267948966). Give such angles, or a smaller size."
            )
        if steps != int(steps) or not 1 <= steps <= most:
            raise RequestError(
                f"parameter 'steps' of {self.name}: {steps:g} steps are not certified. Give a "
                f"whole number from 1 to {most}."
            )
        return parameters

    def largest_cluster(self, size: Size, theta: NDArray[np.float64]) -> int:
        """Qubits of the largest cluster with angles other than 0."""
        return max(map(len, clusters_of(self.edges(size), theta != 0.0)), default=0)

    def couplings_of(self, size: Size) -> NDArray[np.int64]:
        """See `Family.couplings_of`."""
        return self.edges(size)

    def check_device(self, size: Size, device: Calibration | None) -> None:
        """See `Family.check_device`."""
        if size.sites > self.noisy_sites:
            raise RequestError(
                f"size {size} of {self.name} on a device: at most {self.noisy_sites} qubits, since "
                "with the noise of gates every shot is a vector of its own. Give a smaller size, "
                "the channel readout or depolarizing, or kicked_ising_1d, which has no such limit."
            )
        if device is None:
            return
        gates = device.gates
        if gates is None:
            raise RequestError(
                f"the calibration of {device.device} has no `gates`, which circuits of "
                f"{self.name} run on. Give those of their couplings."
            )
        given = {(min(pair), max(pair)) for pair in gates.pairs}
        if given != {(int(a), int(b)) for a, b in self.edges(size)}:
            raise RequestError(
                f"the gates of {device.device} are on {sorted(given)}, and size {size} of "
                f"{self.name} couples other qubits. Give a gate for each of its couplings."
            )

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        """See `Family.draw`."""
        return self.draw_rows(size, rng, shifted=False)[0]

    def draw_rows(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> list[Parameters]:
        """See `Family.draw_rows`."""
        theta = self.angles(size, rng, shifted=shifted)
        return [{"theta": theta, "steps": np.array(float(s))} for s in self.steps]

    def about(self) -> dict[str, str]:
        """See `Family.about`."""
        made = "Angles of 0 and π/2 alone give stabilizer states, made by linear algebra over bits."
        if self.method != "stabilizer":
            made += f" The others are made by `{self.method}`, without truncation."
        return {
            "Circuit": (
                "All qubits start in |0⟩. A row is the state after some steps; the "
                f"{len(self.steps)} rows of a circuit share their angles and `trajectory`, and "
                f"follow each other. Steps: {', '.join(map(str, self.steps))}."
            ),
            "How rows are made": f"{made} All labels are exact, at every step.",
            "Noise": (
                "With `--noise device:NAME` the circuit runs in the device's own gates, each "
                f"followed by its calibrated error, {self._on_devices()}; `readout` and "
                "`depolarizing` noise go at every size. Labels stay those of the ideal state."
            ),
        }

    def _on_devices(self) -> str:
        if self.noisy_sites >= self.max_sites:
            return "on as many qubits as the device has coupled alike"
        return f"on at most {self.noisy_sites} qubits"

    def checks(self) -> list[str]:
        """See `Family.checks`."""
        return [
            "every row: physical bounds of its labels, no row twice",
            "Clifford points against stabilizer states, small chains against state vectors",
        ]

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,  # noqa: ARG002  # the parameters fix the state
        settings: BuildSettings,
    ) -> MadeRows:
        """See `Family.make`."""
        together = self.rows_a_seed
        made: list[CircuitState] = []
        for start in range(0, len(parameters), together):
            evolution = parameters[start : start + together]
            made += self._evolution(
                size, evolution[0]["theta"], [int(p["steps"]) for p in evolution]
            )
        columns: Arrays = {
            label.name: np.stack([getattr(state, label.name)() for state in made]).astype(
                np.float32
            )
            for label in self.labels
        }

        def sample(shots: int, generators: Generators) -> Arrays:
            # Each row of an evolution has numbers of its own.
            each = [child for rng in generators for child in rng.spawn(together)]
            if settings.device is None:
                rows = [state.sample(shots, rng) for state, rng in zip(made, each, strict=True)]
            else:
                rows = [
                    self._noisy(size, p, settings.device, shots, rng)
                    for p, rng in zip(parameters, each, strict=True)
                ]
            return {"shots": np.stack(rows)}

        return MadeRows(columns, sample)

    def noisy_shots(
        self, size: Size, gates: Sequence[Gate], shots: int, rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        """Random-Pauli shots of noisy gates, uint8 (shots, N)."""
        return sample_noisy(gates, size.sites, shots, rng)

    def _noisy(
        self,
        size: Size,
        parameters: Parameters,
        device: Calibration,
        shots: int,
        rng: np.random.Generator,
    ) -> NDArray[np.uint8]:
        gates = kicked_gates(
            parameters["theta"], int(parameters["steps"]), self.edges(size), device
        )
        return self.noisy_shots(size, gates, shots, rng)

    def _evolution(
        self, size: Size, theta: NDArray[np.float64], steps: list[int]
    ) -> Sequence[CircuitState]:
        if not _clifford(theta):
            return self.states(size, theta, steps)
        edges, kicked = self.edges(size), theta == QUARTER
        state = from_strings(size.sites, [("Z", (i,)) for i in range(size.sites)])
        found = []
        for step in range(1, max(steps) + 1):
            state = x_rotated(zz_rotated(state, edges), kicked)
            if step in steps:
                found.append(CliffordState(state))
        return found


def _clifford(theta: NDArray[np.float64]) -> bool:
    return bool(np.isin(theta, (0.0, QUARTER)).all())
