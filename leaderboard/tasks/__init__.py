"""The tasks, one a file, found by file name; each file defines `TASK`."""

from builders.core import discovery
from leaderboard.kinds.task import Task


def names() -> list[str]:
    """Names of all tasks."""
    return discovery.names(__name__)


def load(name: str) -> Task:
    """The task of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one. Or a broken plug-in.
    """
    task: Task = discovery.find(__name__, name, "TASK", _check, kind="task")
    return task


def _check(name: str, task: Task) -> None:
    if not isinstance(task, Task):
        raise TypeError(f"`TASK` is {task!r}, a Task such as Regression(…) is needed")
    if task.name != name:
        raise ValueError(f"task {task.name} stands in {name}.py: name both alike")
