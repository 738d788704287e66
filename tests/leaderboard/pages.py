"""Pages of the board, driven without a browser."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from leaderboard.display import links

# Each run reads the metadata of every installed package, which is most of what a page takes.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def app_of(path: Path) -> AppTest:
    """The page of that file, not yet run."""
    return AppTest.from_file(str(path), default_timeout=60)


def names(column: Iterable[str]) -> list[str]:
    """What a column of links shows."""
    return [links.name_of(link) for link in column]
