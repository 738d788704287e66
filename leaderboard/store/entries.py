"""What the store keeps of a submission: who sent it, its scores, and what they were made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.scoring.score import Value
from leaderboard.store.records import utc
from leaderboard.submission.metadata import Metadata

ID_DIGITS = 20
"""Of an id: two submissions with one of 48 bits were found in a second, of 80 nobody meets them by
chance, and who searches for them is refused."""


Withdrawn = Literal["early", "late"]
"""Early: while its account could still choose another in its place. Late: after its season had
ended, when it keeps the account's place empty, or whoever sees the final scores could choose by
them."""
EARLY: Withdrawn = "early"
LATE: Withdrawn = "late"


@dataclass(frozen=True)
class Head:
    """An accepted submission without its scores.

    Attributes:
        id: the first digits of `identity`, `ID_DIGITS` of them; 12 of older entries.
        created: UTC, without a time zone.
        season: that it entered; None on a board without seasons.
        metadata: as submitted.
        identity: hash of answers and metadata.
        predictions_sha256: hash of the answers, which names their file.
        account: whose it is; "" where nobody has to sign in.
        number: of the submission, in the order of arrival.
        chosen: grows with every choice of the account; None where it did not choose this one.
        withdrawn: whether it was withdrawn, and when; it is in no ranking then.
    """

    id: str
    created: datetime
    season: str | None
    metadata: Metadata
    identity: str
    predictions_sha256: str
    account: str = ""
    number: int = 0
    chosen: int | None = None
    withdrawn: Withdrawn | None = None

    @property
    def status(self) -> str:
        """`scored` or `withdrawn`."""
        return "withdrawn" if self.withdrawn else "scored"

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.metadata.name

    def to_json(self) -> dict[str, Any]:
        """A JSON object of what everybody may know."""
        return {
            "id": self.id,
            "status": self.status,
            "created": utc(self.created),
            "season": self.season,
            "metadata": self.metadata.model_dump(mode="json"),
        }


@dataclass(frozen=True, eq=False)
class Result:
    """What one submission did in one cell, beyond its metrics.

    Attributes:
        scorer: version of the scorer.
        losses: on the test rows, in the order of the labels.
        reference: those of a constant answer; None if unknown.
        released: false while the scores are held back.
        details: see `CellReport.details`, and what the admission adds.
        told_loss: the loss that was told while the season was open, on its grid, which is how an
            account's entries are chosen among; without a season, the mean loss. None where none
            was told.
    """

    scorer: int
    losses: Losses
    reference: Losses | None
    released: bool
    details: Mapping[str, Any]
    told_loss: float | None = None


@dataclass(frozen=True, eq=False)
class Scored:
    """One cell of a submission, ready to be stored.

    Attributes:
        metrics: metric name → value, as it is shown.
        result: what is behind them.
        sketch: bytes of its `leaderboard.seasons.fingerprints.Fingerprint`; None where
            the file is lost.
    """

    metrics: Mapping[str, Value]
    result: Result
    sketch: bytes | None


@dataclass(frozen=True, eq=False)
class Earlier:
    """An answer that new ones are compared with.

    Attributes:
        id: of the submission.
        number: of the submission.
        account: whose it is.
        entry_class: as stated.
        key: the cell.
        sketch: see `Scored`.
        losses: on the rows that are scored now.
        told_loss: see `Result`.
    """

    id: str
    number: int
    account: str
    entry_class: str
    key: CellKey
    sketch: bytes
    losses: Losses
    told_loss: float | None


@dataclass(frozen=True, eq=False)
class Entry(Head):
    """An accepted submission with its cells.

    Attributes:
        scores: cell → metric name → value with its 95 % interval, cells in the order of the file.
        results: cell → what is behind the scores. A store of before seasons has none until
            `qslbench rescore` has made them.
    """

    scores: Mapping[CellKey, Mapping[str, Value]] = field(default_factory=dict)
    results: Mapping[CellKey, Result] = field(default_factory=dict)
