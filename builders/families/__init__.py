"""The families, one a file, found by file name; each file defines `FAMILY`."""

from builders.core import discovery
from builders.physics.family import Family

CHAIN_SIZES = ("8", "10", "12", "16", "25", "31", "48", "63", "100", "127", "256", "512", "1024")


def names() -> list[str]:
    """Names of all families."""
    return discovery.names(__name__)


def load(name: str) -> Family:
    """The family of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one.
    """
    family: Family = discovery.load(__name__, name, kind="family").FAMILY
    return family
