"""Files of one's own beside ours: a family, a task, a baseline or a protocol from a path.

A file is read once, when it is given. That text is what runs, here, in other processes and on the
workers of a cluster, and its hash is what a data set remembers of it. It has the form of our own
files and is one of them from then on: `./my_family.py` is the module `builders.families.my_family`.
"""

import ast
import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.abc import ExecutionLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, spec_from_loader
from pathlib import Path
from typing import Any

from builders.core.errors import RequestError

MARKS = {
    "FAMILY": "families",
    "TASK": "tasks",
    "Model": "models",
    "PROTOCOL": "protocols",
    "PAGE": "views",
}
"""What a file defines → the folder of ours that holds such files."""
_BASES = {"Family": "families", "Baseline": "models"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MAX_BYTES = 2**20


@dataclass(frozen=True)
class OwnFile:
    """One file, as it was read.

    Attributes:
        package: of ours that it belongs to, such as the one of families.
        path: where it was; "" where it came with an installed package.
        text: its bytes.
    """

    package: str
    path: str
    text: bytes

    @property
    def name(self) -> str:
        """What it is called in commands and configs."""
        return Path(self.path).stem

    @property
    def file(self) -> str:
        """The name of the file."""
        return Path(self.path).name

    @property
    def module(self) -> str:
        """The module that it is."""
        return f"{self.package}.{self.name}"

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the file, as `sha256sum` prints it."""
        return hashlib.sha256(self.text).hexdigest()


_kept: dict[str, OwnFile] = {}


def read(package: str, path: Path) -> OwnFile:
    """Read a file that is to belong to a package of ours.

    Raises:
        RequestError: no such file, none of Python, or a name that nothing here can have.
    """
    check(path)
    if not _NAME.fullmatch(path.stem):
        raise RequestError(
            f"{path}: the file's name is what it is called here, and {path.stem!r} is no such "
            "name. Use lower-case letters, digits and _, a letter first."
        )
    if path.stat().st_size > _MAX_BYTES:
        raise RequestError(f"{path} has {path.stat().st_size} bytes; at most {_MAX_BYTES}.")
    return OwnFile(package, str(path.absolute()), path.read_bytes())


def check(path: Path) -> None:
    """Refuse what is no file of Python.

    Raises:
        RequestError: such a path.
    """
    if path.suffix != ".py" or not path.is_file():
        what = "no file of Python" if path.is_file() else "no file"
        raise RequestError(f"{path} is {what}. Give a file whose name ends in .py.")


def folder_of(path: Path) -> str:
    """The folder of ours that a file belongs to, by what it defines; nothing of it is run.

    Raises:
        RequestError: it is no Python, defines nothing of the kind, or several.
    """
    try:
        body = ast.parse(path.read_bytes(), filename=str(path)).body
    except (SyntaxError, ValueError) as error:
        raise RequestError(f"{where(error, str(path))}. Correct this file.") from None
    classes = [node for node in body if isinstance(node, ast.ClassDef)]
    named = {node.name for node in classes}
    for node in body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        named |= {target.id for target in targets if isinstance(target, ast.Name)}
    found = {MARKS[name] for name in named & MARKS.keys()} or _by_bases(classes)
    if len(found) != 1:
        marks = ", ".join(MARKS)
        said = f"things of {' and '.join(sorted(found))}" if found else f"none of {marks}"
        raise RequestError(f"{path} defines {said}: one of {marks} says what a file is.")
    return found.pop()


def _by_bases(classes: Iterable[ast.ClassDef]) -> set[str]:
    bases = [ast.unparse(base).rpartition(".")[2] for node in classes for base in node.bases]
    return {folder for end, folder in _BASES.items() if any(base.endswith(end) for base in bases)}


def where(error: BaseException, file: str) -> str:
    """A fault of Python in a file, in one line: the file, the line and the reason."""
    if isinstance(error, SyntaxError):
        return f"{error.filename or file}, line {error.lineno}: {type(error).__name__}: {error.msg}"
    return f"{file}: {type(error).__name__}: {error}"


def of_package(package: str) -> dict[str, OwnFile]:
    """Name → file, of all that belong to a package."""
    return {own.name: own for own in _kept.values() if own.package == package}


def every() -> tuple[OwnFile, ...]:
    """All files, for another process."""
    return tuple(_kept.values())


def keep(own: OwnFile) -> None:
    """Make a file a module of ours, which is imported when it is asked for."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())
    _kept[own.module] = own


def forget(own: OwnFile) -> None:
    """Take a file out again, and the module that it was."""
    _kept.pop(own.module, None)
    sys.modules.pop(own.module, None)


def restore(files: Iterable[OwnFile]) -> None:
    """Have those files of another process, in place of others of their names."""
    for own in files:
        before = _kept.get(own.module)
        if before is not None and before.text != own.text:
            forget(before)
        keep(own)


class _Finder(MetaPathFinder):
    """Finds kept files among our modules."""

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        del path, target
        own = _kept.get(fullname)
        return None if own is None else spec_from_loader(fullname, _Loader(own))


class _Loader(ExecutionLoader):
    """Runs the text that was read."""

    def __init__(self, own: OwnFile) -> None:
        self._own = own

    def get_filename(self, fullname: str) -> str:
        del fullname
        return self._own.path

    def get_source(self, fullname: str) -> str:
        del fullname
        return decode_source(self._own.text)

    def is_package(self, fullname: str) -> bool:
        del fullname
        return False
