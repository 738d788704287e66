"""The tables of the store: submissions and their scores, seasons, tokens, the log."""

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from leaderboard.cells import CellKey
from leaderboard.track import STANDARD

CELL = CellKey._fields  # the columns that name a cell
# SQLite looks at no length, so that its tables need not be made anew for longer ids.
_ID = String(12).with_variant(String(64), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables."""


class SubmissionRow(Base):
    """One accepted submission.

    `identity` is the hash of answers and metadata, `id` its first 20 digits, 12 of older ones;
    `predictions_sha256` names the file of predictions; `created` is UTC without a time zone.
    `account` is who signed in, "" where nobody has to; `season` is None on a board without seasons.
    `number` counts arrivals, since clocks go backwards; `chosen` grows with every choice of an
    account, None where it made none. `withdrawn` is one of `entries.Withdrawn`, else None.
    """

    __tablename__ = "submissions"

    id: Mapped[str] = mapped_column(_ID, primary_key=True)
    identity: Mapped[str] = mapped_column(String(64), unique=True)
    predictions_sha256: Mapped[str] = mapped_column(String(64), index=True)
    created: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(100))
    metadata_json: Mapped[str]
    account: Mapped[str] = mapped_column(String(200), default="", server_default="")
    season: Mapped[str | None] = mapped_column(String(50), index=True)
    number: Mapped[int] = mapped_column(default=0, server_default="0", index=True)
    chosen: Mapped[int | None]
    withdrawn: Mapped[str | None] = mapped_column(String(10))
    scores: Mapped[list["ScoreRow"]] = relationship(
        back_populates="submission", cascade="all, delete-orphan"
    )
    results: Mapped[list["ResultRow"]] = relationship(
        back_populates="submission", cascade="all, delete-orphan"
    )


class ScoreRow(Base):
    """One metric of one cell of one submission, with its 95 % interval."""

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("submission_id", *CELL, "metric", name="scores_once"),
        Index("scores_by_cell", *CELL),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    config: Mapped[str] = mapped_column(String(200))
    task: Mapped[str] = mapped_column(String(200))
    n: Mapped[int]
    shots: Mapped[int]
    track: Mapped[str] = mapped_column(String(210), default=STANDARD, server_default=STANDARD)
    rows: Mapped[int]
    metric: Mapped[str] = mapped_column(String(100))
    value: Mapped[float | None] = mapped_column(Double)
    low: Mapped[float | None] = mapped_column(Double)
    high: Mapped[float | None] = mapped_column(Double)
    note: Mapped[str] = mapped_column(default="")
    submission: Mapped[SubmissionRow] = relationship(back_populates="scores")


class ResultRow(Base):
    """What one submission did in one cell, beyond its metrics.

    `losses` and `reference` are float64 (R,), little-endian: the loss of the answer and of the mean
    training estimate on each test Hamiltonian, in the order of the labels. `sketch` is the bytes of
    its `fingerprints.Fingerprint`. `released` is false while the scores are held back; `told_loss`
    is the loss that was told live, on its grid, and stays when the season is closed.
    `details_json` holds `CellReport.details`.
    """

    __tablename__ = "results"
    __table_args__ = (
        UniqueConstraint("submission_id", *CELL, name="results_once"),
        Index("results_by_cell", *CELL),
        # Long columns lie before these in a row; from here they are read without it.
        Index("results_told", *CELL, "released", "told_loss", "submission_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"))
    config: Mapped[str] = mapped_column(String(200))
    task: Mapped[str] = mapped_column(String(200))
    n: Mapped[int]
    shots: Mapped[int]
    track: Mapped[str] = mapped_column(String(210), default=STANDARD, server_default=STANDARD)
    scorer: Mapped[int]
    losses: Mapped[bytes]
    reference: Mapped[bytes | None]
    sketch: Mapped[bytes | None] = mapped_column(deferred=True)  # no page needs it
    released: Mapped[bool] = mapped_column(default=True)
    told_loss: Mapped[float | None] = mapped_column(Double)
    details_json: Mapped[str] = mapped_column(default="{}")
    submission: Mapped[SubmissionRow] = relationship(back_populates="results")


class SeasonRow(Base):
    """A stretch of time with one hidden test set.

    Nobody but the operator sees `salt` before `closed`. `closed` ends submissions; `revealed` says
    that the private half has been scored since. `number` counts seasons from 1. `rules` is the
    revision of the rules, `told` the scores that an account is told of a config, `cells_json` the
    official cells.
    """

    __tablename__ = "seasons"

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    opened: Mapped[datetime]
    closed: Mapped[datetime | None]
    revealed: Mapped[datetime | None]
    salt: Mapped[str] = mapped_column(String(64))
    label_hash: Mapped[str] = mapped_column(String(64))
    seeds_json: Mapped[str]
    cap: Mapped[int]
    number: Mapped[int] = mapped_column(default=0, server_default="0")
    rules: Mapped[int] = mapped_column(default=1, server_default="1")
    told: Mapped[int] = mapped_column(default=0, server_default="0")
    cells_json: Mapped[str] = mapped_column(default="[]", server_default="[]")


class TokenRow(Base):
    """One token of an account; `sha256` is of its text, which is not kept."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    account: Mapped[str] = mapped_column(String(200))
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class DecisionRow(Base):
    """One entry of the decision log; see `leaderboard.store.decisions`."""

    __tablename__ = "decisions"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    created: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    body_json: Mapped[str]
    previous: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
