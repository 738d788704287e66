"""Fixtures that all test folders share."""

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import qslbench
from builders.core import discovery, own_files
from tests.builders.synthetic import SPEC, SyntheticFolder, make_folder
from tests.door import Door


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit leaves the page of an `AppTest` as `__main__`, which processes that a later test
    spawns would run.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Door:
    """Run the command line in this process: (exit status, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qslbench", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            qslbench.main()
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return call


PLUGGED = (
    *("builders.families", "leaderboard.tasks", "leaderboard.views"),
    *("baselines.models", "baselines.protocols"),
)


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """A function that adds a folder of plug-ins until the test is over."""
    folders: list[str] = []
    for package in PLUGGED:
        found = importlib.import_module(package)
        monkeypatch.setattr(found, "__path__", list(found.__path__))

    def add(folder: Path) -> None:
        folders.append(str(folder))
        known = filter(None, [os.environ.get(discovery.VARIABLE)])
        monkeypatch.setenv(discovery.VARIABLE, os.pathsep.join([*known, str(folder)]))

    yield add
    for name, module in list(sys.modules.items()):
        if name.startswith(PLUGGED) and str(module.__file__).startswith(tuple(folders)):
            del sys.modules[name]


@pytest.fixture
def own() -> Iterator[None]:
    """Files that a test gives by their path are gone after it."""
    before = own_files.every()
    yield
    for file in own_files.every():
        if file not in before:
            own_files.forget(file)


@pytest.fixture(scope="session")
def synthetic_master(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """One folder pair for tests that only read."""
    return make_folder(tmp_path_factory.mktemp("synthetic"))


@pytest.fixture(scope="session")
def phase_folder(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """A folder pair of a family with the task `phase`, for tests that only read."""
    return make_folder(
        tmp_path_factory.mktemp("phases"), replace(SPEC, family="tfim_1d_critical", shots=4)
    )


@pytest.fixture(scope="session")
def quench_folder(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """A folder pair of evolutions, for tests that only read."""
    rows = {"train": 20, "test": 100}
    return make_folder(
        tmp_path_factory.mktemp("quench"),
        replace(SPEC, family="quench_tfim_1d", rows=rows, shots=4),
    )


@pytest.fixture
def synthetic_folder(synthetic_master: SyntheticFolder, tmp_path: Path) -> SyntheticFolder:
    """A folder pair of a test's own: tfim_1d, N = 8, 12 train and 10 test rows, 32 shots."""
    public, private = tmp_path / "demo", tmp_path / "demo-private"
    shutil.copytree(synthetic_master.public, public)
    shutil.copytree(synthetic_master.private, private)
    return replace(synthetic_master, public=public, private=private)
