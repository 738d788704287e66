"""What is known of one entry, as lines of tables; all of it is text that strangers wrote."""

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from leaderboard import tasks
from leaderboard.board.inspection import row_errors as of_losses
from leaderboard.cells import CellKey
from leaderboard.display.flags import shorts
from leaderboard.display.standing import interval, link
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Floats
from leaderboard.ranking.ranking import losses_of
from leaderboard.scoring.score import Value
from leaderboard.store.tables import DecisionRow, ResultRow, SubmissionRow
from leaderboard.submission.metadata import Metadata


def metadata(row: SubmissionRow) -> Metadata:
    """As submitted."""
    return Metadata.model_validate_json(row.metadata_json)


def about(row: SubmissionRow) -> list[dict[str, str]]:
    """Metadata and status, one line a key; keys that were left empty are left out."""
    held = sum(not result.told for result in row.results)
    status = "scored" if not held else f"scored; {held} of {len(row.results)} cells held back"
    lines = {
        "status": status,
        "received": f"{row.created:%Y-%m-%d %H:%M} UTC",
        "season": row.season or "",
        "id": row.id,
        "SHA-256 of the predictions": row.predictions_sha256,
    }
    for key, value in metadata(row).model_dump(mode="json").items():
        lines[key.replace("_", " ")] = _words(value)
    first = ("name", "authors", "entry class")
    order = [*first, *(key for key in lines if key not in first)]
    return [{"what": key, "stated": lines[key]} for key in order if lines[key]]


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {number}" for key, number in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def web_address(row: SubmissionRow) -> str | None:
    """Where the code is, if that is a web address."""
    return link(metadata(row).code)


def near(row: SubmissionRow) -> list[str]:
    """Ids of earlier entries whose answers are nearly these, in any cell."""
    found = [json.loads(result.details_json).get("near_duplicates", []) for result in row.results]
    return sorted({id_ for ids in found for id_ in ids})


def details(row: SubmissionRow, key: CellKey) -> dict[str, Any]:
    """As in `records.Row.details`."""
    return _told(_result(row, key))


def _told(result: ResultRow) -> dict[str, Any]:
    """What may be told; of a cell that the Ladder holds back, what no label enters."""
    found: dict[str, Any] = json.loads(result.details_json)
    free = ("ledger", "floor", "near_duplicates")
    return {key: value for key, value in found.items() if result.told or key in free}


def row_errors(row: SubmissionRow, key: CellKey) -> dict[str, Floats]:
    """Label → float64 (R,): errors of the entry and, where known, of the mean training estimate."""
    result = _result(row, key)
    found = {"this entry": of_losses(losses_of(result), key.task)}
    if result.reference:
        found["train_mean"] = of_losses(Losses.from_bytes(result.reference), key.task)
    return found


def cells(row: SubmissionRow) -> list[dict[str, Any]]:
    """One line a cell: score, resources, flags."""
    values = {(s.config, s.task, s.n, s.shots, s.metric): s for s in row.scores}
    lines = []
    for result in sorted(row.results, key=_key):
        primary = tasks.load(result.task).primary
        score = values[(*_key(result), primary)]
        known = _told(result)
        ledger = known.get("ledger", {})
        lines.append(
            {
                "config": result.config,
                "task": result.task,
                "n": result.n,
                "M": result.shots,
                "metric": primary,
                "value": score.value,
                "interval": interval(Value(score.value, score.low, score.high)),
                "allowed": ledger.get("allowed"),
                "stated": ledger.get("stated"),
                "test_copies": ledger.get("test_copies"),
                "floor": known.get("floor"),
                "flags": shorts(tasks.load(result.task), known, metadata(row)),
                "note": score.note,
            }
        )
    silent = not any(line["note"] for line in lines)
    return [{k: v for k, v in line.items() if not (silent and k == "note")} for line in lines]


def cells_table(row: SubmissionRow) -> Any:
    """Every metric of every cell as a pyarrow Table."""
    scores = sorted(row.scores, key=lambda score: score.id)
    text = ("config", "task", "n", "shots", "metric")
    columns: dict[str, Any] = {name: [getattr(s, name) for s in scores] for name in text}
    for name in ("value", "low", "high"):
        columns[name] = pa.array([getattr(s, name) for s in scores], pa.float64())
    return pa.table(columns | {"note": [s.note for s in scores]})


def log_lines(log: Sequence[DecisionRow], id_: str) -> list[dict[str, str]]:
    """What the decision log says about an entry."""
    return [
        {"number": str(d.number), "created": d.created, "kind": d.kind, "entry": d.body_json}
        for d in log
        if id_ in d.body_json
    ]


def _key(result: ResultRow) -> CellKey:
    return CellKey(result.config, result.task, result.n, result.shots)


def _result(row: SubmissionRow, key: CellKey) -> ResultRow:
    return next(result for result in row.results if _key(result) == key)
