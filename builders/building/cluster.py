"""A Dask cluster whose workers give the same bytes as this process: connect, check, run a task.

Only `dask_cluster` and `place` of `builders.building.runners` use this. Workers may be on other
machines and need none of our files: a task's arrays come back as its result. dask and torch are of
an extra, so they are imported in the functions that need them.
"""

import asyncio
import hashlib
import logging
import platform
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from builders.core import own_files
from builders.core.errors import RequestError, WorkError
from builders.core.machine import hardware, versions
from builders.core.own_files import OwnFile

Task = TypeVar("Task")
Result = TypeVar("Result")

# Seconds for the scheduler to answer, and for a first or a new worker to come.
ANSWER = 10
WORKER = 20
# A task that raises is tried again, since another worker may have the memory or the disk that one
# lacked. A worker's death is no such failure: a scheduler bears 3 deaths at one task by default.
RETRIES = 2
# What a solved row does not depend on.
_NOT_COMPARED = {"python", "pyarrow"}
_LOGGERS = ("distributed", "distributed.client")
# The solvers set torch's thread count and block2's memory for the whole process.
_one_task = threading.Lock()


@contextmanager
def connect(address: str) -> Iterator[Any]:
    """A `distributed.Client`, closed at the end.

    Raises:
        RequestError: not an address, or no scheduler answers there.
    """
    _check_address(address)
    try:
        from dask.distributed import Client
    except ImportError:
        raise RequestError(
            "--scheduler needs dask, which is not installed: pip install 'qslbench[build]'."
        ) from None
    with _quiet():
        try:
            # In a thread, for a caller that has an event loop of its own.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _ask_its_name(address)).result()
            client = Client(address, timeout=ANSWER, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            raise RequestError(
                f"scheduler {address!r}: no Dask scheduler answered within {ANSWER} s "
                f"({error or type(error).__name__}). Start one with `dask scheduler`, which prints "
                "its address, and see that this machine reaches it."
            ) from None
        try:
            with client.as_current():
                yield client
        finally:
            client.close(timeout=ANSWER)


def wait_for_equal_workers(client: Any) -> str:
    """Wait for a worker, compare all workers with this process; their hardware in words.

    Raises:
        WorkError: no worker within 20 s.
        RequestError: a worker lacks our package, or has other versions or other code.
    """
    _wait_for_workers(client)
    here = made_with()[0]
    machines = Counter[str]()
    for worker, answer in client.run(made_with, on_error="return").items():
        if isinstance(answer, Exception):
            raise RequestError(
                f"worker {worker} cannot use qslbench ({answer}). Install "
                "what this machine has into the environment of the workers, and restart them."
            )
        compare(answer[0], here, worker)
        machines[answer[1]] += 1
    return "; ".join(f"{count} Dask workers on {name}" for name, count in machines.items())


def made_with() -> tuple[dict[str, str], str]:
    """What the bytes of a row depend on besides its seed, and the hardware of this process."""
    installed = {name: version for name, version in versions().items() if name not in _NOT_COMPARED}
    # Labels are equal to the last bit only where the same libraries run in the same Python.
    installed["python"] = ".".join(platform.python_version_tuple()[:2])
    return {**installed, "code of builders": _code()}, hardware()


def compare(there: dict[str, str], here: dict[str, str], worker: str) -> None:
    """Refuse a worker that runs other versions than the process that asks.

    Raises:
        RequestError: a version differs; names both.
    """
    other = [
        f"{name} {there.get(name, 'missing')} (here {here.get(name, 'missing')})"
        for name in sorted(here.keys() | there.keys())
        if here.get(name) != there.get(name)
    ]
    if other:
        raise RequestError(
            f"worker {worker} has {', '.join(other)}. Data would not be the same, byte for byte. "
            "Install the versions that this machine has, and restart the workers."
        )


@cache
def _code() -> str:
    """Short hash of the source files of this package."""
    total = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode() + b"\0")
        total.update(path.read_bytes())
    return total.hexdigest()[:12]


def threads(client: Any) -> int:
    """Threads of all workers that the scheduler has now.

    Raises:
        WorkError: the scheduler does not answer.
    """
    with _scheduler_there():
        return sum(client.nthreads().values())


def submit(client: Any, solve: Callable[[Task], Result], task: Task) -> Any:
    """Hand a task to the cluster; its future."""
    sent = made_with()[0], own_files.every()
    return client.submit(solve_there, solve, task, *sent, pure=False, retries=RETRIES)


def solve_there(
    solve: Callable[[Task], Result],
    task: Task,
    here: dict[str, str],
    own: tuple[OwnFile, ...] = (),
) -> Result:
    """Runs on the worker: solve the task, if this worker is like the process that asks, with the
    families and models of one's own that came along.

    One task at a time in a process, whatever its threads, and one torch thread for good.
    """
    import torch
    from dask.distributed import get_worker

    compare(made_with()[0], here, get_worker().address)
    with _one_task:
        own_files.restore(own)
        torch.set_num_threads(1)
        return solve(task)


def next_done(client: Any, futures: list[Any]) -> Any:
    """The first of `futures` that is done, well or badly.

    Raises:
        WorkError: the scheduler went away, or all workers did and no new one came.
    """
    from dask.distributed import wait

    while True:
        with _scheduler_there():
            try:
                return next(iter(wait(futures, timeout=ANSWER, return_when="FIRST_COMPLETED").done))
            except TimeoutError:
                pass
        _wait_for_workers(client)


def result_of(future: Any, task: object) -> Any:
    """The result of a future that is done.

    Raises:
        RequestError, WorkError: as the task raised them.
        WorkError: anything else that went wrong.
    """
    from dask.distributed import KilledWorker

    with _scheduler_there():
        try:
            return future.result()
        except (RequestError, WorkError):
            raise
        except KilledWorker:
            raise WorkError(
                f"{task} took down every worker that tried it, perhaps for want of memory. "
                "Finished blocks are kept: start workers with more memory, then --resume."
            ) from None
        except Exception as error:
            raise WorkError(
                f"{task} failed on the cluster: {type(error).__name__}: {error}"
            ) from error


def _wait_for_workers(client: Any) -> None:
    with _scheduler_there():
        try:
            client.wait_for_workers(1, timeout=WORKER)
        except TimeoutError:
            raise WorkError(
                f"the Dask cluster has no worker, and none came within {WORKER} s. Start some: "
                f"`dask worker {client.scheduler.address} --nworkers 2 --nthreads 1`. "
                "Finished blocks are kept for --resume."
            ) from None


async def _ask_its_name(address: str) -> None:
    """Client() would wait for ever for a server that accepts and says nothing."""
    from dask.distributed import Security, rpc

    arguments = Security().get_connection_args("client")
    async with rpc(address, timeout=ANSWER, connection_args=arguments) as server:
        identity = await asyncio.wait_for(server.identity(), ANSWER)
    if identity["type"] != "Scheduler":
        raise ValueError(f"it is a {identity['type']}")


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("tcp", "tls") and parts.hostname and parts.port
        good = good and not (parts.path or parts.query or parts.fragment or parts.username)
    except ValueError:  # a port that is no number
        good = False
    if not good:
        raise RequestError(
            f"scheduler {address!r} is not an address. Give tcp://HOST:PORT, as `dask scheduler` "
            "prints it."
        )


@contextmanager
def _scheduler_there() -> Iterator[None]:
    from dask.distributed import CancelledError

    try:
        yield
    except (OSError, CancelledError) as error:
        raise WorkError(
            f"the Dask scheduler went away ({type(error).__name__}). Finished blocks are kept: "
            "run the same command with --resume."
        ) from None


@contextmanager
def _quiet() -> Iterator[None]:
    """No log lines of the client: what matters in them is raised."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
