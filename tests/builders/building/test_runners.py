"""Where blocks run has no effect on the bytes; clusters that would change them are refused."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import factorial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dask.distributed import KilledWorker

from builders import families
from builders.building import checkpoints, cluster, runners
from builders.building.blocks import RowBlock
from builders.building.build import build
from builders.core.errors import RequestError, WorkError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from tests.builders.building.test_build import data_hashes
from tests.paths import ROOT

# Seven blocks of training rows and one of test rows.
BLOCK = families.load("tfim_1d").solver_settings(Size(6)).block
SPEC = BuildSpec(
    *("tfim_1d", Size(6), {"train": 7 * BLOCK - 3, "test": 5}, 8, 0),
    test_seed=2_718_281_828_459_045,
)
BLOCKS = 8


@contextmanager
def dask(log: Path, *args: str, path: Path = ROOT) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Dask, killed at the end; it imports from `path` first."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(path), str(ROOT)])}
    command = [sys.executable, "-c", "from dask.__main__ import main; main()", *args]
    with (
        log.open("wb") as stream,
        subprocess.Popen(command, stdout=stream, stderr=stream, env=env, cwd=log.parent) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a scheduler without workers."""
    log = tmp_path_factory.mktemp("scheduler") / "log"
    with dask(log, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"):
        for _ in range(600):
            if found := re.search(r"Scheduler at:\s+(tcp://\S+)", log.read_text()):
                break
            time.sleep(0.1)
        assert found, log.read_text()
        yield found[1]


@contextmanager
def workers(
    scheduler: str, folder: Path, count: int = 1, path: Path = ROOT
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers of a scheduler that has none, all connected."""
    started = []

    def start(left: int) -> Iterator[None]:
        if left == 0:
            with cluster.connect(scheduler) as client:
                client.wait_for_workers(count, timeout=60)
            yield
            return
        options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        place = ("--local-directory", str(folder / f"worker{left}"))
        with dask(folder / f"log{left}", "worker", scheduler, *options, *place, path=path) as one:
            started.append(one)
            yield from start(left - 1)

    for _ in start(count):
        yield started
    with cluster.connect(scheduler) as client:  # the next test begins without workers
        while client.nthreads():
            time.sleep(0.05)


def on_writing(patch: pytest.MonkeyPatch, then: Callable[[int], None]) -> list[str]:
    """Call `then` with the number of checkpoints after each; the list of their names grows."""
    written: list[str] = []
    real = checkpoints.write

    def write(path: Path, arrays: dict[str, np.ndarray]) -> None:
        real(path, arrays)
        written.append(path.name)
        then(len(written))

    patch.setattr(checkpoints, "write", write)
    return written


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Hashes of SPEC built in one process of this machine, both folders."""
    out = tmp_path_factory.mktemp("local")
    build(SPEC, out / "data", workers=1)
    return data_hashes(out)


@pytest.mark.slow
def test_a_worker_killed_on_the_way_changes_nothing(
    scheduler: str, local: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    with workers(scheduler, tmp_path / "work", 2) as two:
        # Six blocks or more are open then, four of them at the workers.
        written = on_writing(
            monkeypatch, lambda n: two[0].send_signal(signal.SIGKILL) if n == 2 else None
        )
        build(SPEC, tmp_path / "out" / "data", scheduler=scheduler)
        assert two[0].wait() == -signal.SIGKILL
        assert two[1].poll() is None
    assert len(written) == len(set(written)) == BLOCKS
    assert data_hashes(tmp_path / "out") == local
    manifest = (tmp_path / "out" / "data" / "manifest.json").read_text()
    assert '"hardware": "2 Dask workers on ' in manifest


@pytest.mark.slow
def test_a_build_that_loses_its_workers_resumes_on_others(
    scheduler: str, local: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    with monkeypatch.context() as patch, workers(scheduler, tmp_path / "work") as (one,):
        patch.setattr(cluster, "ANSWER", 5)
        patch.setattr(cluster, "WORKER", 1)
        before = on_writing(patch, lambda n: one.kill() if n == 3 else None)
        with pytest.raises(WorkError, match=r"has no worker.*dask worker tcp://.*--resume"):
            build(SPEC, tmp_path / "out" / "data", scheduler=scheduler)
    assert not (tmp_path / "out" / "data").exists()
    # Results that had reached us before the worker died are written as well.
    assert 3 <= len(before) < BLOCKS
    with workers(scheduler, tmp_path / "work"), monkeypatch.context() as patch:
        after = on_writing(patch, lambda _: None)
        build(SPEC, tmp_path / "out" / "data", scheduler=scheduler, resume=True)
    assert set(before) & set(after) == set()
    assert len(before) + len(after) == BLOCKS
    assert data_hashes(tmp_path / "out") == local


@pytest.mark.slow
def test_tasks_on_a_worker(scheduler: str, tmp_path: Path) -> None:
    with (
        workers(scheduler, tmp_path),
        runners.place(None, scheduler) as place,
    ):
        # More tasks than are under way at once.
        assert dict(place.run(factorial, range(10))) == {n: factorial(n) for n in range(10)}
        torch_threads = place.run(lambda _: __import__("torch").get_num_threads(), [0])
        assert list(torch_threads) == [(0, 1)]
        with pytest.raises(WorkError, match="-1 failed on the cluster: ValueError: factorial"):
            list(place.run(factorial, [-1]))
        # An error of ours keeps its kind, and with it the exit status.
        with pytest.raises(RequestError, match="at most 1024"):
            list(place.run(families.load("tfim_1d").check_size, [Size(2000)]))


@pytest.mark.slow
def test_a_worker_is_no_scheduler(scheduler: str, tmp_path: Path) -> None:
    with workers(scheduler, tmp_path), cluster.connect(scheduler) as client:
        (worker,) = client.nthreads()
        with (
            pytest.raises(RequestError, match=r"no Dask scheduler .*it is a Worker"),
            runners.place(None, worker),
        ):
            pass


@pytest.mark.slow
def test_workers_that_would_give_other_bytes_are_refused(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other" / "torch-1.2.3.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 1.2.3\n")
    with workers(scheduler, tmp_path, path=other.parent):
        out = tmp_path / "data"
        scratch = checkpoints.folder(out, SPEC, SPEC.settings("train", "torch"))
        kept = scratch / "train-00000.npz"
        kept.parent.mkdir(parents=True)
        kept.touch()
        with pytest.raises(RequestError, match=r"torch 1\.2\.3 \(here [2-9]"):
            build(SPEC, out, scheduler=scheduler)
        assert kept.exists()  # refused before anything is thrown away
        # A worker that joins after the check is refused with its first task.
        monkeypatch.setattr(cluster, "wait_for_equal_workers", lambda _: "")
        with pytest.raises(RequestError, match=r"torch 1\.2\.3 \(here [2-9]"):
            build(SPEC, out, scheduler=scheduler)


@pytest.mark.slow
def test_workers_without_our_package_are_refused(scheduler: str, tmp_path: Path) -> None:
    (tmp_path / "bare" / "builders").mkdir(parents=True)
    (tmp_path / "bare" / "builders" / "__init__.py").touch()
    with (
        workers(scheduler, tmp_path, path=tmp_path / "bare"),
        pytest.raises(RequestError, match=r"cannot use qslbench \(.*No module named"),
    ):
        build(SPEC, tmp_path / "data", scheduler=scheduler)


@pytest.mark.slow
def test_a_cluster_without_workers(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WORKER", 0.5)
    with pytest.raises(WorkError, match=r"no worker, and none came within 0\.5 s. Start some"):
        build(SPEC, tmp_path / "data", scheduler=scheduler)


@pytest.mark.parametrize("listening", [False, True])
def test_an_address_where_no_scheduler_answers(
    listening: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ANSWER", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listening:
            silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with (
            pytest.raises(RequestError, match=r"no Dask scheduler answered within 0\.5 s"),
            runners.place(None, address),
        ):
            pass


@pytest.mark.parametrize(
    "address",
    [
        *("", "host", "host:8786", "tcp://host", "tcp://:8786", "tcp://host:port"),
        *("tcp://host:99999", "tcp://host:8786/x", "http://host:8786", "tcp://[::1:8786"),
    ],
)
def test_malformed_addresses(address: str) -> None:
    with (
        pytest.raises(RequestError, match=re.escape(f"{address!r} is not an address")),
        runners.place(None, address),
    ):
        pass


def test_workers_and_scheduler_exclude_each_other() -> None:
    with (
        pytest.raises(RequestError, match=r"workers 2 and scheduler .* exclude each other"),
        runners.place(2, "tcp://host:8786"),
    ):
        pass


def test_two_tasks_a_thread_are_under_way_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    class Future:
        pass

    under_way: dict[Future, int] = {}
    most = []

    def submit(client: object, solve: object, task: int) -> Future:
        future = Future()
        under_way[future] = task
        most.append(len(under_way))
        return future

    monkeypatch.setattr(cluster, "submit", submit)
    monkeypatch.setattr(cluster, "threads", lambda _: 3)
    monkeypatch.setattr(cluster, "next_done", lambda _, futures: futures[-1])
    monkeypatch.setattr(cluster, "result_of", lambda future, _: under_way.pop(future))
    done = dict(runners.dask_cluster(abs, range(20), client=None))
    assert done == {n: n for n in range(20)}
    assert max(most) == 6


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KilledWorker("key", None, 3), "took down every worker"),
        (MemoryError("no room"), "failed on the cluster: MemoryError: no room"),
        (ConnectionError("gone"), "failed on the cluster: ConnectionError: gone"),
    ],
)
def test_failures_name_the_block(error: Exception, said: str) -> None:
    class Failed:
        def result(self) -> Any:
            raise error

    with pytest.raises(WorkError, match=rf"Block\(split='train', number=3\) {said}"):
        cluster.result_of(Failed(), RowBlock("train", 3))


def test_versions_that_differ_or_lack_are_named() -> None:
    here = {"torch": "2.0", "numpy": "1.0", "scipy": "1.0"}
    cluster.compare(dict(here), here, "w")
    with pytest.raises(RequestError, match=r"w has scipy missing \(here 1.0\), torch 3 \(here 2"):
        cluster.compare({"torch": "3", "numpy": "1.0"}, here, "w")
    assert {"torch", "numpy", "code of builders"} <= cluster.made_with()[0].keys()


def test_a_pool_gives_what_is_done_and_says_that_a_worker_died() -> None:
    assert dict(runners.process_pool(factorial, range(5), workers=2))[4] == 24
    with pytest.raises(WorkError, match=r"a worker died.*--resume"):
        list(runners.process_pool(os._exit, [3, 3], workers=2))
    with pytest.raises(RequestError, match="workers 0"), runners.place(0, None):
        pass


def test_a_script_without_its_guard_is_told_so(tmp_path: Path) -> None:
    """Every process that it starts would begin the build once more, over the first one's blocks."""
    script = tmp_path / "script.py"
    script.write_text(
        "import qslbench\n"
        "qslbench.build('tfim_1d', 4, train=150, test=150, shots=4, out='data', workers=2)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert (
        'a script that starts processes does so below `if __name__ == "__main__":`' in done.stderr
    )
    assert "bootstrapping" not in done.stderr
    assert "WorkError: a worker died" in done.stderr
