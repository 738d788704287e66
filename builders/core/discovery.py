"""Plug-ins found by file name: one file in a folder is one family, task, baseline, page or command.

Beside our own folders stand those of `QSLBENCH_PLUGINS`, folders separated as in PATH: in each, a
folder named like ours (`families`, `tasks`, `models`, `protocols`, `views`) holds files of the same
form. So an addition can be tried, and a private one kept, without a change here.
"""

import importlib
import os
import pkgutil
from pathlib import Path
from types import ModuleType

from builders.core.errors import RequestError, unknown

VARIABLE = "QSLBENCH_PLUGINS"


def names(package: str) -> list[str]:
    """Sorted names of the modules in `package`, found without importing any of them.

    Raises:
        RequestError: a plug-in folder is not there, or a name stands twice.
    """
    path = _package(package).__path__
    modules = [m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")]
    files = [p.stem for folder in path for p in Path(folder).glob("*.py") if p.stem[0] != "_"]
    twice = sorted({name for name in files if files.count(name) > 1})
    if twice:
        raise RequestError(
            f"{VARIABLE}: {', '.join(twice)} of {package} stand in two folders. Rename yours."
        )
    return sorted(modules)


def load(package: str, name: str, *, kind: str) -> ModuleType:
    """The module `package.name`; a broken file raises its own error at once.

    Raises:
        RequestError: no such name; the message holds the nearest one.
    """
    allowed = names(package)
    if name not in allowed:
        raise unknown(kind, name, allowed)
    return importlib.import_module(f"{package}.{name}")


def _package(package: str) -> ModuleType:
    """The package, with the folders of plug-ins on its path."""
    module = importlib.import_module(package)
    for text in os.environ.get(VARIABLE, "").split(os.pathsep):
        if not text:
            continue
        folder = Path(text)
        if not folder.is_dir():
            raise RequestError(f"{VARIABLE}: {text} is not a folder. Correct or unset it.")
        ours = str((folder / package.rpartition(".")[2]).absolute())
        if Path(ours).is_dir() and ours not in module.__path__:
            module.__path__.append(ours)
    return module
