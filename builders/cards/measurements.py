"""Measurements that cards quote: label errors of solved rows, scores of baselines.

Each is a JSON file; those of this project are in `benchmarks/results/`, named
`label_errors_*.json` and `baselines_*.json`.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from builders.core.errors import RequestError
from builders.core.names import Size, parse_config
from builders.core.strict import Strict, first_fault
from builders.dataset.manifest import Manifest

FOLDER = Path(__file__).parent.parent.parent / "benchmarks" / "results"
"""Where the records are in a source tree; an installed package has none."""


_Parsed = TypeVar("_Parsed")
_Record = TypeVar("_Record", bound=BaseModel)


class LabelErrors(Strict):
    """Errors of rows, solved as in a build, against a reference: see benchmarks/label_errors.py.

    Attributes:
        family: family name.
        size: system size as in commands.
        hardware: what the rows were solved on.
        rows: one object a row: `energy` (relative error), `correlation`, `renyi2`,
            `renyi2_blocks` (largest absolute error) and facts of the solver.
    """

    family: str
    size: str
    hardware: str
    rows: Annotated[tuple[dict[str, float], ...], Field(min_length=1)]

    def largest(self, label: str) -> float:
        """Largest error of a label over the rows."""
        return max(row[label] for row in self.rows)


class Score(Strict):
    """One baseline in one cell.

    Attributes:
        baseline: its name.
        config: config of the data.
        task: task name.
        n: training rows; shots: shots of each, 0 for exact labels.
        metric: name of the metric; value: its mean over `seeds` runs.
        low: lower end of the 95 % interval over Hamiltonians; high: the upper one.
        skill_x: see the board; None where the task has none.
        cpu_seconds: of training and prediction, one run.
    """

    baseline: str
    config: str
    task: str
    n: int
    shots: int
    metric: str
    value: float
    low: float | None = None
    high: float | None = None
    skill_x: float | None = None
    seeds: int = 1
    cpu_seconds: float | None = None


class Baselines(Strict):
    """Scores of baselines on one data set.

    Attributes:
        command: what was run.
        hardware: what it ran on.
        data_seed: seed of the data set, so that scores stay with the data they belong to.
        data_format: format of the data set: of another one, the same seed gives other rows.
        scores: one entry a baseline and cell.
    """

    command: str
    hardware: str
    data_seed: int
    data_format: int = 1
    scores: tuple[Score, ...]

    def of(self, manifest: Manifest) -> "Baselines":
        """The scores on configs of this data set alone."""
        if self.data_format != manifest.format:
            return self.model_copy(update={"scores": ()})
        seeds = {name: entry.seed for name, entry in manifest.configs.items()}
        kept = tuple(s for s in self.scores if seeds.get(s.config) == self.data_seed)
        return self.model_copy(update={"scores": kept})


def label_errors(family: str, folder: Path = FOLDER) -> list[LabelErrors]:
    """Records of a family, by size; empty where the folder is not there.

    Raises:
        RequestError: a file that is not such a record.
    """
    records = _read_all(LabelErrors, folder.glob("label_errors_*.json"))
    chosen = [record for record in records if record.family == family]
    return sorted(chosen, key=lambda record: Size.parse(record.size))


def baselines(folder: Path = FOLDER) -> list[Baselines]:
    """All records of baselines; empty where the folder is not there.

    Raises:
        RequestError: a file that is not such a record.
    """
    return _read_all(Baselines, folder.glob("baselines_*.json"))


def read_baselines(path: Path) -> list[Baselines]:
    """A file with one record of baselines or a list of them.

    Raises:
        RequestError: the file is missing or is not that.
    """
    kind: TypeAdapter[Baselines | list[Baselines]] = TypeAdapter(Baselines | list[Baselines])
    parsed = _parse(kind, path)
    return parsed if isinstance(parsed, list) else [parsed]


def to_text(records: Sequence[Baselines]) -> str:
    """JSON that `read_baselines` reads."""
    return json.dumps([r.model_dump(exclude_none=True) for r in records], indent=1) + "\n"


def scores_of(family: str, records: Iterable[Baselines]) -> list[Baselines]:
    """The records with the scores of one family's configs alone, those without any left out."""
    kept = []
    for record in records:
        scores = tuple(s for s in record.scores if parse_config(s.config)[0] == family)
        if scores:
            kept.append(record.model_copy(update={"scores": scores}))
    return kept


def _read_all(kind: type[_Record], paths: Iterable[Path]) -> list[_Record]:
    return [_parse(TypeAdapter(kind), path) for path in sorted(paths)]


def _parse(kind: TypeAdapter[_Parsed], path: Path) -> _Parsed:
    try:
        return kind.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = first_fault(error) if isinstance(error, ValidationError) else str(error)
        raise RequestError(
            f"{path} is not a record of measurements ({first}). See builders/cards/measurements.py."
        ) from None
