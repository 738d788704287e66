"""Data sets of quantum many-body ground states: families, solvers, labels, shots, files.

The public names are imported on first use, so that `import builders` stays light.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builders.dataset import Dataset, load
    from builders.energy_shadow import shadow_energy
    from builders.errors import RequestError, WorkError
    from builders.ground_state import GroundState, solve
    from builders.shadows import shadow_correlation, shadow_renyi2

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
]

_HOME = {
    "Dataset": "builders.dataset",
    "GroundState": "builders.ground_state",
    "RequestError": "builders.errors",
    "WorkError": "builders.errors",
    "load": "builders.dataset",
    "shadow_correlation": "builders.shadows",
    "shadow_energy": "builders.energy_shadow",
    "shadow_renyi2": "builders.shadows",
    "solve": "builders.ground_state",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'builders' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value
