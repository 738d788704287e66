"""The pages, one a file, found by file name; each file defines `PAGE` and the function `page`."""

from builders.core import discovery
from leaderboard.display.page import FoundPage, declared


def names() -> list[str]:
    """Names of all pages."""
    return discovery.names(__name__)


def plug_ins() -> list[str]:
    """Names of the pages that are not ours."""
    return [name for name in names() if discovery.plug_in(__name__, name)]


def load(name: str) -> FoundPage:
    """The page of that name.

    Raises:
        RequestError: unknown name. Or a plug-in that is broken, or could not be shown.
    """
    module = discovery.load(__name__, name, kind="page")
    with discovery.refused_faults(__name__, name):
        return declared(module)
