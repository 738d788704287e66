"""The door for programs: data, models, submissions, scores and boards under one name.

>>> import qslbench
>>> data = qslbench.load("data", "tfim_1d_n008")                       # arrays of a built config
>>> cell = qslbench.Cell.open("data", "tfim_1d_n008", "correlation", n=12, shots=32)
>>> cell.parameters.shape, cell.labels.shape, len(cell.rows)           # learn, then answer for rows
((12, 15), (12, 64), 10)

Data: `build`, `import_measured`, `load`, `stream`, `solve`, `verify`, `couplings`, `shadow_…`.
Learning: `Cell`, `Baseline`, `baseline`, `run`. Taking part: `write_submission`, `read_submission`,
`validate`, `score`, `score_file`, `submit`, `Board`. Own families and models: `plug_in`, `Family`,
`GroundStateFamily` and what they are made of. A wrong request raises `RequestError`, a ValueError;
work that fails raises `WorkError`, a RuntimeError. Each name is imported when it is first used, so
that the import is light and asks for no extra.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from baselines.contract.baseline import Baseline
    from baselines.contract.cell import Cell
    from baselines.contract.rows import Rows
    from baselines.running.run import run
    from builders.building.asked import build
    from builders.building.ground_state import GroundState, solve
    from builders.building.measured_shots import import_measured
    from builders.building.verifying import verify
    from builders.core.errors import RequestError, UnknownError, WorkError
    from builders.core.names import Size
    from builders.folders.loading import Dataset, load, stream
    from builders.kinds.couplings import Couplings, couplings
    from builders.kinds.ground_state import GroundStateFamily
    from builders.physics.family import Family
    from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
    from builders.physics.hamiltonian_family import SolverSettings
    from builders.physics.parameters import Parameter, Parameters
    from builders.shadows.energy import shadow_energy
    from builders.shadows.estimators import shadow_correlation, shadow_renyi2
    from leaderboard.board.service import Board
    from leaderboard.cells import Answer, CellKey
    from leaderboard.scoring.score import Report, Value, score
    from leaderboard.scoring.scored_file import score_file
    from leaderboard.scoring.scorer import CellReport
    from leaderboard.store.records import Receipt
    from leaderboard.submission.metadata import Metadata, Resources
    from leaderboard.submission.submission import Submission, read_submission
    from leaderboard.submission.validate import validate
    from leaderboard.submission.writing import write_submission
    from leaderboard.web.submitting import submit
    from qslbench.own import baseline, family, names, plug_in, task

__all__ = [
    "Answer",
    "Baseline",
    "Board",
    "Cell",
    "CellKey",
    "CellReport",
    "Couplings",
    "Dataset",
    "Family",
    "GroundState",
    "GroundStateFamily",
    "Hamiltonian",
    "Metadata",
    "Parameter",
    "Parameters",
    "PauliTerms",
    "Receipt",
    "Report",
    "RequestError",
    "Resources",
    "Rows",
    "Sector",
    "Size",
    "SolverSettings",
    "Submission",
    "UnknownError",
    "Value",
    "WorkError",
    "baseline",
    "build",
    "chain_bonds",
    "couplings",
    "family",
    "import_measured",
    "load",
    "names",
    "plug_in",
    "read_submission",
    "run",
    "score",
    "score_file",
    "shadow_correlation",
    "shadow_energy",
    "shadow_renyi2",
    "solve",
    "stream",
    "submit",
    "task",
    "validate",
    "verify",
    "write_submission",
]

_HOME = {
    "baselines.contract.baseline": ("Baseline",),
    "baselines.contract.cell": ("Cell",),
    "baselines.contract.rows": ("Rows",),
    "baselines.running.run": ("run",),
    "builders.building.asked": ("build",),
    "builders.building.ground_state": (
        "GroundState",
        "solve",
    ),
    "builders.building.measured_shots": ("import_measured",),
    "builders.building.verifying": ("verify",),
    "builders.core.errors": (
        "RequestError",
        "UnknownError",
        "WorkError",
    ),
    "builders.core.names": ("Size",),
    "builders.folders.loading": (
        "Dataset",
        "load",
        "stream",
    ),
    "builders.kinds.couplings": (
        "Couplings",
        "couplings",
    ),
    "builders.kinds.ground_state": ("GroundStateFamily",),
    "builders.physics.family": ("Family",),
    "builders.physics.hamiltonian": (
        "Hamiltonian",
        "PauliTerms",
        "Sector",
        "chain_bonds",
    ),
    "builders.physics.hamiltonian_family": ("SolverSettings",),
    "builders.physics.parameters": (
        "Parameter",
        "Parameters",
    ),
    "builders.shadows.energy": ("shadow_energy",),
    "builders.shadows.estimators": (
        "shadow_correlation",
        "shadow_renyi2",
    ),
    "leaderboard.board.service": ("Board",),
    "leaderboard.cells": (
        "Answer",
        "CellKey",
    ),
    "leaderboard.scoring.score": (
        "Report",
        "Value",
        "score",
    ),
    "leaderboard.scoring.scored_file": ("score_file",),
    "leaderboard.scoring.scorer": ("CellReport",),
    "leaderboard.store.records": ("Receipt",),
    "leaderboard.submission.metadata": (
        "Metadata",
        "Resources",
    ),
    "leaderboard.submission.submission": (
        "Submission",
        "read_submission",
    ),
    "leaderboard.submission.validate": ("validate",),
    "leaderboard.submission.writing": ("write_submission",),
    "leaderboard.web.submitting": ("submit",),
    "qslbench.own": (
        "baseline",
        "family",
        "names",
        "plug_in",
        "task",
    ),
    # The command line, which older installations start from here.
    "qslbench.command_line": ("cli", "main"),
}
_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _OF:
        raise AttributeError(f"module 'qslbench' has no attribute {name!r}")
    value = getattr(importlib.import_module(_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
