"""The tasks, one a file, found by file name; each file defines `TASK`."""

from builders.core import discovery
from leaderboard.kinds.task import Task


def names() -> list[str]:
    """Names of all tasks."""
    return discovery.names(__name__)


def load(name: str) -> Task:
    """The task of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one.
    """
    task: Task = discovery.load(__name__, name, kind="task").TASK
    return task
