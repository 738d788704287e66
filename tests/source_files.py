"""Our source files and what they import, for the guards."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.paths import ROOT

PACKAGES = ("builders", "leaderboard", "baselines")
OUR_MODULE = re.compile(rf"({'|'.join(PACKAGES)})(\.[a-z]\w*)+")


def sources(*folders: str) -> list[Path]:
    """Our Python files below `folders`, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """The syntax tree of a file, every node of it."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """Modules that a file imports anywhere in it, also by name through importlib."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Constant) and OUR_MODULE.fullmatch(str(node.value)):
            yield str(node.value)
