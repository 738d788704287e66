"""A config from the shots of a published experiment, in stim's files."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builders.building.importing import files_seed
from builders.building.stim_layout import Measured, read_shots
from builders.core import files
from builders.core.errors import RequestError
from builders.core.machine import hardware, versions
from builders.core.names import Size
from builders.dataset.manifest import Provenance
from builders.dataset.schema import Arrays
from builders.dataset.spec import MAX_ROWS, BuildSpec
from builders.folders.writing import check_target, write_config
from builders.kinds.code import CodeFamily
from builders.physics.channel import EXPERIMENT, Channel


@dataclass(frozen=True)
class WantedShots:
    """What of a folder becomes a config; None takes the default.

    Attributes:
        name: of the experiment, which stands in the config's name.
        train: the first shots; by default 80 % of all.
        test: the shots after them; by default the rest.
        model: name of the error model, or of its folder, where there are several.
    """

    name: str
    train: int | None = None
    test: int | None = None
    model: str = ""


def import_shots(
    source: Path,
    family: CodeFamily,
    size: Size,
    out: Path,
    private: Path | None,
    wanted: WantedShots,
) -> BuildSpec:
    """A folder of stim's files as a config of a code; see `builders.building.stim_layout`.

    Shots keep their order. Observables of the test shots go into the private folder, so that a
    board can score them; they are public where they came from, and no season can be opened on them.

    Raises:
        RequestError: files that do not fit the circuit or each other, by name, expected and found
            sizes; a circuit of another size; more shots than there are; a built config of that
            name.
    """
    channel = Channel.parse(f"{EXPERIMENT}:{wanted.name}").name
    started = time.perf_counter(), time.process_time()
    measured = read_shots(source, wanted.model)
    _check_size(family, size, measured)
    rows = _cut(len(measured.flips), wanted)
    hashes = {path.relative_to(source).as_posix(): files.sha256(path) for path in measured.files}
    seed = files_seed(hashes)  # rows come from the files: it rebuilds none of them
    spec = BuildSpec(family.name, size, rows, 1, seed, test_seed=seed, channel=channel)
    check_target(out, private, spec.config)
    provenance = Provenance(
        solver="imported",
        tolerances={},
        wall_seconds=round(time.perf_counter() - started[0], 3),
        cpu_seconds=round(time.process_time() - started[1], 3),
        versions=versions(*family.packages),
        hardware=hardware(),
        imported=dict(sorted(hashes.items())),
    )
    write_config(out, private, spec, _splits(spec, measured), provenance, measured.texts)
    return spec


def _check_size(family: CodeFamily, size: Size, measured: Measured) -> None:
    events = family.events(size)
    if measured.detectors != events:
        raise RequestError(
            f"the circuit has {measured.detectors} detectors; {family.name} of size {size} has "
            f"{events}. Give --size DISTANCErROUNDS as it was measured, or another family."
        )


def _cut(count: int, wanted: WantedShots) -> dict[str, int]:
    train = min(MAX_ROWS, count * 4 // 5) if wanted.train is None else wanted.train
    test = min(MAX_ROWS, count - train) if wanted.test is None else wanted.test
    if train < 1 or test < 1 or train + test > count:
        raise RequestError(
            f"{train} training and {test} test rows of {count} shots: give --train and --test of "
            f"at least 1 each and {count} together at most."
        )
    return {"train": train, "test": test}


def _splits(spec: BuildSpec, measured: Measured) -> dict[str, Arrays]:
    splits: dict[str, Arrays] = {}
    start = 0
    for split, count in spec.rows.items():
        ids = spec.row_ids(split)
        splits[split] = {
            "row_id": np.array(ids, dtype=np.int64),
            "seed": spec.seed_column(split, ids),
            "events": measured.events[start : start + count],
            "observable": measured.flips[start : start + count],
        }
        start += count
    return splits
