"""Whether there can be the training data that a cell names."""

from builders import families
from builders.core.errors import RequestError, unknown
from builders.core.names import parse_config
from builders.dataset.manifest import Manifest
from builders.dataset.spec import MAX_ROWS
from builders.physics.record import MAX_SHOTS
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.track import trained_on


def training_faults(key: CellKey, data: Manifest) -> list[str]:
    """What is wrong with n, shots and track of a cell.

    A transfer may name a config that the folder does not hold; then n and shots are bounded by what
    any data set can hold.

    Args:
        key: a cell of a config of the folder, whose task that config has.
        data: manifest of the folder.
    """
    source = trained_on(key.track)
    faults = [] if source is None else _source_faults(key, source)
    entry = data.configs.get(source or key.config)
    is_measured = entry is None or entry.shots > 0
    if not key.shots and is_measured and tasks.load(key.task).kind != "regression":
        faults.append(
            f"column 'shots', cell {key}: 0; the training labels of {key.task} are exact in every "
            "cell. Give a number of shots."
        )
    rows, shots = (
        (MAX_ROWS, MAX_SHOTS) if entry is None else (entry.rows.get("train", 0), entry.shots)
    )
    for column, given, stored in (("n", key.n, rows), ("shots", key.shots, shots)):
        if not 1 <= given <= stored and not (column == "shots" and given == 0):
            faults.append(f"column {column!r}, cell {key}: {given}; the data allow 1 to {stored}.")
    return faults


def _source_faults(key: CellKey, source: str) -> list[str]:
    """Whether a model can have learnt the task on that config."""
    name, size, _ = parse_config(source)
    try:
        family = families.load(name)
        family.check_size(size)
        if key.task not in family.tasks:
            raise unknown(f"task of {name}", key.task, family.tasks)
    except RequestError as error:
        return [f"column 'track', cell {key}: {error}"]
    return []
