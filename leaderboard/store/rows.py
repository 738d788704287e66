"""From the rows of the tables to what the rest of the code knows, and back."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.scoring.score import Value
from leaderboard.store.entries import Entry, Head, Result, Scored
from leaderboard.store.tables import CELL, ResultRow, ScoreRow, SubmissionRow
from leaderboard.submission.metadata import Metadata

_OWN = {"id", "submission_id"}


def head_of(row: SubmissionRow) -> Head:
    """A submission without its cells."""
    return Head(**_facts(row))


def entry_of(row: SubmissionRow) -> Entry:
    """A submission with those cells that were read with its row."""
    scores: dict[CellKey, dict[str, Value]] = {}
    for s in sorted(row.scores, key=lambda score: score.id):
        scores.setdefault(key_of(s), {})[s.metric] = Value(s.value, s.low, s.high, s.note)
    results = {
        key_of(r): Result(
            scorer=r.scorer,
            losses=Losses.from_bytes(r.losses),
            reference=known(r.reference),
            released=r.released,
            details=json.loads(r.details_json),
            told_loss=r.told_loss,
        )
        for r in row.results
    }
    return Entry(**_facts(row), scores=scores, results=results)


def _facts(row: SubmissionRow) -> dict[str, Any]:
    same = (
        *("id", "created", "season", "identity", "predictions_sha256", "account"),
        *("number", "chosen", "withdrawn"),
    )
    metadata = Metadata.model_validate_json(row.metadata_json)
    return {name: getattr(row, name) for name in same} | {"metadata": metadata}


def row_of(head: Head) -> SubmissionRow:
    """The row of a new submission, without cells."""
    return SubmissionRow(
        id=head.id,
        identity=head.identity,
        predictions_sha256=head.predictions_sha256,
        created=head.created,
        name=head.name,
        metadata_json=head.metadata.model_dump_json(),
        account=head.account,
        season=head.season,
        number=head.number,
        chosen=head.chosen,
        withdrawn=head.withdrawn,
    )


def cell_rows(cells: Mapping[CellKey, Scored]) -> tuple[list[ScoreRow], list[ResultRow]]:
    """The rows of the cells of a submission."""
    scores = [
        ScoreRow(
            **key._asdict(),
            rows=scored.result.losses.blocks.rows,
            metric=metric,
            value=value.value,
            low=value.low,
            high=value.high,
            note=value.note,
        )
        for key, scored in cells.items()
        for metric, value in scored.metrics.items()
    ]
    return scores, [_result_row(key, scored) for key, scored in cells.items()]


def _result_row(key: CellKey, scored: Scored) -> ResultRow:
    result = scored.result
    return ResultRow(
        **key._asdict(),
        scorer=result.scorer,
        losses=result.losses.to_bytes(),
        reference=None if result.reference is None else result.reference.to_bytes(),
        sketch=scored.sketch,
        released=result.released,
        told_loss=result.told_loss,
        details_json=json.dumps(result.details),
    )


def numbers(
    scores: Sequence[ScoreRow], results: Sequence[ResultRow]
) -> dict[tuple[str, ...], list[Any]]:
    """Everything that the scorer wrote about a submission, by table, cell and metric."""
    lines: list[ScoreRow | ResultRow] = [*scores, *results]
    return {_place(line): _columns(line) for line in lines}


def scores_sha256(scores: Sequence[ScoreRow], results: Sequence[ResultRow], salt: str = "") -> str:
    """Hash of what a submission scored: metrics as shown, losses, and whether they are released.

    Columns that a later revision adds do not count, so that the hash stays.

    Args:
        scores: of the submission.
        results: of the submission.
        salt: of its season. Everybody reads the hash while the losses are secret, and of rows that
            are right or wrong all cases can be tried: it would tell each.
    """
    lines = [[*_place(s), s.value, s.low, s.high, s.note] for s in scores]
    lines += [[*_place(r), hashlib.sha256(r.losses).hexdigest(), r.released] for r in results]
    text = json.dumps(sorted(lines, key=str)).encode()
    return hmac.new(salt.encode(), text, "sha256").hexdigest() if salt else _plain(text)


def _plain(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _place(line: ScoreRow | ResultRow) -> tuple[str, ...]:
    return (line.__tablename__, *map(str, key_of(line)), getattr(line, "metric", ""))


def _columns(line: ScoreRow | ResultRow) -> list[Any]:
    names = (column.name for column in line.__table__.columns)
    return [getattr(line, name) for name in names if name not in _OWN]


def key_of(line: ScoreRow | ResultRow) -> CellKey:
    """The cell of a row."""
    return CellKey(*(getattr(line, name) for name in CELL))


def known(blob: bytes | None) -> Losses | None:
    """The losses of a column that may be empty."""
    return None if blob is None else Losses.from_bytes(blob)
