"""What is known of one entry, as lines of tables; all of it is text that strangers wrote."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from builders.core.errors import counted
from leaderboard import tasks
from leaderboard.board.inspection import row_errors as of_losses
from leaderboard.cells import CellKey
from leaderboard.display import links, words
from leaderboard.display.flags import shorts
from leaderboard.display.standing import interval, unsigned
from leaderboard.kinds.metrics import Floats
from leaderboard.store.decisions import Decision
from leaderboard.store.entries import Entry, Result

COSTS = ("parameters", "train_seconds", "row_seconds")  # of single cells


def about(row: Entry) -> list[dict[str, str]]:
    """Metadata and status, one line a key; keys that were left empty are left out."""
    held = sum(not result.released for result in row.results.values())
    status = "scored" if not held else f"scored; {held} of {len(row.results)} cells held back"
    lines = {
        "status": status,
        "received": f"{row.created:%Y-%m-%d %H:%M} UTC",
        "season": row.season or "",
        "id": row.id,
        "SHA-256 of the predictions": row.predictions_sha256,
    }
    for key, value in row.metadata.model_dump(mode="json", exclude={"costs"}).items():
        lines[key.replace("_", " ")] = _words(value)
    if row.metadata.costs:
        lines["costs"] = f"of {counted(len(row.metadata.costs), 'cell')}, in the table of all cells"
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


def near(row: Entry) -> list[str]:
    """Ids of earlier entries whose answers are nearly these, in any cell."""
    duplicates = [result.details.get("near_duplicates", []) for result in row.results.values()]
    return sorted({id_ for ids in duplicates for id_ in ids})


def details(row: Entry, key: CellKey) -> dict[str, Any]:
    """As in `records.Row.details`."""
    return _released(row.results[key])


def _released(result: Result) -> dict[str, Any]:
    """What may be shown; of a cell that the Ladder holds back, what no label enters."""
    free = ("ledger", "floor", "near_duplicates", "copy_of")
    items = result.details.items()
    return {key: value for key, value in items if result.released or key in free}


def row_errors(row: Entry, key: CellKey) -> dict[str, Floats]:
    """Label → float64 (R,): errors of the entry and, where known, of the mean training estimate."""
    result = row.results[key]
    errors = {"this entry": of_losses(result.losses, key.task)}
    if result.reference is not None:
        errors["train_mean"] = of_losses(result.reference, key.task)
    return errors


def cells(row: Entry) -> list[dict[str, Any]]:
    """One line a cell: score, resources, flags."""
    lines = []
    for key, result in sorted(row.results.items()):
        primary = tasks.load(key.task).primary
        score = row.scores[key][primary]
        known = _released(result)
        ledger = known.get("ledger", {})
        cost = row.metadata.cost_of(key)
        lines.append(
            {
                "cell": links.cell(key, key.config),
                "task": tasks.load(key.task).title,
                "n": key.n,
                "M": key.shots,
                "track": key.track,
                "metric": words.metric_title(key.task, primary),
                "value": unsigned(score.value, "%.4f"),
                "interval": interval(score),
                "allowed": ledger.get("allowed"),
                "stated": ledger.get("stated"),
                "test_copies": ledger.get("test_copies"),
                "floor": known.get("floor"),
                **{name: getattr(cost, name, None) for name in COSTS},
                "flags": shorts(tasks.load(key.task), known),
                "note": score.note,
            }
        )
    silent = {name for name in ("note", *COSTS) if all(line[name] in ("", None) for line in lines)}
    return [{k: v for k, v in line.items() if k not in silent} for line in lines]


def cells_table(row: Entry) -> Any:
    """Every metric of every cell as a pyarrow Table."""
    scores = [
        (k, name, value) for k, metrics in row.scores.items() for name, value in metrics.items()
    ]
    columns: dict[str, Any] = {
        name: [getattr(key, name) for key, _, _ in scores] for name in CellKey._fields
    }
    columns["metric"] = [metric for _, metric, _ in scores]
    for name in ("value", "low", "high"):
        columns[name] = pa.array([getattr(value, name) for _, _, value in scores], pa.float64())
    return pa.table(columns | {"note": [value.note for _, _, value in scores]})


def logged(log: Sequence[Decision], id_: str) -> list[dict[str, Any]]:
    """What the decision log says about an entry."""
    return [entry.to_json() for entry in log if id_ in entry.body_json]
