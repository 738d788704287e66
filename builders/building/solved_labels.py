"""Labels of ground states that were prepared elsewhere, solved for from their parameters."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.names import Size
from builders.core.progress import progress
from builders.dataset.schema import Arrays
from builders.physics.family import Family
from builders.physics.phase import phase_columns


def solved(family: Family, size: Size, rows: NDArray[np.float64], what: str) -> Arrays:
    """Labels and certificate of ground states, from flat parameters, float64 (R, P)."""
    # The solver is imported only when a row is computed.
    from builders.building.ground_state import phase_of, solve

    made: list[dict[str, NDArray[Any]]] = []
    phases = []
    for row in _told(rows, what):
        parameters = family.unflatten(size, row)
        with families.at_work(family.name):
            state = solve(family.name, size, parameters)
            phases.append(phase_of(family.name, size, parameters, state))
        made.append(
            {
                "energy": np.array(state.energy),
                "energy_variance": np.array(state.energy_variance),
                "label_error_correlation": np.array(state.label_error.correlation, np.float32),
                "label_error_renyi2": np.array(state.label_error.renyi2, np.float32),
                "correlation": state.correlation().astype(np.float32),
                "renyi2": state.renyi2().astype(np.float32),
                "renyi2_blocks": state.renyi2_blocks().astype(np.float32),
            }
        )
    columns: Arrays = {name: np.stack([row[name] for row in made]) for name in made[0]}
    return columns | phase_columns(getattr(family, "phases", ()), [p for p in phases if p])


def _told(rows: NDArray[np.float64], what: str) -> Iterator[NDArray[np.float64]]:
    with progress(len(rows), "row", f"solve {what}") as bar:
        for row in rows:
            yield row
            bar.update()
