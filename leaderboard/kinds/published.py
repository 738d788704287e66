"""Published numbers to stand beside ours."""

from dataclasses import dataclass

from leaderboard.cells import CellKey


@dataclass(frozen=True)
class Published:
    """One published number.

    Attributes:
        method: as in the source.
        key: the cell that it belongs to.
        metric: name of ours that it is.
        value: the number.
        source: where it stands.
    """

    method: str
    key: CellKey
    metric: str
    value: float
    source: str
