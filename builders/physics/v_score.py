"""The V-score of a state: how well its Hamiltonian is solved, comparable between systems.

V = N · Var(E) / (E − E∞)² (Wu et al., Science 386, 296 (2024)), E∞ the mean energy of all states,
tr H / 2^N. It has no unit, and H → a H + b changes nothing.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.hamiltonian_family import need_hamiltonian
from builders.physics.row_figure import Arrays, RowFigure

if TYPE_CHECKING:
    from builders.physics.family import Family


def infinite_temperature_energy(hamiltonian: Hamiltonian) -> float:
    """E∞ = tr H / 2^N in the units of H: the constants, every other string having no trace."""
    return float(sum(t.coefficients.sum() for t in hamiltonian.terms if t.paulis == "I"))


def v_score(
    sites: int, energy: ArrayLike, energy_variance: ArrayLike, infinite: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """N · Var(E) / (E − E∞)², of the shape of the energies.

    Args:
        sites: N.
        energy: ⟨H⟩.
        energy_variance: ⟨H²⟩ − ⟨H⟩², in the units of H squared.
        infinite: E∞, in the units of H.

    Returns:
        float64; NaN where the energy is E∞ and nothing is measured by it.
    """
    gap = np.asarray(np.subtract(energy, infinite), dtype=np.float64)
    # Divided twice, because the square of a small gap may underflow.
    undefined = np.full_like(gap, np.nan)
    once = np.divide(energy_variance, gap, out=undefined.copy(), where=gap != 0)
    return np.asarray(sites * np.divide(once, gap, out=undefined, where=gap != 0))


def v_score_of(hamiltonian: Hamiltonian, energy: float, energy_variance: float) -> float:
    """The V-score of one state; `v_score` has the units."""
    infinite = infinite_temperature_energy(hamiltonian)
    return float(v_score(hamiltonian.n_sites, energy, energy_variance, infinite))


def _of_rows(family: "Family", size: Size, arrays: Arrays) -> NDArray[np.float64]:
    spec = need_hamiltonian(family)
    infinite = [
        infinite_temperature_energy(spec.hamiltonian(size, spec.unflatten(size, row)))
        for row in arrays["parameters"]
    ]
    return v_score(size.sites, arrays["energy"], arrays["energy_variance"], infinite)


V_SCORE = RowFigure(
    *("v_score", "V-score", "1"),
    "N · energy_variance / (energy − E∞)², E∞ the mean energy of all states",
    ("energy", "energy_variance", "parameters"),
    _of_rows,
)
