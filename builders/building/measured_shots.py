"""A config from shots that somebody measured, with the parameters of what was prepared.

Two tables, `parameters` (see `builders.building.parameter_table`) and `shots` (see
`builders.building.shots_table`). The channel of the config is `experiment_NAME`, about which
nothing is known.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from builders import families
from builders.building.importing import files_seed
from builders.building.parameter_table import ParameterTable, read_parameters
from builders.building.shots_table import Tokens, read_shots
from builders.building.solved_labels import solved
from builders.building.tables import FORMS
from builders.core import files
from builders.core.errors import RequestError
from builders.core.machine import hardware, versions
from builders.core.names import Size, config_name
from builders.dataset.config import Config
from builders.dataset.manifest import Manifest, Provenance
from builders.dataset.schema import Arrays
from builders.dataset.spec import BuildSpec
from builders.folders import loading
from builders.folders.writing import check_target, write_config
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.channel import EXPERIMENT, Channel
from builders.physics.family import Family
from builders.physics.record import PauliTokens

PARAMETERS, SHOTS = "parameters", "shots"


@dataclass(frozen=True)
class WantedMeasured:
    """What of the tables becomes a config; None takes the default.

    Attributes:
        name: of the experiment, in lower case; stands in the config's name.
        train: rows for training; see `read_parameters`.
        test: the others.
        shots: the first of every row; by default all that every row has.
        solve: compute the labels: those of the ground state of the stated parameters.
    """

    name: str
    train: int | None = None
    test: int | None = None
    shots: int | None = None
    solve: bool = False


def import_measured(
    shots: str | Path,
    parameters: str | Path,
    family: str,
    size: Size | int | str,
    *,
    name: str,
    train: int | None = None,
    test: int | None = None,
    copies: int | None = None,
    solve: bool = True,
    out: str | Path = "data",
    private: str | Path | None = None,
) -> str:
    """Write a config of shots that you measured; its name.

    Args:
        shots: a table (.csv, .parquet or .json), a line a shot: `row` from 1, `bases` such as
            XZZY, `outcomes` such as 0110, where 0 is the eigenvalue +1.
        parameters: a table of the family's parameters, a line a row.
        family: what was prepared: the name of a family, or the path of a file with one of yours.
        size: system size.
        name: of the experiment, in lower case, such as `lab`.
        train: training rows, the first ones; by default 80 %, or as a column `split` says.
        test: test rows, whose labels are hidden.
        copies: M, shots kept of every row; by default as many as every row has.
        solve: compute exact labels, those of the ground state of the stated parameters, which
            scores compare with. Without them the config has shots and no task.
        out: data set folder; other configs in it stay.
        private: folder of the hidden labels; `<out>-private` by default.

    Raises:
        RequestError: a table that is not of this form, names row and column; bases that were not
            drawn at random; a family whose labels nobody can solve for.
        WorkError: a label cannot be vouched for.

    >>> import qslbench
    >>> where = ("shots.csv", "parameters.csv", "tfim_1d", 4)
    >>> qslbench.import_measured(*where, name="lab", train=3, test=2, out="measured")
    'tfim_1d_n004-experiment_lab'
    """
    known = families.load(families.named(family))
    shape = size if isinstance(size, Size) else known.geometry.parse(size)
    wanted = WantedMeasured(name, train, test, copies, solve)
    hidden = None if private is None else Path(private)
    spec = import_tables(Path(shots), Path(parameters), known, shape, Path(out), hidden, wanted)
    return spec.config


def tables_in(folder: Path) -> tuple[Path, Path] | None:
    """The tables of shots and of parameters in a folder; None where it has none of shots.

    Raises:
        RequestError: it lacks the other one, or has one of them twice.
    """
    found = {
        stem: [path for form in FORMS if (path := folder / f"{stem}{form}").is_file()]
        for stem in (SHOTS, PARAMETERS)
    }
    if not found[SHOTS]:
        return None
    for stem, paths in found.items():
        if len(paths) != 1:
            said = "two of" if paths else "none of"
            raise RequestError(
                f"{folder} has {said} {', '.join(f'{stem}{form}' for form in FORMS)}: one is "
                "needed."
            )
    return found[SHOTS][0], found[PARAMETERS][0]


def import_tables(
    shots: Path,
    parameters: Path,
    family: Family,
    size: Size,
    out: Path,
    private: Path | None,
    wanted: WantedMeasured,
) -> BuildSpec:
    """As `import_measured`, of what was looked up before.

    Raises:
        RequestError, WorkError: see there.
    """
    _check_family(family, wanted)
    channel = Channel.parse(f"{EXPERIMENT}:{wanted.name}").name
    check_target(out, private, config_name(family.name, size, channel))
    started = time.perf_counter(), time.process_time()
    table = read_parameters(parameters, family, size, wanted.train, wanted.test)
    every = read_shots(shots, size, sum(table.counts.values()), wanted.shots)
    hashes = {path.name: files.sha256(path) for path in (parameters, shots)}
    seed = files_seed(hashes)  # rows come from the files: it rebuilds none of them
    copies = every.shape[1]
    spec = BuildSpec(
        *(family.name, size, table.counts, copies, seed), test_seed=seed, channel=channel
    )
    splits = _splits(spec, table, every)
    if wanted.solve:
        for split, arrays in splits.items():
            splits[split] |= solved(family, size, arrays["parameters"], split)
    hidden = [c.name for c in Config.parse(spec.config).columns(copies) if c.is_label]
    provenance = Provenance(
        solver="imported, labels solved" if wanted.solve else "imported",
        tolerances={},
        wall_seconds=round(time.perf_counter() - started[0], 3),
        cpu_seconds=round(time.process_time() - started[1], 3),
        versions=versions(),
        hardware=hardware(),
        absent=tuple(n for n in hidden if n != "seed" and not wanted.solve),
        imported=dict(sorted(hashes.items())),
    )
    write_config(out, private, spec, splits, provenance)
    return spec


def _check_family(family: Family, wanted: WantedMeasured) -> None:
    if not isinstance(family.record, PauliTokens):
        raise RequestError(
            f"rows of {family.name} hold {family.record.kind}, and no shots of bases and outcomes."
        )
    if not wanted.name:
        raise RequestError("--name: name the experiment in lower case, such as lab.")
    if wanted.solve and not isinstance(family, GroundStateFamily):
        raise RequestError(
            f"labels of {family.name} are not those of a ground state that could be solved for. "
            "Leave --solve out: the config has shots and no labels then."
        )


def solved_again(
    folder: Path, contents: Manifest, config: str
) -> Callable[[BuildSpec, str, Sequence[int]], Arrays] | None:
    """What computes labels of a measured config again; None where it has none, or in the private
    folder, which has no parameters.
    """
    entry = contents.config(config)
    if entry.absent or contents.visibility == "private":
        return None
    return partial(_again, folder)


def _again(folder: Path, spec: BuildSpec, split: str, row_ids: Sequence[int]) -> Arrays:
    stored = loading.load(folder, spec.config, splits=[split])[split]
    at = np.searchsorted(stored["row_id"], row_ids)
    rows = {name: array[at] for name, array in stored.items()}
    again = solved(families.load(spec.family), spec.size, rows["parameters"], split)
    return rows | {name: array for name, array in again.items() if name in stored}


def _splits(spec: BuildSpec, table: ParameterTable, every: Tokens) -> dict[str, Arrays]:
    splits: dict[str, Arrays] = {}
    for split, rows in table.rows.items():
        ids = spec.row_ids(split)
        splits[split] = {
            "row_id": np.array(ids, dtype=np.int64),
            "seed": spec.seed_column(split, ids),
            "parameters": table.splits[split],
            "shots": every[np.array(rows) - 1],
        }
    return splits
