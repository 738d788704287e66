"""Results in the forms that the Hub reads: an export, one number a cell and no interval ranked.

`eval.yaml` registers a data set as a benchmark, `.eval_results/*.yaml` in a model's repository
fills its board, and `model-index` in a model's card is the older form. The Hub takes an `eval.yaml`
only after it has put the benchmark on its list; until then the page of the data set shows an error,
so none is written unasked. Its board does not know of metrics of which less is better, so that
numbers there are those of `Task.upward`. Source: hub-docs, docs/hub/eval-results.md and
modelcard.md, as of 2026.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from builders.core.errors import RequestError
from builders.dataset.config import offered_tasks
from builders.dataset.manifest import Manifest
from builders.dataset.spec import is_hidden
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.store.records import Metrics, Receipt
from leaderboard.submission.validate import SPLIT
from leaderboard.track import STANDARD, known_track

FRAMEWORK = "qslbench"

_REPO = re.compile(r"[\w.-]+/[\w.-]+")


def benchmark(manifest: Manifest, n: int | None = None, shots: int | None = None) -> dict[str, Any]:
    """Content of `eval.yaml`: one task for each config and task of ours.

    Args:
        manifest: of the public folder.
        n: training rows of the cells; all by default.
        shots: shots of each; all that are stored by default.

    Raises:
        RequestError: no config has hidden test labels, n training rows and that many shots.
    """
    cells = list(_cells(manifest, n, shots))
    hub_tasks = [_task_of(key) for key in cells]
    if not hub_tasks:
        raise RequestError(
            f"{manifest.name} has no config with hidden test labels, {n or 'any'} training rows "
            f"and {shots or 'any'} shots. Give smaller --n and --shots."
        )
    return {
        "name": manifest.name,
        "description": (
            "Properties of quantum systems, predicted from n training rows of M shots each. The "
            f"value is {_values(cells)}, as `qslbench score` gives it."
        ),
        "evaluation_framework": FRAMEWORK,
        "tasks": hub_tasks,
    }


def eval_results(
    receipt: Receipt, dataset: str, revision: str | None = None, track: str = STANDARD
) -> list[dict[str, Any]]:
    """Content of `.eval_results/*.yaml`: an entry for each cell of a track that has a value.

    Args:
        receipt: the submission, as a board shows it.
        dataset: id ORG/NAME of the data set on the Hub.
        revision: its commit.
        track: whose cells; `benchmark` registers those of the standard one, and of `exact` where
            data have no shots.

    Raises:
        RequestError: no such id, or no score of that track is released yet.
    """
    where = _dataset(dataset, revision)
    entries = []
    for key, metrics in _of_track(receipt, track):
        value = metrics[tasks.load(key.task).upward].value
        if value is not None:
            entry = {"dataset": where | {"task_id": task_id(key)}, "value": value}
            notes = f"entry class {receipt.metadata.entry_class}; submission {receipt.id}"
            entries.append(entry | {"date": receipt.created.date().isoformat(), "notes": notes})
    return _released(entries, receipt)


def model_index(
    receipt: Receipt, dataset: str, revision: str | None = None, track: str = STANDARD
) -> list[dict[str, Any]]:
    """Content of `model-index` in a model card: every metric of every cell of a track, with its
    interval.

    Args and Raises: as for `eval_results`.
    """
    where = _dataset(dataset, revision)
    results = []
    for key, metrics in _of_track(receipt, track):
        task = tasks.load(key.task)
        with_value = list(_metrics(metrics))
        if with_value:
            about = {"type": task.hub_type, "name": f"{task.title} ({key.task})"}
            name = f"{dataset}, {key.config}"
            data: dict[str, Any] = {"name": name, "type": dataset, "config": key.config}
            args: dict[str, Any] = {"n": key.n, "shots": key.shots}
            args |= {} if key.track == STANDARD else {"track": key.track}
            data |= {"split": SPLIT, "args": args}
            data |= {k: v for k, v in where.items() if k == "revision"}
            results.append({"task": about, "dataset": data, "metrics": with_value})
    return [{"name": receipt.metadata.name, "results": _released(results, receipt)}]


def task_id(key: CellKey) -> str:
    """Name of a cell on the Hub: `tfim_1d_n048-correlation-n100-m64`."""
    plain = f"{key.config}-{key.task}-n{key.n}-m{key.shots}"
    return plain if key.track == STANDARD else f"{plain}-{key.track.replace(':', '-')}"


def _of_track(receipt: Receipt, track: str) -> list[tuple[CellKey, Metrics]]:
    known_track(track)
    return [(key, metrics) for key, metrics in receipt.scores.items() if key.track == track]


def _cells(manifest: Manifest, n: int | None, shots: int | None) -> Iterator[CellKey]:
    for config, entry in manifest.configs.items():
        rows = entry.rows.get("train", 0)
        cell_n, cell_shots = n or rows, shots or entry.shots
        hidden = SPLIT in entry.rows and is_hidden(SPLIT)
        if hidden and 1 <= cell_n <= rows and cell_shots <= entry.shots:
            for task in offered_tasks(entry):
                yield CellKey(config, task, cell_n, cell_shots)


def _values(cells: Iterable[CellKey]) -> str:
    """The metrics whose values are shown, and what they are."""
    ordered = dict.fromkeys(key.task for key in cells)
    every = [tasks.load(name) for name in ordered]
    meanings = {task.upward: task.metric(task.upward).meaning for task in every}
    return ", ".join(f"{name} ({meaning})" for name, meaning in meanings.items())


def _task_of(key: CellKey) -> dict[str, str]:
    return {"id": task_id(key), "config": key.config, "split": SPLIT}


def _metrics(metrics: Metrics) -> Iterator[dict[str, Any]]:
    for name, score in metrics.items():
        if score.value is not None:
            interval = {"low": score.low, "high": score.high}
            known = {k: v for k, v in interval.items() if v is not None}
            args = {"args": known} if known else {}
            yield {"type": name, "name": name, "value": score.value, **args}


def _dataset(dataset: str, revision: str | None) -> dict[str, str]:
    if not _REPO.fullmatch(dataset):
        raise RequestError(f"--dataset {dataset!r} is not the id of a data set: give ORG/NAME.")
    return {"id": dataset} | ({"revision": revision} if revision else {})


def _released(results: list[dict[str, Any]], receipt: Receipt) -> list[dict[str, Any]]:
    if not results:
        raise RequestError(
            f"submission {receipt.id} has no score to show: wait for the close of the season, or "
            "name the track of its cells with --track."
        )
    return results
