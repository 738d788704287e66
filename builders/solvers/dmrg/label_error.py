"""How far labels are from those of the exact state: dear from a smaller bond, cheap from a law.

*Dear*: a state is swept once more with fewer states at every cut. Its labels move and its energy
variance grows; what is still missing at the full bond follows from how much the last states were
worth. An expectation value within one block of kept states is off in first order of the discarded
weight, as the energy and its variance are: pair entropies are taken to be linear in the variance.
A correlation across a cut mixes kept and discarded states and is off in their amplitude, the square
root of the variance.

*Cheap*: with the same powers of the variance, each config has two factors of its own (`Scale`),
which the dear way finds on a few rows drawn for that. A row pays nothing for its estimate unless
this one comes near what labels promise. What sweeps have left undone shows in the angle by which
the last one moved the state: an entropy is off by about its square.

Extrapolating energies in the variance is standard (C. Hubig, J. Haegeman, U. Schollwöck, PRB 97,
045125 (2018)); here it is done with labels, and gives an error and no correction.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from builders.physics.state_labels import PROMISED
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import Mpo
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps import measure
from builders.solvers.mps.mps import Mps
from builders.solvers.mps.multiplets import correlation as multiplet_correlation

Array = NDArray[np.float64]

PART = 0.7
"""Of the bond dimension, in the second look."""

_STEPS = 2  # applications of H a bond there: the state is nearly the one that is looked for

SUSPICIOUS = 0.5
"""Estimates of the law from this part of the promise on are replaced by the dear ones."""

# Chosen by benchmarks.calibration: the errors of 99 % of rows are below their estimates. Between
# multiplets correlations fall faster than the square root of the variance.
_SAFETY, _SAFETY_MULTIPLETS = np.array([5.0, 10.0]), np.array([1.7, 10.0])
_LEAST_VARIANCE = 1e-9  # below it rounding and the last sweep move labels more than the bond does
_ANGLE = 3.0  # entropy in bits that is missing, in squared angles of the last half sweep
_USUAL = 0.35, 0.5  # of the largest of a few rows, which is above most: what the law takes
_FLOOR = 5e-6  # solvers agree no better than that, nor are correlations known in single precision


@dataclass(frozen=True)
class Scale:
    """Label errors of a config in powers of the relative variance v.

    Attributes:
        amplitude: largest error of a correlation, in √v.
        weight: largest error of a pair entropy in bits, in v.
    """

    amplitude: float
    weight: float

    def errors(self, relative_variance: Array, step_angle: Array) -> Array:
        """Largest error to expect of an entry of C and of a pair entropy in bits, (B, 2)."""
        v = np.maximum(relative_variance, 0.0)
        errors = np.stack([self.amplitude * np.sqrt(v), self.weight * v], axis=1)
        return whole(errors, step_angle)


def whole(errors: Array, step_angle: Array) -> Array:
    """Errors of the bond, (B, 2), with those of unfinished sweeps and of rounding."""
    undone = _ANGLE * np.nan_to_num(step_angle) ** 2
    both = errors + np.stack([np.zeros_like(undone), undone], axis=1)
    return np.maximum(both, _FLOOR)


def scale_of(relative_variance: Array, errors: Array) -> Scale:
    """The scale of a config, from some rows with extrapolated errors, (B, 2).

    Every row counts, whatever its error: the law is as large as the row asks for, or large enough
    to send the row to a second look. Were rows left out for their large errors, what remains would
    be those of small errors at their variance, and the law too low for the others.
    """
    v = np.maximum(relative_variance, _LEAST_VARIANCE)
    usual = np.minimum(np.array(_USUAL) * errors, SUSPICIOUS * np.array(PROMISED))
    return Scale(float((usual[:, 0] / np.sqrt(v)).max()), float((usual[:, 1] / v).max()))


def suspicious(errors: Array) -> NDArray[np.bool_]:
    """Rows, (B,), that are to be looked at again."""
    return np.asarray((errors >= SUSPICIOUS * np.array(PROMISED)).any(axis=1))


@torch.no_grad()
def extrapolated(
    state: Mps, mpo: Mpo, relative_variance: Array, stage: HalfSweeps, *, mirror: bool = False
) -> Array:
    """Largest error to expect of an entry of C and of a pair entropy in bits, float64 (B, 2).

    Args:
        state: converged states of B rows.
        mpo: their Hamiltonians.
        relative_variance: of the states, (B,), in units of (energy unit)² · N.
        stage: how the states were swept.
        mirror: compare what remains when a state is made mirror symmetric, as it is later: of two
            almost degenerate mirror images the state may hold more or less of either.
    """
    bond = max(1, int(PART * state.bond()))
    steps = min(stage.steps, _STEPS)
    other, _ = dmrg(mpo, state, (replace(stage, count=2, steps=steps, bond=bond, noise=0.0),))
    variance = energy_and_variance(other, mpo, precise=False)[1].cpu().numpy() / state.n_sites
    looks = (_labels(each, single=stage.single, mirror=mirror) for each in (state, other))
    pairs = zip(*looks, strict=True)
    moved = [np.abs(a - b).reshape(state.batch, -1).max(axis=1) for a, b in pairs]
    paths = state.qubit.paths
    return missing(np.stack(moved, axis=1), relative_variance, variance, multiplets=paths)


def missing(moved: Array, variance: Array, grown: Array, *, multiplets: bool = False) -> Array:
    """What labels still miss, (B, 2), if they moved so far while the variance grew.

    Args:
        moved: largest change of a correlation and of a pair entropy, (B, 2).
        variance: at the full bond, (B,).
        grown: at the smaller one, (B,).
        multiplets: whether the bond counts multiplets.
    """
    growth = np.maximum(grown, 0.0) / np.maximum(variance, 1e-300)
    # 1/(g − 1) of either power, at most 3 where the variance has hardly grown.
    parts = np.stack([np.sqrt(growth), growth], axis=1)
    safety = _SAFETY_MULTIPLETS if multiplets else _SAFETY
    return np.asarray(safety * moved / np.maximum(parts - 1.0, 1.0 / 3.0))


def _labels(state: Mps, *, single: bool, mirror: bool) -> tuple[Array, Array]:
    """Correlation (B, N, N) and pair entropies (B, N−1), in the precision that is worth it."""
    if state.qubit.paths:
        rounded = multiplet_correlation(state.to(torch.float32)).cpu().numpy()
        return rounded, werner_entropies(rounded)
    rho = measure.densities(state)
    pairs = measure.pair_densities(state, rho)
    if single:
        state = state.to(torch.float32)
        rho = [{q: weight.float() for q, weight in cut.items()} for cut in rho]
    correlation = measure.correlation(state, rho).cpu().numpy()
    if mirror:
        correlation = (correlation + correlation[:, ::-1, ::-1]) / 2.0
        pairs = [_mean(a, b) for a, b in zip(pairs, pairs[::-1], strict=True)]
    return correlation, measure.entropies_of(pairs).cpu().numpy()


def _mean(pair: measure.PairDensity, other: measure.PairDensity) -> measure.PairDensity:
    """Of the density matrix of a pair and the mirror image of another."""
    image = {(t, s, v, u): value for (s, t, u, v), value in other.items()}
    nothing = torch.zeros_like(next(iter(pair.values())))
    keys = sorted({*pair, *image})
    return {k: (pair.get(k, nothing) + image.get(k, nothing)) / 2.0 for k in keys}


def werner_entropies(correlation: Array) -> Array:
    """Rényi-2 entropies in bits, (B, N−1), of neighbours in a singlet: tr ρ² = (1 + 3 C²)/4."""
    near = np.diagonal(correlation, 1, axis1=1, axis2=2).astype(np.float64)
    return np.asarray(-np.log2((1.0 + 3.0 * near**2) / 4.0))
