"""Families whose rows are states of an evolution: one Hamiltonian, one start, several times."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.certificate import Certificate
from builders.physics.evolution_certificate import TWICE_THE_BOND, EvolutionCertificate
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.label import Label
from builders.physics.parameters import Parameters
from builders.physics.rows import Arrays, BuildSettings, Generators, MadeRows
from builders.physics.state_labels import CORRELATION, MAGNETIZATION, RENYI2, RENYI2_BLOCKS

if TYPE_CHECKING:
    from builders.solvers.evolution.states import EvolvedStates

TIMES = 10
"""States of one evolution, and rows of one seed."""
COMPARED = 10
"""Of so many evolutions one is run again at twice the bond, and one of each block of more."""
EVOLVED_LABELS = (MAGNETIZATION, CORRELATION, RENYI2, RENYI2_BLOCKS)


class EvolutionFamily(Family):
    """Base of families of quenches: e^{−iHt} of a stated initial state.

    The scalar parameter `t` is the time; the others fix H and are the same in all rows of an
    evolution. A subclass defines `couplings`, `hamiltonian`, `exact_labels` where it has a closed
    form, and states these:

    Class attributes:
        initial: the state at t = 0: a name of `builders.physics.initial_state`, or another one
            whose state `exact_labels` and the solver know.
        times: of the rows of an evolution, rising, in units of 1 / energy.
        times_ood: those of the split `test_ood`.
        certified: largest time at which states of each length are known to keep what the
            certificate promises: (sites at most, time), rising in the sites.
    """

    tasks: ClassVar[tuple[str, ...]] = ("magnetization", "correlation", "renyi2")
    labels: ClassVar[tuple[Label, ...]] = EVOLVED_LABELS
    certificate: ClassVar[Certificate] = EvolutionCertificate()
    rows_a_seed: ClassVar[int] = TIMES
    trajectory: ClassVar[bool] = True
    state: ClassVar[str] = "evolved state"
    method: ClassVar[str] = "evolution"
    initial: ClassVar[str] = "all_up"
    times: ClassVar[tuple[float, ...]]
    times_ood: ClassVar[tuple[float, ...]]
    certified: ClassVar[tuple[tuple[int, float], ...]]

    @abstractmethod
    def couplings(self, size: Size, rng: np.random.Generator) -> Parameters:
        """Random parameters of one evolution, all but `t`."""

    @abstractmethod
    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        """H for checked parameters; it does not depend on `t`."""

    def exact_labels(
        self,
        size: Size,  # noqa: ARG002
        parameters: Parameters,  # noqa: ARG002
        times: NDArray[np.float64],  # noqa: ARG002
    ) -> Mapping[str, NDArray[np.float64]] | None:
        """Labels of one evolution by a closed form, and `energy`, each (T, …).

        None where there is none: labels are those of the evolved states then.
        """
        return None

    def evolution_settings(self, size: Size) -> EvolutionSettings:
        """How matrix product states evolve, chosen by measured label errors."""
        raise NotImplementedError(f"{self.name} states no settings for {size} sites")

    def block(self, size: Size) -> int:
        """See `Family.block`: whole evolutions."""
        return self.rows_a_seed * self.evolution_settings(size).block

    def block_ood(self, size: Size) -> int:
        """See `Family.block_ood`."""
        chosen = self.evolution_settings(size)
        return self.rows_a_seed * (chosen.block_ood or chosen.block)

    def tolerances(self, size: Size, settings: BuildSettings) -> dict[str, float]:  # noqa: ARG002
        """See `Family.tolerances`."""
        chosen = self.evolution_settings(size)
        return {
            "bond": chosen.bond,
            "step": chosen.step,
            "order": chosen.order,
            "cut": chosen.cut,
        }

    def certified_until(self, size: Size) -> float:
        """The largest time that rows of a size may have, in units of 1 / energy."""
        return next(time for most, time in self.certified if size.sites <= most)

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        """See `Family.draw`: the first row of an evolution."""
        return self.draw_rows(size, rng, shifted=False)[0]

    def draw_rows(self, size: Size, rng: np.random.Generator, *, shifted: bool) -> list[Parameters]:
        """See `Family.draw_rows`: one set of couplings at all times."""
        couplings = self.couplings(size, rng)
        return [
            couplings | {"t": np.array(float(t))}
            for t in (self.times_ood if shifted else self.times)
        ]

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        """See `Family.check`; times that are negative or past `certified_until` are refused."""
        parameters = super().check(size, given)
        t, most = float(parameters["t"]), self.certified_until(size)
        if t < 0.0:
            raise RequestError(
                f"parameter 't' of {self.name} is a time: from 0 to {most:g}; given {t:g}."
            )
        if t > most:
            raise RequestError(
                f"parameter 't' of {self.name} is {t}: at size {size} states are certified until "
                f"{most:g}. Give a time of at most that."
            )
        return parameters

    def about(self) -> dict[str, str]:
        """See `Family.about`."""
        until = "; ".join(f"{time:g} up to {most} sites" for most, time in self.certified)
        return {
            "Evolution": (
                f"Initial state: `{self.initial}`; `t` is the {self.parameters[-1].meaning}. A row "
                f"is the state at one time; the {TIMES} "
                "rows of an evolution share their couplings and `trajectory`, and follow each "
                f"other in time. Times: {_listed(self.times)}; of `test_ood`: "
                f"{_listed(self.times_ood)}. Certified until {until}; later times are refused."
            ),
            "Solver": self._solver(),
        }

    def _solver(self) -> str:
        own = self.evolution_settings(self.geometry.parse(self.sizes[-1]))
        exact = type(self).exact_labels is not EvolutionFamily.exact_labels
        labels = (
            "Labels are those of a closed form; their errors are what the state that shots are "
            "drawn from differs from it by."
            if exact
            else "Labels are those of the state that shots are drawn from; their errors are "
            "estimated from a coarser run."
        )
        return (
            "Short chains are state vectors. Longer ones are matrix product states that gates on "
            f"two sites evolve (TEBD of order {own.order}), {own.block} evolutions together: steps "
            f"of {own.step:g} at most, a weight of {own.cut:g} cut at a bond and gate at most, "
            f"bond {own.bond} at most. {labels}"
        )

    def checks(self) -> list[str]:
        """See `Family.checks`."""
        return [
            "every row: physical bounds of its labels, no row twice",
            "every row: truncated weight, energy drift and label errors below the limits",
            "one evolution of each ten again at twice the bond, within the errors that it states",
            "state vectors of small chains at all times",
        ]

    def make(
        self,
        size: Size,
        parameters: Sequence[Parameters],
        rngs: Generators,
        settings: BuildSettings,  # noqa: ARG002  # there is one way
    ) -> MadeRows:
        """See `Family.make`."""
        # Imported when rows are made: scipy and torch are extras.
        from builders.solvers.evolution.states import evolved_states

        starts = parameters[:: self.rows_a_seed]
        times = np.array([float(p["t"]) for p in parameters[: self.rows_a_seed]])
        hamiltonians = [self.hamiltonian(size, p) for p in starts]
        states = evolved_states(hamiltonians, self.initial, times, self.evolution_settings(size))
        # Parameters fix the states; which one is compared is left to the first seed of the block.
        compared = int(rngs[0].integers(max(COMPARED, len(starts))))
        columns, exactness = self._certified(size, starts, hamiltonians, states, compared)

        def sample(shots: int, generators: Generators) -> Arrays:
            tokens = states.sample(shots, generators)
            return {"shots": tokens.reshape(-1, *tokens.shape[2:])}

        return MadeRows(columns, sample, exactness)

    def _certified(
        self,
        size: Size,
        starts: Sequence[Parameters],
        hamiltonians: Sequence[Hamiltonian],
        states: "EvolvedStates",
        compared: int,
    ) -> tuple[Arrays, Arrays]:
        """Columns, and what the certificate judges, each (R, …) with R = evolutions · times.

        The evolution `compared` is run again at twice the bond, if there is one of that number
        and no closed form for it.
        """
        measured = states.labels()
        known = [self.exact_labels(size, p, states.times) for p in starts]
        exact = [k for k in known if k is not None]
        if not exact:
            labels, energy, errors = measured, states.start_energy[:, None], states.label_errors()
        else:
            labels = {name: np.stack([k[name] for k in exact]) for name in measured}
            energy = np.stack([k["energy"][:1] for k in exact])
            # The closed form is exact: what differs is the state that shots are drawn from.
            errors = {
                f"label_error_{name}": _largest(labels[name] - measured[name])
                for name in ("correlation", "renyi2")
            }
        again = np.full(states.energy.shape, np.nan)
        if not exact and compared < len(starts):
            finer = states.at_twice_the_bond(compared)
            if finer is not None:
                ratios = [off / errors[name][compared] for name, off in finer.items()]
                again[compared] = np.nan_to_num(np.max(ratios, axis=0), nan=np.inf)
        drift = np.abs(states.energy - energy)
        scale = [sum(np.abs(t.coefficients).sum() for t in h.terms) for h in hamiltonians]
        columns = {
            **{name: _rows(values).astype(np.float32) for name, values in labels.items()},
            "energy": _rows(np.broadcast_to(energy, drift.shape)),
            "energy_drift": _rows(drift),
            "truncated_weight": _rows(states.truncated_weight),
            **{name: _rows(values).astype(np.float32) for name, values in errors.items()},
        }
        exactness = {
            "relative_drift": _rows(drift / np.array(scale)[:, None]),
            "truncated_weight": _rows(states.truncated_weight),
            **{name: _rows(values) for name, values in errors.items()},
            TWICE_THE_BOND: _rows(again),
        }
        return columns, exactness


def _rows(values: NDArray[Any]) -> NDArray[Any]:
    """(B, T, …) to (B·T, …): evolutions one after the other."""
    return np.ascontiguousarray(values).reshape(-1, *values.shape[2:])


def _largest(difference: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest absolute value of each state, (B, T, …) to (B, T)."""
    return np.asarray(np.abs(difference).reshape(*difference.shape[:2], -1).max(axis=2))


def _listed(times: tuple[float, ...]) -> str:
    return ", ".join(f"{t:g}" for t in times)
