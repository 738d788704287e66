"""Labels of quantum states on N qubits: correlations, entropies, energy, phase."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.physics.label import CUT, PAIR, SITE, IndexSummary, Label, Wrong

# Every quantum state obeys the bounds, a badly converged one too: only float32 rounding may pass.
SLACK = 1e-5
ENERGY_UNIT = "energy unit of H"
PROMISED = (5e-4, 1e-3)
"""Largest error of a correlation, and of a Rényi-2 entropy in bits, that a row may have."""


def _correlation(values: NDArray[Any], size: Size) -> Wrong:
    """C symmetric, C_ii = 1; off the diagonal −1 (singlet) ≤ C ≤ 1/3 (triplet)."""
    off = values - np.eye(size.sites, dtype=values.dtype)
    wrong = (
        (values != values.transpose(0, 2, 1)).any(axis=(1, 2))
        | (np.einsum("rii->ri", values) != 1).any(axis=1)
        | (off < -1 - SLACK).any(axis=(1, 2))
        | (off > 1 / 3 + SLACK).any(axis=(1, 2))
    )
    return wrong, "are not symmetric with unit diagonal and entries from -1 to 1/3"


def _pair_entropy(values: NDArray[Any], size: Size) -> Wrong:  # noqa: ARG001
    wrong = ((values < -SLACK) | (values > 2 + SLACK)).any(axis=1)
    return wrong, "are outside 0 to 2 bits"


def _block_entropy(values: NDArray[Any], size: Size) -> Wrong:
    cut = np.arange(1, size.sites)
    top = np.minimum(cut, size.sites - cut) + SLACK
    return ((values < -SLACK) | (values > top)).any(axis=1), "are outside 0 to min(l, N-l) bits"


def _mean_z(values: NDArray[Any], size: Size) -> Wrong:  # noqa: ARG001
    return (np.abs(values) > 1 + SLACK).any(axis=1), "are outside -1 to 1"


def _margin(values: NDArray[Any], size: Size) -> Wrong:  # noqa: ARG001
    return values < 0, "are negative"


def _neighbours(values: NDArray[Any], size: Size) -> NDArray[Any]:
    site = np.arange(size.sites - 1)
    return np.asarray(values[:, site, site + 1].astype(np.float64).mean(axis=1))


def _mean(values: NDArray[Any], size: Size) -> NDArray[Any]:  # noqa: ARG001
    return np.asarray(values.astype(np.float64).mean(axis=1))


def _middle(values: NDArray[Any], size: Size) -> NDArray[Any]:
    return np.asarray(values[:, size.sites // 2 - 1].astype(np.float64))


def _itself(values: NDArray[Any], size: Size) -> NDArray[Any]:  # noqa: ARG001
    return values


ENERGY = Label(
    *("energy", "float64", (), ENERGY_UNIT, "⟨H⟩ of the ground state in its sector"),
    summaries=(IndexSummary("energy_per_site", ENERGY_UNIT, "⟨H⟩ / N", lambda e, s: e / s.sites),),
)
MAGNETIZATION = Label(
    *("magnetization", "float32", (SITE,), "1", "⟨Z_i⟩ of every site"),
    check=_mean_z,
    summaries=(IndexSummary("mean_magnetization", "1", "mean of ⟨Z_i⟩ over the sites", _mean),),
    estimate=(
        "3·s_i where site i was measured in Z with the outcome s_i = ±1 (0 elsewhere) has the mean "
        "⟨Z_i⟩ and the variance 3 − ⟨Z_i⟩²."
    ),
)
CORRELATION = Label(
    *("correlation", "float32", (SITE, SITE), "1"),
    "C_ij = (⟨X_i X_j⟩ + ⟨Y_i Y_j⟩ + ⟨Z_i Z_j⟩) / 3, C_ii = 1",
    check=_correlation,
    summaries=(
        IndexSummary(
            *("neighbour_correlation", "1", "mean of C_{i,i+1} along the numbering", _neighbours),
        ),
    ),
    estimate=(
        "With s = ±1 the outcome of a random-Pauli shot, 3·s_i·s_j where both sites were measured "
        "in the same basis (0 elsewhere) has the mean ⟨XX+YY+ZZ⟩/3 and the variance 3 − C²."
    ),
    noise=(
        "Training labels that are estimated from M shots err far more than rows differ: an "
        "entry of C has the standard error √((3 − C²)/M), 0.22 at M = 64. Averaging over rows "
        "removes noise without any learning, so a model counts only where it beats the mean."
    ),
)
RENYI2 = Label(
    *("renyi2", "float32", (PAIR,), "bit", "-log2 tr ρ² of the pair (a, a+1) of consecutive sites"),
    check=_pair_entropy,
    summaries=(IndexSummary("pair_renyi2", "bit", "mean of renyi2 over the pairs", _mean),),
)
RENYI2_BLOCKS = Label(
    *("renyi2_blocks", "float32", (CUT,), "bit", "-log2 tr ρ² of the a+1 leftmost sites"),
    check=_block_entropy,
    summaries=(IndexSummary("half_renyi2", "bit", "renyi2_blocks at the middle cut", _middle),),
)


def phase_labels(classes: tuple[str, ...], rule: str) -> tuple[Label, ...]:
    """`phase` and `phase_margin` of a family with these phases; none without."""
    if not classes:
        return ()
    return (
        Label("phase", "int64", (), "1", "phase", classes=classes, rule=rule),
        Label(
            *("phase_margin", "float64", (), "1"),
            "distance of the quantity that decides the phase from the nearest boundary",
            check=_margin,
            summaries=(
                IndexSummary(
                    "phase_margin", "1", "distance from the nearest phase boundary", _itself
                ),
            ),
        ),
    )
