"""Plug-ins found by file name: one file in a folder is one family, task, baseline or command."""

import importlib
import pkgutil
from types import ModuleType

from builders.core.errors import unknown


def names(package: str) -> list[str]:
    """Sorted names of the modules in `package`, found without importing any of them."""
    path = importlib.import_module(package).__path__
    return sorted(m.name for m in pkgutil.iter_modules(path) if not m.name.startswith("_"))


def load(package: str, name: str, *, kind: str) -> ModuleType:
    """The module `package.name`; a broken file raises its own error at once.

    Raises:
        RequestError: no such name; the message holds the nearest one.
    """
    allowed = names(package)
    if name not in allowed:
        raise unknown(kind, name, allowed)
    return importlib.import_module(f"{package}.{name}")
