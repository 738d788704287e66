"""What rows, metrics and errors are called on the pages, from what a family and a task declare."""

from builders import families
from builders.core.names import parse_config
from builders.physics.geometry import Chain
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.record import PauliTokens
from leaderboard import tasks
from leaderboard.kinds.metrics import Better
from leaderboard.kinds.task import Task


def row_word(config: str) -> str:
    """What one row of a config is: a Hamiltonian, a state, a shot, an instance."""
    name = parse_config(config)[0]
    if name not in families.names():
        return "row"
    family = families.load(name)
    if family.record.per_shot:
        return "shot"
    if isinstance(family, HamiltonianFamily):
        return "Hamiltonian"
    return "state" if isinstance(family.record, PauliTokens) else "instance"


def size_symbol(config: str) -> str:
    """What the size of a config is called: N sites, the distance d of a code, v vertices."""
    letter = parse_config(config)[1].letter
    return "N" if letter == "n" else letter


def size_meaning(config: str) -> str:
    """What the size of a config counts."""
    name = parse_config(config)[0]
    geometry = families.load(name).geometry if name in families.names() else Chain()
    return geometry.what


def metric_title(task: str, metric: str) -> str:
    """The name of a metric for people; of one that the task has no more, its name."""
    every = tasks.load(task).every_metric
    return next((m.title for m in every if m.name == metric), metric)


def direction(better: Better) -> str:
    """`lower is better`, or that neither is."""
    return "neither more nor less is better" if better == "neither" else f"{better} is better"


def ranking_title(task: Task) -> str:
    """The metric that ranks, with the unit of the label where it is an error."""
    metric = task.ranking
    return in_unit(metric.title, task.unit if metric.is_error else "1")


def error_title(task: Task) -> str:
    """What `inspection.row_errors` gives: the metric that ranks if it is an error, else the loss;
    with its unit.
    """
    metric = task.ranking
    return in_unit(metric.title if metric.is_error else task.loss.name.capitalize(), task.unit)


def scored_word(config: str, rows: int, parts: int) -> str:
    """What one of the errors of a cell belongs to: a row, or a block of rows where they are many.

    Args:
        config: of the cell.
        rows: that are scored.
        parts: errors, one a row or a block.
    """
    word = row_word(config)
    return word if rows == parts else f"block of {round(rows / parts)} {word}s"


def scored_words(config: str, rows: int, parts: int) -> str:
    """The plural of `scored_word`: `single states`, `blocks of 4 states`."""
    word = row_word(config)
    return f"single {word}s" if rows == parts else f"blocks of {round(rows / parts)} {word}s"


def in_unit(name: str, unit: str) -> str:
    """`entropy`, `bit` → `entropy in bit`; a name whose numbers have no unit stays as it is."""
    if unit.startswith("as "):
        return f"{name}, {unit}"
    return name if unit == "1" else f"{name} in {unit}"
