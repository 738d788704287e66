"""Plug-in folders of a test, which go with it."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builders.core import discovery

PLUGGED = ("builders.families", "leaderboard.tasks", "leaderboard.views")


@pytest.fixture
def plug_in(monkeypatch) -> Iterator[Callable[[Path], None]]:
    """A function that adds a folder of families, tasks and pages until the test is over."""
    for package in PLUGGED:
        found = importlib.import_module(package)
        monkeypatch.setattr(found, "__path__", list(found.__path__))
    before = set(sys.modules)

    def add(folder: Path) -> None:
        known = os.environ.get(discovery.VARIABLE)
        every = [known, str(folder)] if known else [str(folder)]
        monkeypatch.setenv(discovery.VARIABLE, os.pathsep.join(every))

    yield add
    for name in set(sys.modules) - before:
        if name.startswith(PLUGGED):
            del sys.modules[name]
