"""Data sets of quantum many-body ground states: families, solvers, labels, shots, files.

The public names are imported on first use, so that `import builders` stays light.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builders.building.ground_state import GroundState, solve
    from builders.core.errors import RequestError, WorkError
    from builders.folders.loading import Dataset, load, stream
    from builders.shadows.energy import shadow_energy
    from builders.shadows.estimators import shadow_correlation, shadow_renyi2

__all__ = [
    "Dataset",
    "GroundState",
    "RequestError",
    "WorkError",
    "load",
    "shadow_correlation",
    "shadow_energy",
    "shadow_renyi2",
    "solve",
    "stream",
]

_HOME = {
    "Dataset": "builders.folders.loading",
    "GroundState": "builders.building.ground_state",
    "RequestError": "builders.core.errors",
    "WorkError": "builders.core.errors",
    "load": "builders.folders.loading",
    "shadow_correlation": "builders.shadows.estimators",
    "shadow_energy": "builders.shadows.energy",
    "shadow_renyi2": "builders.shadows.estimators",
    "solve": "builders.building.ground_state",
    "stream": "builders.folders.loading",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'builders' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value
