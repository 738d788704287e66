"""Run a baseline on cells and write its answers as an ordinary submission."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import baselines
from baselines.contract.baseline import OURS
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.stored import config_in
from baselines.contract.variant import Settings, Variant
from builders.core import files
from builders.core.errors import RequestError
from builders.core.machine import hardware
from builders.core.progress import progress
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.submission.metadata import MAX_COSTS, CellCost, Metadata, Resources
from leaderboard.submission.submission import write_submission
from leaderboard.track import usual_track

UNSTATED = ("author not stated",)
"""Of a model of somebody's own that names none in its `authors`."""


@dataclass(frozen=True)
class Answers:
    """What one baseline says in one cell.

    Attributes:
        key: the cell.
        row_id: int64 (R,).
        prediction: as of `Baseline.predict`.
        parameters: trained numbers.
        seconds: wall time of fit and predict.
        row_seconds: processor time of predicting one row, see `Metadata`.
        resources: how the cell's copies were spent, if not all of them on labelled rows.
    """

    key: CellKey
    row_id: NDArray[np.int64]
    prediction: NDArray[Any]
    parameters: int
    seconds: float
    resources: Resources | None = None
    row_seconds: float = 0.0


def answer(
    name: str,
    cell: Cell,
    seed: int,
    settings: Settings = (),
    elsewhere: Rows | None = None,
    track: str | None = None,
) -> Answers:
    """Fit the baseline to a cell and predict its test rows, or those that are asked elsewhere.

    Args:
        name: of the baseline.
        cell: what it learns from.
        seed: of the model.
        settings: of the model.
        elsewhere: other rows to predict, of this config or another one of its family.
        track: of the answers; that of the cell's key by default.
    """
    rows = cell.rows if elsewhere is None else elsewhere
    started = time.perf_counter()
    variant = Variant(name, settings)
    with baselines.at_work(name):
        model = variant.model(seed).fit(variant.cell(cell)).at(rows.config)
        busy = time.process_time()
        prediction = model.predict(rows)
    row_seconds = (time.process_time() - busy) / len(rows)
    seconds = time.perf_counter() - started
    key = cell.key._replace(config=rows.config.name, track=track or cell.key.track)
    return Answers(
        *(key, rows.row_id, prediction, model.n_parameters, seconds, cell.resources),
        row_seconds=row_seconds,
    )


def write(
    path: Path,
    name: str,
    seed: int,
    answers: Iterable[Answers],
    *,
    settings: Settings = (),
    notes: str = "",
) -> Metadata:
    """Write a submission that holds one or more cells; the metadata are returned.

    The settings are part of the name in the metadata, `mlp depth=8`; `parameters` is that of the
    cell with the most. `notes` stand behind the model's title.
    """
    cells = list(answers)
    model, own = baselines.load(name), baselines.source(name)
    metadata = Metadata(
        name=str(Variant(name, settings))[:100],
        authors=model.authors if own is None or model.authors != OURS else UNSTATED,
        entry_class=model.entry_class,
        uses_test_shots=model.uses_test_shots,
        resources=_common({a.resources for a in cells}),
        parameters=max(a.parameters for a in cells),
        train_seconds=round(sum(a.seconds for a in cells), 3),
        row_seconds=float(f"{_mean_row_seconds(cells):.3g}"),
        costs=tuple(_cost(a) for a in cells[:MAX_COSTS]),
        hardware=hardware(),
        code=f"baselines/models/{name}.py" if own is None else f"{own.file}, SHA-256 {own.sha256}",
        licence="CC-BY-4.0" if own is None else "",
        seed=seed,
        notes=f"{model.title}; {notes}" if notes else model.title,
    )
    write_submission(path, {a.key: (a.row_id, a.prediction) for a in cells}, metadata)
    return metadata


def _cost(answers: Answers) -> CellCost:
    """What one cell cost, its track named where it is not the usual one."""
    key = answers.key
    return CellCost(
        config=key.config,
        task=key.task,
        n=key.n,
        shots=key.shots,
        track=None if key.track == usual_track(key.shots) else key.track,
        parameters=answers.parameters,
        train_seconds=round(answers.seconds, 3),
        row_seconds=float(f"{answers.row_seconds:.3g}"),
    )


def _mean_row_seconds(cells: Sequence[Answers]) -> float:
    """Over all rows of all cells."""
    rows = sum(len(a.row_id) for a in cells)
    return sum(a.row_seconds * len(a.row_id) for a in cells) / rows


def _common(resources: set[Resources | None]) -> Resources | None:
    """The one that all cells of a file have; its metadata have place for no more."""
    if len(resources) > 1:
        raise ValueError(f"cells of different resources in one file: {resources}")
    return next(iter(resources), None)


def run(
    name: str,
    data: Path | str,
    config: str,
    task: str,
    n: int,
    shots: int,
    *,
    seed: int = 0,
    settings: Sequence[str] = (),
    out: Path | str,
) -> Metadata:
    """Run one baseline on one cell of a data set and write the submission `out`.

    Args:
        name: of the baseline, or the path of a file with a model of yours.
        data: data set folder, or the id ORG/NAME of one on the Hub.
        config: config name.
        task: task name.
        n: training rows.
        shots: shots a row.
        seed: of the model.
        settings: texts such as `depth=8`, see `baselines.contract.variant`.
        out: Parquet file.

    Raises:
        RequestError: unknown baseline, setting, config or task; n or shots outside what is
            stored; a model that does not apply to this cell, or whose file has a fault.
        OSError: `out` cannot be written; nothing was computed.

    >>> import qslbench
    >>> cell = ("data", "tfim_1d_n008", "correlation", 12, 32)
    >>> qslbench.run("train_mean", *cell, out="baseline.parquet").parameters
    64
    """
    name, out = baselines.named(name), Path(out)
    # All that can be refused before data are read.
    chosen, where = Variant.parse(name, settings), config_in(data, config)
    refused = chosen.refusal(tasks.load(task), where)
    if refused:
        raise RequestError(refused)
    with progress(2, "step", f"{name}: reading") as bar:
        cell = Cell.open(data, where, task, n, shots)
        files.check_writable(out)
        bar.set_description(f"{name}: learning")
        bar.update()
        answers = answer(name, cell, seed, chosen.settings)
        bar.update()
    return write(out, name, seed, [answers], settings=chosen.settings)
