"""Plug-ins found by file name: one file in a folder is one family, task, baseline, page or command.

Beside our own stand those of others, in the same form. `QSLBENCH_PLUGINS` names folders and files,
separated as in PATH: in a folder, one named like ours (`families`, `tasks`, `models`, `protocols`,
`views`) holds such files; a file says by what it defines where it belongs. Commands take the path
of a file in place of a name. An installed package names modules of its own in the entry-point
groups `qslbench.families`, `qslbench.tasks`, `qslbench.models` and `qslbench.protocols`. So an
addition can be tried, and a private one kept, without a change here. A fault in such a file is
refused with the file and the reason; one in ours raises its own error.
"""

import importlib
import inspect
import os
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from builders.core import own_files
from builders.core.errors import RequestError, WorkError, unknown
from builders.core.extras import missing_extra
from builders.core.own_files import OwnFile

VARIABLE = "QSLBENCH_PLUGINS"
GROUPS = ("families", "tasks", "models", "protocols")
"""Folders whose like an installed package may bring, as entry points of `qslbench.FOLDER`."""


_texts: dict[str, bytes] = {}  # of files in folders, as they were when they were imported


def names(package: str) -> list[str]:
    """Sorted names of the modules in `package`, found without importing any of them.

    Raises:
        RequestError: a plug-in folder or file is not there, or a name stands twice.
    """
    path = _package(package).__path__
    modules = [m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_")]
    files = [p.stem for folder in path for p in Path(folder).glob("*.py") if p.stem[0] != "_"]
    installed = _installed(package)
    files += [*own_files.of_package(package), *installed]
    twice = sorted({name for name in files if files.count(name) > 1})
    if twice:
        by = [f"{name} of the installed {installed[name]}" for name in twice if name in installed]
        raise RequestError(
            f"entry points: {', '.join(by)} is named like one that is there already. Uninstall it, "
            "or have it renamed."
            if by
            else f"{VARIABLE}: {', '.join(twice)} of {package} stand in two folders. Rename yours."
        )
    return sorted({*modules, *files})


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
    file = plug_in(package, name)
    if file is not None and Path(file).is_file():
        _texts[file] = Path(file).read_bytes()
    with refused_faults(package, name):
        return importlib.import_module(_installed(package).get(name, f"{package}.{name}"))


def find(
    package: str,
    name: str,
    attribute: str,
    check: Callable[[str, Any], None],
    *,
    kind: str,
    base: Callable[[], type] | None = None,
    made: bool = False,
) -> Any:
    """What the module `package.name` defines as `attribute`, such as `FAMILY`.

    Args:
        package: the folder.
        name: of the file.
        attribute: of the module.
        check: raises what is wrong with a name and a value.
        kind: what it is called, for the message.
        base: gives the class of which a file of somebody's own may define one subclass, in place of
            `attribute`; None where it has to name it.
        made: whether the attribute is an instance of that class.

    Raises:
        RequestError: see `load`.
    """
    module = load(package, name, kind=kind)
    with refused_faults(package, name):
        if base is not None and not hasattr(module, attribute) and plug_in(package, name):
            value = _sole(module, attribute, base())
            value = value() if made else value
        else:
            value = getattr(module, attribute)
        check(name, value)
    return value


def _sole(module: ModuleType, attribute: str, base: type) -> Any:
    """The one subclass that a file defines."""
    every = [
        x for x in vars(module).values() if isinstance(x, type) and x.__module__ == module.__name__
    ]
    found = [x for x in every if issubclass(x, base)]
    found = [x for x in found if not inspect.isabstract(x)] or found
    if len(found) > 1:
        names_ = " and ".join(x.__name__ for x in found)
        made = "()" if attribute.isupper() else ""
        raise TypeError(
            f"it defines {names_}. Say which is meant, such as `{attribute} = "
            f"{found[0].__name__}{made}` at its end, or put each into a file of its own"
        )
    return found[0] if found else getattr(module, attribute)


def named(package: str, text: str, *, kind: str) -> str:
    """The name of what a command was given: a name, or the path of a file, which is read.

    Raises:
        RequestError: see `add`.
    """
    if not text.endswith(".py") and os.sep not in text:
        return text
    return add(package, Path(text), kind=kind)


def add(package: str, path: Path, *, kind: str) -> str:
    """Have a file of one's own beside those of a package; its name.

    Args:
        package: the folder.
        path: of the file.
        kind: what it is called, for the message.

    Raises:
        RequestError: no such file, no Python, or a name that another one has.
    """
    own = own_files.read(package, path)
    before = own_files.of_package(package).get(own.name)
    if before is not None and before.text == own.text:
        return own.name
    if before is not None:
        raise RequestError(
            f"{path}: {kind} {own.name} is {before.path} in this process, with another text. "
            "Start a new one after a change, and give files different names."
        )
    if own.name in names(package):
        raise RequestError(
            f"{path}: there is a {kind} {own.name} already. Give the file another name."
        )
    try:
        compile(own.text, own.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise RequestError(f"{own_files.where(error, own.path)}. Correct this file.") from None
    own_files.keep(own)
    return own.name


@contextmanager
def refused_faults(package: str, name: str, *, running: bool = False) -> Iterator[None]:
    """Turn any error into a refusal where the file is a plug-in of the user's; in ours, a package
    that is not installed.

    Args:
        package: the folder.
        name: of the file.
        running: whether its code is at work, and not looked at: refusals of ours that it met are
            not its fault then.

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
        if file is None or (running and isinstance(error, RequestError | WorkError)):
            raise
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
        at = f", line {lines[-1]}" if lines and not isinstance(error, SyntaxError) else ""
        said = own_files.where(error, f"{file}{at}")
        given = name in own_files.of_package(package)
        out = "" if given else f", or take it out of the folders of {VARIABLE}"
        out = ", or uninstall it" if name in _installed(package) else out
        raise RequestError(f"{said}. Correct this file{out}.") from error


def plug_in(package: str, name: str) -> str | None:
    """The file of a plug-in; None for a file of ours."""
    own = own_files.of_package(package).get(name)
    if own is not None:
        return own.path
    module = _installed(package).get(name)
    if module is not None:
        return str(getattr(sys.modules.get(module), "__file__", None) or module)
    files = [str(folder / f"{name}.py") for folder in _folders(package)]
    return next((file for file in files if Path(file).is_file()), None)


def source(package: str, name: str) -> OwnFile | None:
    """The file of a plug-in as it was read, for data sets to remember; None for a file of ours."""
    own = own_files.of_package(package).get(name)
    file = plug_in(package, name)
    if own is not None or file is None:
        return own
    # The text that was run, and not one that was written since.
    return OwnFile(package, file, _texts.get(file) or Path(file).read_bytes())


def _listed() -> Iterator[Path]:
    """What `QSLBENCH_PLUGINS` names."""
    for text in filter(None, os.environ.get(VARIABLE, "").split(os.pathsep)):
        path = Path(text)
        if not path.is_dir() and not (path.suffix == ".py" and path.is_file()):
            raise RequestError(
                f"{VARIABLE}: {text} is not a folder, and no file of Python. Correct or unset it."
            )
        yield path


def _folders(package: str) -> Iterator[Path]:
    """Folders of plug-ins that belong to a package, whether they are there or not."""
    for path in _listed():
        if path.is_dir():
            yield (path / package.rpartition(".")[2]).absolute()


def _package(package: str) -> ModuleType:
    """The package, with the folders and files of plug-ins beside its own."""
    module = importlib.import_module(package)
    for folder in _folders(package):
        if folder.is_dir() and str(folder) not in module.__path__:
            module.__path__.append(str(folder))
    for path in _listed():
        if path.is_file() and own_files.folder_of(path) == package.rpartition(".")[2]:
            _add_listed(package, path)
    return module


def _add_listed(package: str, path: Path) -> None:
    known = own_files.of_package(package)
    if path.stem not in known:
        own_files.keep(own_files.read(package, path))
    elif known[path.stem].path != str(path.absolute()):
        raise RequestError(
            f"{VARIABLE}: {path} and {known[path.stem].path} have one name. Rename one."
        )


def _installed(package: str) -> dict[str, str]:
    """Name → module, of those that installed packages bring."""
    folder = package.rpartition(".")[2]
    return _entry_points(folder) if folder in GROUPS else {}


@cache
def _entry_points(folder: str) -> dict[str, str]:
    from importlib.metadata import entry_points

    found: dict[str, str] = {}
    for point in entry_points(group=f"qslbench.{folder}"):
        if point.attr or point.module.rpartition(".")[2] != point.name or point.name in found:
            raise RequestError(
                f"entry point {point.name} = {point.value} of qslbench.{folder}: name a module of "
                f"the form of our files, whose last part is the name, such as {point.name} = "
                f"my_package.{point.name}, once."
            )
        found[point.name] = point.module
    return found
