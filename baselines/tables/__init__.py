"""Published tables that `qslbench reproduce` makes again, one a file; each file defines `TABLE`.

`records/NAME.json` holds what came out when it was last run.
"""

from typing import TYPE_CHECKING

from builders.core import discovery

if TYPE_CHECKING:
    from baselines.contract.table import Table


def names() -> list[str]:
    """Names of all tables."""
    return discovery.names(__name__)


def load(name: str) -> "Table":
    """The table of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one. Or a broken plug-in.
    """
    table: Table = discovery.find(__name__, name, "TABLE", _check, kind="table")
    return table


def _check(name: str, table: "Table") -> None:
    from baselines.contract.table import Table

    if not isinstance(table, Table):
        raise TypeError(f"`TABLE` of {name} is {table!r}, a Table(…) is needed")
