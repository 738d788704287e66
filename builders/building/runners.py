"""Where the tasks of a build or a protocol run: here, in a pool of processes, on a Dask cluster.

A runner is called with a function and a list of tasks, and gives (task, result) as tasks finish, in
any order. Whoever calls it keeps the results; nothing here writes a file.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from builders.core import own_files
from builders.core.errors import RequestError, WorkError
from builders.core.machine import hardware
from builders.core.own_files import OwnFile

Task = TypeVar("Task")
Result = TypeVar("Result")


class Runner(Protocol):
    """Calls `solve` on every task; it and the tasks are pickled where processes change."""

    def __call__(
        self, solve: Callable[[Task], Result], tasks: Sequence[Task], /
    ) -> Iterator[tuple[Task, Result]]:
        """Every task with its result, in the order in which they finish."""


@dataclass(frozen=True)
class WorkPlace:
    """A runner, and the machines behind it in words."""

    run: Runner
    hardware: str


@contextmanager
def place(workers: int | None, scheduler: str | None) -> Iterator[WorkPlace]:
    """The place that was asked for, held while the context is open.

    Args:
        workers: processes on this machine; default one a processor.
        scheduler: address of a Dask scheduler, `tcp://host:port`, instead of processes.

    Raises:
        RequestError: fewer than one worker, both given, or a cluster that cannot be used.
        WorkError: a cluster without workers.
    """
    if workers is not None and workers < 1:
        raise RequestError(f"workers {workers}: at least 1 is needed.")
    if scheduler is None:
        count = workers or os.cpu_count() or 1
        yield WorkPlace(partial(process_pool, workers=count), hardware())
        return
    if workers is not None:
        raise RequestError(
            f"workers {workers} and scheduler {scheduler!r} exclude each other. Give one: the "
            "workers of a cluster are started beside its scheduler."
        )
    # distributed takes a second to import, and belongs to an extra.
    from builders.building import cluster

    with cluster.connect(scheduler) as client:
        machines = cluster.wait_for_equal_workers(client)
        yield WorkPlace(partial(dask_cluster, client=client), machines)


def check_main() -> None:
    """End a process that was started to work and runs the script of its parent from the top.

    It does so where the script does not keep what starts processes for itself alone: then this one
    would begin the whole build once more, beside the first.
    """
    # While a started process runs the script, its module is not yet its `__main__`.
    if sys.modules.get("__mp_main__", sys.modules["__main__"]) is not sys.modules["__main__"]:
        sys.exit(
            'qslbench: a script that starts processes does so below `if __name__ == "__main__":`, '
            "or every process starts more. Put the call there, or give workers=1."
        )


def in_process(
    solve: Callable[[Task], Result], tasks: Sequence[Task]
) -> Iterator[tuple[Task, Result]]:
    """One task after the other, in this process."""
    for task in tasks:
        yield task, solve(task)


def process_pool(
    solve: Callable[[Task], Result], tasks: Sequence[Task], *, workers: int
) -> Iterator[tuple[Task, Result]]:
    """Up to `workers` processes on this machine; one is this process itself.

    Raises:
        WorkError: a process died; what the others finished is given before.
    """
    if min(workers, len(tasks)) <= 1:
        yield from in_process(solve, tasks)
        return
    broken = False
    # Fresh interpreters: a fork of a process with running torch threads can hang.
    with ProcessPoolExecutor(
        min(workers, len(tasks)),
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(own_files.every(),),
    ) as pool:
        futures = {pool.submit(solve, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                task = futures.pop(future)  # a result is held by nobody once it is given
                try:
                    result = future.result()
                except BrokenProcessPool:
                    broken = True
                    continue
                yield task, result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if broken:
        raise WorkError(
            "a worker died, perhaps for want of memory, or in a script that starts processes "
            'outside of `if __name__ == "__main__":`. What is finished is kept: run the same '
            "command with fewer --workers, a build with --resume."
        )


def _begin(own: Sequence[OwnFile]) -> None:
    """What a worker does first: it takes over the files that its parent was given.

    Ctrl-C reaches every process: a worker ends at once and says nothing, its parent does.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    own_files.restore(own)


def dask_cluster(
    solve: Callable[[Task], Result], tasks: Sequence[Task], *, client: Any
) -> Iterator[tuple[Task, Result]]:
    """The workers of the cluster that `client` (distributed.Client) is connected to.

    At most two tasks a thread of the cluster are under way, so that few results wait for us. The
    task of a worker that dies goes to another one; tasks that were given are not run again.

    Raises:
        RequestError: a worker that joined on the way has other versions.
        WorkError: a task failed, or the scheduler or all workers went away.
    """
    from builders.building import cluster

    waiting = iter(tasks)
    under_way: dict[Any, Task] = {}
    while True:
        # At least one, also while no worker is there: waiting for it waits for workers.
        room = max(2 * cluster.threads(client), 1) - len(under_way)
        for task in islice(waiting, max(room, 0)):
            under_way[cluster.submit(client, solve, task)] = task
        if not under_way:
            return
        future = cluster.next_done(client, list(under_way))
        task = under_way.pop(future)
        yield task, cluster.result_of(future, task)
        del future  # the cluster keeps a result as long as a future asks for it
