"""Plug-ins found by file name: one file in a folder is one family, task, baseline, page or command.

Beside our own folders stand those of `QSLBENCH_PLUGINS`, folders separated as in PATH: in each, a
folder named like ours (`families`, `tasks`, `models`, `protocols`, `views`) holds files of the same
form. So an addition can be tried, and a private one kept, without a change here. A fault in such a
file is refused with the file and the reason; one in ours raises its own error.
"""

import importlib
import os
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from builders.core.errors import RequestError, unknown
from builders.core.extras import missing_extra

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
    """The module `package.name`.

    Raises:
        RequestError: no such name; the message holds the nearest one. Or a broken plug-in.
    """
    if f"{package}.{name}" in sys.modules and not name.startswith("_"):
        # Not out of sys.modules: another thread may be half way through that import.
        return importlib.import_module(f"{package}.{name}")
    allowed = names(package)
    if name not in allowed:
        raise unknown(kind, name, allowed)
    with refused_faults(package, name):
        return importlib.import_module(f"{package}.{name}")


def find(
    package: str, name: str, attribute: str, check: Callable[[str, Any], None], *, kind: str
) -> Any:
    """What the module `package.name` defines as `attribute`, such as `FAMILY`.

    Args:
        package: the folder.
        name: of the file.
        attribute: of the module.
        check: raises what is wrong with a name and a value.
        kind: what it is called, for the message.

    Raises:
        RequestError: see `load`.
    """
    module = load(package, name, kind=kind)
    with refused_faults(package, name):
        value = getattr(module, attribute)
        check(name, value)
    return value


@contextmanager
def refused_faults(package: str, name: str) -> Iterator[None]:
    """Turn any error into a refusal where the file is a plug-in of the user's; in ours, a package
    that is not installed.

    Raises:
        RequestError: the file, the reason, and what to do; or the extra to install.
    """
    try:
        yield
    except Exception as error:
        file = plug_in(package, name)
        missing = missing_extra(error) if isinstance(error, ImportError) else None
        if missing is not None:
            raise missing from error
        if file is None:
            raise
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
        where = f", line {lines[-1]}" if lines else ""
        raise RequestError(
            f"{file}{where}: {type(error).__name__}: {error}. Correct this file, or take it out of "
            f"the folders of {VARIABLE}."
        ) from error


def plug_in(package: str, name: str) -> str | None:
    """The file of a plug-in; None for a file of ours."""
    files = [str(folder / f"{name}.py") for folder in _folders(package)]
    return next((file for file in files if Path(file).is_file()), None)


def _folders(package: str) -> Iterator[Path]:
    """Folders of plug-ins that belong to a package, whether they are there or not."""
    for text in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        if not Path(text).is_dir():
            raise RequestError(f"{VARIABLE}: {text} is not a folder. Correct or unset it.")
        yield (Path(text) / package.rpartition(".")[2]).absolute()


def _package(package: str) -> ModuleType:
    """The package, with the folders of plug-ins on its path."""
    module = importlib.import_module(package)
    for folder in _folders(package):
        if folder.is_dir() and str(folder) not in module.__path__:
            module.__path__.append(str(folder))
    return module
