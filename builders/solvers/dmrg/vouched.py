"""One Hamiltonian of one sector by DMRG, with how far its labels can be off, or not at all.

The two lowest states are swept together (`targets.py`), so that the gap is known and nothing of the
level above is left in the lowest. Several starts must lead to one state. The bond grows until the
labels are known: by the angle to the true state, of which √variance / gap is the sine at most, or
where that is too careful, as it is for long critical chains, by twice what the labels still moved
at the last growth of the bond, provided that the energy error is far below the gap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError, WorkError
from builders.core.threads import one_thread
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.physics.label_error import LabelError
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.mpo import Mpo, build_mpo
from builders.solvers.dmrg.targets import Stage, Targets
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps import measure
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, start_mps
from builders.solvers.mps.overlap import overlap
from builders.solvers.mps.random_start import random_mps

DEGENERATE = 1e-9
"""Gaps below this, in units of Σ|coefficients|, count as none, as in exact diagonalisation."""

_OPENING = (Stage(2, 16, 3, 1e-3), Stage(1, 32, 3, 1e-5))
_FIRST_BOND = 32
_SETTLED = 1e-3  # energy error over gap, above which two levels may still be mixed
_MOVED = 2.0  # labels are off by no more than this many times their last change
_ALIKE = 1e-3  # infidelity of two runs that found one state, beyond that of their variances
_BEYOND = 1.5  # energies lie above the level by no more than this many times their extrapolation
_FALLEN = 0.5  # of the variance, left at most where a growth of the bond tells a slope
# Another start agrees with a run of a larger bond from this bond on, up to this infidelity:
# truncation at 64 alone leaves 3e-3 in a chain of 127 sites near a transition.
_NEAR_BOND, _NEARLY = 64, 5e-3
_CONFIRMATIONS = 3
_POLISHES = 3  # further growths where nothing but sweeps is missing: nearly degenerate levels
_FINITE = 1e-13  # energies of two runs that are closer, in units of Σ|coefficients|, are the same


@dataclass(frozen=True, eq=False)
class Run:
    """A run at one bond, in units of the energy unit.

    Attributes:
        targets: the states; they go on when it does.
        bond: bond dimension allowed.
        energy: of the lowest state.
        variance: ⟨H²⟩ − ⟨H⟩².
        drop: by how much the energy fell at the last growth of the bond; inf at the first.
        slope: energy in units of variance, by which both fell when the bond grew; inf where not
            known.
        foreseen: whether the run before expected the drop; false at the first.
        correlation: float64 (N, N).
        renyi2: float64 (N−1,).
        moved: how far these labels moved at the last growth; inf at the first.
    """

    targets: Targets
    bond: int
    energy: float
    variance: float
    drop: float
    slope: float
    foreseen: bool
    correlation: NDArray[np.float64]
    renyi2: NDArray[np.float64]
    moved: LabelError

    @property
    def gap(self) -> float:
        """Distance to the second state of the sector; inf where there is none."""
        levels = self.targets.energies
        return float(levels[1] - levels[0]) if len(levels) > 1 else np.inf

    @property
    def energy_error(self) -> float:
        """How far the energy can lie above the level: the last drop, or variance / gap if less."""
        # The difference of two energies is known to rounding alone.
        return min(self.drop, self.variance / max(self.gap, 1e-300)) + self._rounding

    @property
    def room(self) -> float:
        """How far the energy can lie above the level, where sectors are compared.

        The last drop where it was more than expected, as of a start that was stuck in a state
        above. Else energies are linear in the variance as the bond grows (Hubig et al., PRB 97,
        045125), and end higher than the line through the last two says.
        """
        if not self.foreseen:
            return max(self.drop, self.energy_error)
        if not np.isfinite(self.slope):
            return self.energy_error
        return min(self.energy_error, _BEYOND * self.slope * self.variance + self._rounding)

    @property
    def _rounding(self) -> float:
        return 1e-15 * abs(self.energy)

    @property
    def angle(self) -> float:
        """A bound on the sine of the angle between the state and the true one."""
        return float(np.sqrt(self.variance) / max(self.gap, 1e-300))

    @property
    def label_error(self) -> LabelError:
        """Largest errors expected of the labels."""
        bound = LabelError.of_angle(min(self.angle + 1e-15 * abs(self.energy) / self.gap, 1.0))
        if bound.allowed or self.energy_error > _SETTLED * self.gap:
            return bound
        moved = LabelError(_MOVED * self.moved.correlation, _MOVED * self.moved.renyi2)
        return moved if moved.correlation < bound.correlation else bound


Starts = Callable[[Sector], Sequence[Mps]]
"""Gives states of a sector to start from; asked for when they are needed."""
Say = Callable[[str], None]
"""Is told how far a search has come, a line at a time."""


def no_starts(_: Sector) -> Sequence[Mps]:
    """None."""
    return ()


def silent(_: str) -> None:
    """Tell nobody."""


class DegenerateError(RequestError):
    """The ground level of a search is degenerate; `states` are two of its members."""

    def __init__(self, message: str, states: tuple[Mps, Mps]) -> None:
        super().__init__(message)
        self.states = states


class Search:
    """The lowest state of one sector of one Hamiltonian."""

    def __init__(
        self,
        h: Hamiltonian,
        sector: Sector,
        max_bond: int,
        starts: Starts = no_starts,
        say: Say = silent,
    ) -> None:
        """`starts` gives more states of the sector to start from; `say` is told of every bond."""
        self.h, self.sector, self.max_bond, self.say = h, sector, max_bond, say
        self.unit = h.normalised()
        self.norm = sum(float(np.abs(t.coefficients).sum()) for t in self.unit.terms)
        self.mpo: Mpo = build_mpo([self.unit], sector)
        self.starts = starts
        self._run: Run | None = None
        self._polished = 0

    @property
    def run(self) -> Run:
        """The first start at a small bond, or whatever it has become since."""
        if self._run is None:
            self._run = self._begun(start_mps(Qubit.of(self.sector), self.h.n_sites), 2)
        return self._run

    def grow(self) -> bool:
        """Double the bond, up to the largest, or sweep on where all states are there; whether."""
        run = self.run
        if self._complete(run) or (run.bond >= self.max_bond and not run.foreseen):
            if self._polished == _POLISHES:
                return False
            self._polished += 1
        elif run.bond >= self.max_bond:
            return False
        self._run = self._grown(run)
        return True

    def confirm(self) -> None:
        """Run from the other starts, and again from the lowest while they disagree.

        A start that comes to the state at a smaller bond need not grow further.

        Raises:
            WorkError: they do not come to one state.
        """
        begun = self.run
        random = random_mps(Qubit.of(self.sector), self.h.n_sites)
        runs = [begun]
        for start, count in [(random, 3), *((state, 2) for state in self.starts(self.sector))]:
            run = self._begun(start, count)
            while run.bond < begun.bond and not self._nearly(begun, run):
                run = self._grown(run)
            if run.bond >= begun.bond:
                runs.append(run)
        best = min(runs, key=lambda run: run.energy)
        agree = all(self._same(best, run) for run in runs)
        for _ in range(_CONFIRMATIONS):
            if agree:
                break
            again = self._begun(best.targets.state(), 3)
            while again.bond < best.bond:
                again = self._grown(again)
            agree = self._same(best, again)
            best = min((best, again), key=lambda run: run.energy)
        self._run = best
        if not agree:
            one, two = (float(run.energy) * self.h.scale for run in (runs[0], best))
            raise WorkError(
                f"DMRG could not vouch for a state: its starts end in different ones of {one:.12g} "
                f"and {two:.12g} ({self.sector}). `--bond` gives them more."
            )

    def vouch(self) -> Run:
        """Grow until the labels are known.

        Raises:
            RequestError: the level is degenerate inside the sector.
            WorkError: the labels are not known at the largest bond.
        """
        confirmed = False
        while True:
            run = self.run
            if run.gap <= DEGENERATE * self.norm + run.energy_error and (
                np.sqrt(run.variance) <= 1e-6 or self._complete(run)
            ):
                raise DegenerateError(
                    f"the ground level is degenerate in {self.sector} (gap "
                    f"{run.gap * self.h.scale:.1e}): no unique state. Choose a finer sector or "
                    "other parameters.",
                    (run.targets.state(), run.targets.state(1)),
                )
            if not confirmed and run.bond > _FIRST_BOND:
                self.confirm()
                confirmed = True
                run = self.run
            if confirmed and run.label_error.allowed:
                return run
            if not self.grow():
                if not confirmed:
                    self.confirm()
                    confirmed = True
                    if self.run.label_error.allowed:
                        return self.run
                break
        error = self.run.label_error
        raise WorkError(
            f"DMRG could not vouch for the labels of this state in {self.sector}: at bond "
            f"{self.run.bond} they may be off by {error}, its energy "
            f"{self.run.energy * self.h.scale:.12g} by {self.run.energy_error * self.h.scale:.1g}, "
            f"{self.run.gap * self.h.scale:.1g} below the next level. `--bond` gives it more."
        )

    def batch(self) -> Batch:
        """The present state, from the solver's units to those of H."""
        run, scale = self.run, self.h.scale
        return Batch(
            (((0,), run.targets.state()),),
            np.array([run.energy * scale]),
            np.array([run.variance * scale**2]),
            np.array([run.variance / self.h.n_sites]),
            np.array([run.angle]),
        )

    def _complete(self, run: Run) -> bool:
        """Whether another bond would change nothing: the space of every cut is there."""
        return run.bond > 1 << (self.h.n_sites // 2)

    def _same(self, one: Run, two: Run) -> bool:
        cosine = float(overlap(one.targets.state(), two.targets.state())[0])
        room = 4.0 * (one.angle**2 + two.angle**2)
        energies = abs(one.energy - two.energy)
        error = 10.0 * max(min(run.variance / run.gap, run.drop) for run in (one, two))
        close = energies <= error + _FINITE * self.norm + 1e-3 * min(one.gap, two.gap)
        return bool(close and 1.0 - cosine**2 <= _ALIKE + min(room, 0.05))

    def _nearly(self, run: Run, smaller: Run) -> bool:
        """Whether a run of a smaller bond has most of its weight in the state of another."""
        if smaller.bond < min(_NEAR_BOND, self.max_bond):
            return False
        cosine = float(overlap(run.targets.state(), smaller.targets.state())[0])
        return 1.0 - cosine**2 <= _NEARLY

    def _begun(self, start: Mps, count: int) -> Run:
        with one_thread():
            targets = Targets(self.mpo, start, count)
            for stage in _OPENING:
                targets.run(replace(stage, bond=min(stage.bond, self.max_bond)))
            return self._measured(targets, min(_FIRST_BOND, self.max_bond), None)

    def _grown(self, run: Run) -> Run:
        bond = min(2 * run.bond, self.max_bond)
        with one_thread():
            run.targets.run(Stage(1, bond, 4, 1e-7))
            run.targets.run(Stage(1, bond, 8, first=0.8))
            for _ in range(4):
                before = float(run.targets.energies[0])
                run.targets.run(Stage(1, bond, 8, first=0.8))
                if before - float(run.targets.energies[0]) <= 1e-3 * run.variance + 1e-14:
                    break
            return self._measured(run.targets, bond, run)

    def _measured(self, targets: Targets, bond: int, before: Run | None) -> Run:
        state = targets.state()
        energy, variance = (float(x[0]) for x in energy_and_variance(state, self.mpo, precise=True))
        rho = measure.densities(state)
        correlation = measure.correlation(state, rho)[0].numpy()
        renyi2 = measure.pair_entropies(state, rho)[0].numpy()
        variance = max(variance, 0.0)  # rounding
        drop, slope, foreseen, moved = np.inf, np.inf, False, LabelError(np.inf, np.inf)
        if before is not None:
            drop = abs(before.energy - energy)
            slope = _slope(before, energy, variance)
            foreseen = drop <= 2.0 * before.energy_error + _FINITE * self.norm
            moved = LabelError(
                float(np.abs(correlation - before.correlation).max()),
                float(np.abs(renyi2 - before.renyi2).max(initial=0.0)),
            )
        self.say(f"{self.sector}: energy {energy * self.h.scale:.10g} at bond {bond}")
        return Run(
            targets, bond, energy, variance, drop, slope, foreseen, correlation, renyi2, moved
        )


def _slope(before: Run, energy: float, variance: float) -> float:
    """Energy in units of variance, by which both fell; inf where the variance did not."""
    if energy > before.energy or variance >= _FALLEN * before.variance:
        return np.inf
    return (before.energy - energy) / (before.variance - variance)
