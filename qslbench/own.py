"""Own families, tasks, models and protocols for programs, and names of what there is."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from builders.core import discovery, own_files
from builders.core.errors import unknown

if TYPE_CHECKING:
    from baselines.contract.baseline import Baseline
    from builders.physics.family import Family
    from leaderboard.kinds.task import Task

Kind = Literal["families", "tasks", "baselines", "protocols"]

_PACKAGES = {
    "families": ("builders.families", "family"),
    "tasks": ("leaderboard.tasks", "task"),
    "models": ("baselines.models", "baseline"),
    "protocols": ("baselines.protocols", "protocol"),
}


def plug_in(file: str | Path) -> str:
    """Have a file of yours beside the families, tasks, models and protocols of the package.

    Its code is run when the name is asked for. Functions that take the name of a family or of a
    baseline take the path of a file as well; this is for data that others built with a family of
    theirs.

    Args:
        file: defines `FAMILY`, `TASK`, `Model` or `PROTOCOL`.

    Returns:
        The name that it has from now on: that of the file without `.py`.

    Raises:
        RequestError: no such file, no Python, nothing of these, or a name that is taken.

    >>> import qslbench
    >>> qslbench.plug_in("toy_graph.py")
    'toy_graph'
    >>> qslbench.family("toy_graph").title
    'Largest cut of a graph'
    """
    path = Path(file)
    own_files.check(path)
    folder = own_files.folder_of(path)
    if folder not in _PACKAGES:
        raise unknown("kind of file to plug in", folder, _PACKAGES)
    package, kind = _PACKAGES[folder]
    return discovery.add(package, path, kind=kind)


def names(kind: Kind) -> list[str]:
    """Names of all families, tasks, baselines or protocols, sorted; none of them is imported.

    Raises:
        RequestError: another kind.

    >>> import qslbench
    >>> "tfim_1d" in qslbench.names("families"), "ridge" in qslbench.names("baselines")
    (True, True)
    """
    if kind not in get_args(Kind):
        raise unknown("kind", kind, get_args(Kind))
    return discovery.names(_PACKAGES["models" if kind == "baselines" else kind][0])


def family(name: str) -> "Family":
    """A family by its name, or by the path of a file with one of yours.

    Raises:
        RequestError: unknown, or a file that is not one.

    >>> import qslbench
    >>> qslbench.family("tfim_1d").formula
    'H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i'
    """
    from builders import families

    return families.load(families.named(name))


def task(name: str) -> "Task":
    """A task by its name: label, unit, metrics.

    Raises:
        RequestError: unknown.

    >>> import qslbench
    >>> qslbench.task("correlation").primary
    'rmse'
    """
    from leaderboard import tasks

    return tasks.load(name)


def baseline(name: str) -> "type[Baseline]":
    """The class of a baseline by its name, or by the path of a file with a model of yours.

    Raises:
        RequestError: unknown, or a file that is not one.

    >>> import qslbench
    >>> cell = qslbench.Cell.open("data", "tfim_1d_n008", "correlation", n=12, shots=32)
    >>> model = qslbench.baseline("train_mean")(seed=0).fit(cell)
    >>> model.predict(cell.rows).shape, str(model.predict(cell.rows).dtype)
    ((10, 64), 'float32')
    """
    import baselines

    return baselines.load(baselines.named(name))
