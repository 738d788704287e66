"""The resource ledger of an answer: the state copies that it states and that its cell allows."""

from dataclasses import asdict, dataclass
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.submission.metadata import Metadata


@dataclass(frozen=True)
class Ledger:
    """State copies of an answer, as stated and as the cell allows.

    Attributes:
        allowed: n · M of the cell.
        stated: n·shots + pretrain_n·pretrain_shots of the metadata; None if not stated, which
            means `allowed`.
        test_copies: R · M copies of the test states, if their shots were used; they are not part
            of `allowed` and are shown beside it.
    """

    allowed: int
    stated: int | None
    test_copies: int

    @staticmethod
    def of(key: CellKey, metadata: Metadata, rows: int) -> "Ledger":
        """The ledger of one cell with that many test rows."""
        resources = metadata.resources
        return Ledger(
            allowed=key.n * key.shots,
            stated=None if resources is None else resources.copies,
            test_copies=rows * key.shots if metadata.uses_test_shots else 0,
        )

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return asdict(self)


def below_floor(metadata: Metadata, high: float | None, floor: float | None) -> bool:
    """Whether a `learned` entry's error, at the upper end of its interval, is below the floor (see
    `leaderboard.kinds.floor`).
    """
    if high is None or floor is None:
        return False
    return metadata.entry_class == "learned" and high < floor
