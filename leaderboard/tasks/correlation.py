"""Spin correlations of all pairs of sites."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.shadows.estimators import shadow_correlation
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.details import Detail, Summary
from leaderboard.kinds.errors import RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X
from leaderboard.kinds.family_facts import sites_apart
from leaderboard.kinds.laws import Law
from leaderboard.kinds.lines import Line, Values, constant_answers
from leaderboard.kinds.regression import Regression
from leaderboard.kinds.truth import Truth
from leaderboard.tasks._arxiv_2505_13852 import correlation_errors

TOLERANCE = 5e-4
"""Labels are allowed this error (see CONTRIBUTING.md), and so is an answer made of them."""


def off_diagonal(length: int) -> NDArray[np.bool_]:
    """Bool (length,): the entries with i ≠ j of an (N, N) matrix flattened row by row.

    Raises:
        RequestError: the length is not a square.
    """
    sites = math.isqrt(length)
    if sites * sites != length:
        raise RequestError(
            f"a row of {length} values is not a flattened (N, N) matrix. Give N·N values a row."
        )
    return ~np.eye(sites, dtype=np.bool_).ravel()


def by_distance(answer: Answer, truth: Truth) -> dict[str, Any] | None:
    """Errors by distance between sites, in lattice steps 1 … D, to six digits.

    `rmse` is over test rows and all pairs at that distance; its first value is that of nearest
    neighbours. None where the family's sites have no distances.
    """
    assert truth.family is not None
    assert truth.size is not None
    apart = sites_apart(truth.family, truth.size)
    if apart is None:
        return None
    squared = (answer.prediction - truth.labels) ** 2
    steps = apart.ravel()
    total = np.bincount(steps, weights=squared.mean(axis=0))[1:]
    rmse = np.sqrt(total / np.bincount(steps)[1:])
    return {
        "distance": list(range(1, len(rmse) + 1)),
        "rmse": [float(f"{value:.6g}") for value in rmse],
    }


def _matrices(answer: Answer) -> NDArray[Any]:
    sites = math.isqrt(answer.prediction.shape[1])
    return answer.prediction.reshape(-1, sites, sites)


def above_one(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """Some |C_ij| > 1."""
    return np.asarray(np.abs(_matrices(answer)) > 1.0 + TOLERANCE)


def outside_pair(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """Some C_ij, i ≠ j, outside [−1, 1/3]. With SWAP = (1 + XX + YY + ZZ)/2, whose eigenvalues are
    ±1, XX + YY + ZZ lies between −3 and 1.
    """
    c = _matrices(answer)
    outside = (c > 1 / 3 + TOLERANCE) | (c < -1.0 - TOLERANCE)
    return np.asarray(outside & ~np.eye(c.shape[1], dtype=np.bool_))


def diagonal(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """Some C_ii ≠ 1."""
    return np.asarray(np.abs(np.einsum("rii->ri", _matrices(answer)) - 1.0) > TOLERANCE)


def asymmetric(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """Some C_ij ≠ C_ji."""
    c = _matrices(answer)
    return np.asarray(np.abs(c - c.transpose(0, 2, 1)) > 2 * TOLERANCE)


def not_positive(answer: Answer, _truth: Truth) -> NDArray[np.bool_]:
    """An eigenvalue below 0. ⟨X_i X_j⟩ is the Gram matrix of the vectors X_i|ψ⟩, and so are the
    other two, hence C is positive semidefinite.
    """
    return np.array([not _is_positive(matrix) for matrix in _matrices(answer)])


def _is_positive(matrix: NDArray[Any]) -> bool:
    """No eigenvalue below −N · tolerance: entry errors of t move eigenvalues by N·t at most."""
    sites = len(matrix)
    shifted = 0.5 * (matrix + matrix.T) + (sites * TOLERANCE) * np.eye(sites)
    try:
        np.linalg.cholesky(shifted)
    except np.linalg.LinAlgError:
        return False
    return True


def _shadow(key: CellKey, _values: Values) -> float | None:
    """A random-Pauli estimate of C_ij has the variance (3 − C²)/M; C² is small beside 3."""
    return math.sqrt(3.0 / key.shots) if key.shots else None


TASK = Regression(
    name="correlation",
    title="Correlation matrix",
    label="correlation",
    unit="1",
    meaning="C_ij = (<X_i X_j> + <Y_i Y_j> + <Z_i Z_j>) / 3, with C_ii = 1",
    shape=lambda size: (size.sites, size.sites),
    shadow=shadow_correlation,
    mitigates=True,
    scored=off_diagonal,
    of_pairs=True,
    metrics=(RMSE, RMSE_ENTRYWISE, SKILL, SKILL_X),
    primary="rmse",
    laws=(
        Law("above_one", above_one, "a correlation beyond ±1"),
        Law("outside_pair", outside_pair,
            "a correlation outside −1 … 1/3, which no pair of qubits has"),
        Law("diagonal", diagonal, "a diagonal that is not 1"),
        Law("asymmetric", asymmetric, "a matrix that is not symmetric"),
        # Any small error breaks it where eigenvalues are near 0.
        Law("not_positive", not_positive, "a matrix with a negative eigenvalue", is_usual=True),
    ),
    details=(
        Detail(
            name="distances",
            title="Error by distance between the sites",
            chart="profile",
            function=by_distance,
            axes=("distance |i − j| in sites", "RMSE"),
            summary=Summary(
                "rmse_neighbours",
                "RMSE, neighbours",
                "Over nearest neighbours alone; told when a season closes",
                lambda profile: float(profile["rmse"][0]),
            ),
        ),
    ),
    lines=(
        *constant_answers(RMSE),
        Line(
            "shadow",
            lambda key: (
                f"the estimate from M = {key.shots} shots of the test row itself, sqrt(3/M)"
            ),
            _shadow,
        ),
    ),
    published=correlation_errors("correlation"),
)  # fmt: skip
