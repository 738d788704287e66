"""Build one config: make its rows in blocks, keep each that is done, write the data folder."""

import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from builders import families
from builders.building import checkpoints, replacing, runners
from builders.building.blocks import (
    SAMPLE,
    RowBlock,
    blocks_of,
    drawn_rows,
    make_block,
    public_columns,
    rows_kept,
)
from builders.building.parameter_table import ParameterTable
from builders.core.errors import RequestError
from builders.core.machine import versions
from builders.core.progress import progress
from builders.dataset import checks
from builders.dataset.manifest import Provenance
from builders.dataset.schema import Arrays
from builders.dataset.spec import GUESSABLE, OOD, SEEDS, BuildSpec, is_hidden
from builders.folders.writing import check_target, write_config
from builders.kinds.ground_state import CUDA
from builders.physics.channel import EXPERIMENT, Channel
from builders.physics.family import Family
from builders.physics.rows import BuildSettings
from builders.solvers.devices.backends import calibrated


def build(
    spec: BuildSpec,
    out: Path,
    private: Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    solver: str = "",
    resume: bool = False,
    force: bool = False,
    table: ParameterTable | None = None,
) -> None:
    """Make all rows of `spec` and write them to `out`, hidden labels to `private`.

    Args:
        spec: what to build; a seed of the rows with hidden labels is drawn where it has none.
        out: data set folder, made if it is not there; other configs in it stay.
        private: folder of the hidden labels; default `<out>-private`.
        workers: processes of one thread each; default one a processor. No effect on the bytes.
        scheduler: address of a Dask scheduler whose workers make the blocks. No effect either.
        solver: of a family that is solved: `torch`, our own, `torch-cuda`, the same on an
            accelerator, or `block2`.
        resume: use the finished blocks of a build that was stopped.
        force: replace a config of that name that was built otherwise; its test rows too.
        table: gives the parameters of all rows, in place of the family's distribution; `rows` and
            `table` of `spec` are its own.

    Raises:
        RequestError: the family does not have this size, a folder holds other data, the cluster
            cannot be used, the solver is unknown, not installed, or not for this family, or the
            channel's device is unknown, too small, or not installed; the config is there and was
            built otherwise; a stopped build to resume was asked otherwise; two rows would be the
            same, or one is refused by its family.
        WorkError: a row is not as exact as was asked for, or a worker died.
    """
    family = families.load(spec.family)
    family.check_size(spec.size)
    if spec.channel and Channel.parse(spec.channel).kind == EXPERIMENT:
        raise RequestError(
            f"channel {Channel.parse(spec.channel)}: nothing builds the shots of an experiment. "
            "Bring yours with `qslbench import`."
        )
    if table is None:
        _check_counts(family, spec)
    elif (spec.rows, spec.table) != (table.counts, table.sha256):
        raise ValueError(f"{spec.rows=} and {spec.table=} are not those of {table.file}")
    check_target(out, private, spec.config)
    spec = _calibrated(spec)
    settings = family.check_settings(spec.size, spec.settings("train", solver))
    texts = family.texts(spec.size, spec.channel)
    settings = replace(settings, texts=texts or None)
    if settings.solver == CUDA:
        workers = workers or 1  # processes would wait for each other's turn on the device
    if not force:
        spec = replacing.same_again(out, private, spec, settings.solver)
    test_seed = _test_seed(spec)
    scratch = checkpoints.folder(out, spec, settings)
    if resume:
        checkpoints.refuse_others(out, spec, settings)
    with runners.place(workers, scheduler) as place:
        if not resume:
            shutil.rmtree(scratch, ignore_errors=True)
        checkpoints.begin(scratch, spec, settings)
        spec = replace(spec, test_seed=checkpoints.test_seed(scratch, test_seed))
        if table is None:
            _check_drawn(spec)
        started = time.perf_counter()
        made = _make_blocks(spec, scratch, place.run, settings, table)
    splits = {split: _collect(spec, split, made) for split in spec.rows}
    exactness = _exactness(made)
    provenance = Provenance(
        solver=settings.solver,
        tolerances=family.tolerances(spec.size, settings),
        wall_seconds=round(time.perf_counter() - started, 3),
        cpu_seconds=round(sum(float(b["cpu_seconds"]) for b in made.values()), 3),
        versions=versions(settings.solver, *family.packages),
        certificate=family.certificate.summary(exactness),
        hardware=place.hardware,
        absent=family.absent(spec.size),
        table=None if table is None else {"file": table.file, "sha256": table.sha256},
    )
    write_config(out, private, spec, splits, provenance, texts)
    shutil.rmtree(scratch)
    with suppress(OSError):  # another build may have blocks waiting there
        scratch.parent.rmdir()


def _check_counts(family: Family, spec: BuildSpec) -> None:
    """Refuse rows that the family's distributions cannot give."""
    if OOD in spec.rows:
        family.check_ood()
    shifted = spec.rows.get(OOD, 0)
    family.check_rows(spec.size, sum(spec.rows.values()) - shifted, shifted)


def _calibrated(spec: BuildSpec) -> BuildSpec:
    """With the numbers of the channel's device, where it is of one and they are not given."""
    if not spec.channel or spec.calibration is not None:
        return spec
    couplings = families.load(spec.family).couplings_of(spec.size)
    channel = Channel.parse(spec.channel)
    return replace(spec, calibration=calibrated(channel, spec.size, couplings))


def _check_drawn(spec: BuildSpec) -> None:
    """Refuse before a row is solved what its parameters show already.

    Raises:
        RequestError: two rows have the same parameters, or the family refuses those of one.
    """
    family = families.load(spec.family)
    if family.record.per_shot or not family.flat_length(spec.size):
        return
    drawn = {split: drawn_rows(spec, split) for split in spec.rows}
    wrong = [text for s, rows in drawn.items() for text in checks.problems(spec, s, rows, family)]
    if family.identity == "parameters":
        wrong += checks.duplicates(spec.config, drawn, family)
    if wrong:
        raise RequestError(
            f"nothing was solved: {wrong[0]} Ask for fewer rows, or give another --seed."
        )


def _test_seed(spec: BuildSpec) -> int | None:
    """The seed that was given, or a new one where labels are to be hidden.

    Raises:
        RequestError: the one given is public.
    """
    if spec.test_seed == spec.seed:
        raise RequestError(
            f"test seed {spec.seed} is that of the public rows, which everybody can read, and "
            "would rebuild every hidden label. Leave it out, and one is drawn."
        )
    if spec.test_seed is not None or not any(is_hidden(split) for split in spec.rows):
        return spec.test_seed
    return GUESSABLE + secrets.randbelow(SEEDS - GUESSABLE)


def _make_blocks(
    spec: BuildSpec,
    scratch: Path,
    run: runners.Runner,
    settings: BuildSettings,
    table: ParameterTable | None,
) -> dict[RowBlock, Arrays]:
    """Every block of `spec`, from its checkpoint where there is one."""
    blocks = blocks_of(spec)
    todo = [block for block in blocks if not checkpoints.path(scratch, block).exists()]
    total = sum(spec.rows.values())
    done = total - sum(rows_kept(spec, block) for block in todo)
    certificate = families.load(spec.family).certificate
    with progress(total, "row", spec.config, done=done) as bar:
        make = partial(
            make_block,
            spec,
            solver=settings.solver,
            texts=settings.texts,
            # Who chose the family knows its distribution; of a table nobody does: every row of it
            # is held against another solver.
            sample=SAMPLE if table is None else 1,
            given=None if table is None else table.splits,
        )
        for block, arrays in run(make, todo):
            measured = checkpoints.exactness(arrays)
            certificate.refuse(spec.config, arrays["row_id"], measured, spec.variance_limit)
            checkpoints.write(checkpoints.path(scratch, block), arrays)
            bar.update(rows_kept(spec, block))
    return {block: checkpoints.read(checkpoints.path(scratch, block)) for block in blocks}


def _collect(spec: BuildSpec, split: str, made: Mapping[RowBlock, Arrays]) -> Arrays:
    parts = [public_columns(made[block]) for block in sorted(made) if block.split == split]
    whole = _concatenated(parts)
    return {name: array[: spec.rows[split]] for name, array in whole.items()}


def _exactness(made: Mapping[RowBlock, Arrays]) -> Arrays:
    """What the certificate judges, of all rows; NaN where a block has no row of the sample."""
    parts = [checkpoints.exactness(arrays) for arrays in made.values()]
    names = dict.fromkeys(name for part in parts for name in part)
    rows = [len(arrays["row_id"]) for arrays in made.values()]
    return {
        name: np.concatenate(
            [part.get(name, np.full(n, np.nan)) for part, n in zip(parts, rows, strict=True)]
        )
        for name in names
    }


def _concatenated(parts: list[Arrays]) -> Arrays:
    return {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
