"""Build one config: solve its rows in blocks, keep each that is done, write the data folder."""

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from builders import families
from builders.building import runners
from builders.core import files
from builders.core.errors import RequestError, WorkError, unknown
from builders.core.machine import versions
from builders.dataset.manifest import Provenance
from builders.dataset.schema import Arrays
from builders.dataset.spec import FIRST_ROW, OOD, VARIANCE_LIMIT, BuildSpec, row_seed
from builders.folders.writing import write_config
from builders.physics import phase
from builders.physics.prepared import PreparedFamily, PreparedStates

if TYPE_CHECKING:
    from builders.core.names import Size
    from builders.physics.family import Family, Parameters, SolverSettings
    from builders.physics.hamiltonian import Hamiltonian
    from builders.solvers.dmrg.batch import Batch

Array = NDArray[np.float64]

CUDA = "torch-cuda"
SOLVERS = ("torch", CUDA, "block2")

# Largest relative difference to a closed-form energy, where the family has one.
CLOSED_FORM_LIMIT = 1e-6


@dataclass(frozen=True, order=True)
class RowBlock:
    """Rows first … first + family's block size − 1 of a split: solved together, always all."""

    split: str
    number: int


def build(
    spec: BuildSpec,
    out: Path,
    private: Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    solver: str = "torch",
    resume: bool = False,
) -> None:
    """Solve all rows of `spec` and write them to `out`, hidden labels to `private`.

    Args:
        spec: what to build.
        out: data set folder, made if it is not there; other configs in it stay.
        private: folder of the hidden labels; default `<out>-private`.
        workers: processes of one thread each; default one a processor. No effect on the bytes.
        scheduler: address of a Dask scheduler whose workers solve the blocks. No effect either.
        solver: `torch`, our own, `torch-cuda`, the same on an accelerator, or `block2`.
        resume: use the finished blocks of a build that was stopped.

    Raises:
        RequestError: the family does not have this size, the cluster cannot be used, or the solver
            is unknown, not installed, or not for this family.
        WorkError: a row is above the variance limit, or a worker died.
    """
    family = families.load(spec.family)
    family.check_size(spec.size)
    if OOD in spec.rows:
        family.check_ood()
    if solver not in SOLVERS:
        raise unknown("solver", solver, SOLVERS)
    if isinstance(family, PreparedFamily):
        if solver != SOLVERS[0]:
            raise RequestError(
                f"solver {solver!r}: {family.name} needs none, its states are made "
                f"({family.method}). Leave --solver out."
            )
        if spec.variance_limit != VARIANCE_LIMIT:
            raise RequestError(f"{family.name} is exact: leave --variance-limit and --bond out.")
        solver = family.method
    if solver == "block2":
        from builders.solvers.block2.session import need_block2
        from builders.solvers.block2.solver import need_one_start

        need_block2()
        need_one_start(family, spec.size)
    if solver == CUDA:
        from builders.solvers.dmrg.solver import need_cuda

        need_cuda()
        workers = workers or 1  # processes would wait for each other's turn on the device
    scratch = _scratch(out, spec, solver)
    with runners.place(workers, scheduler) as place:
        if not resume:
            shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        solved = _solve_blocks(spec, scratch, place.run, solver)
    splits = {split: _collect(spec, split, solved) for split in spec.rows}
    provenance = Provenance(
        solver=solver,
        tolerances=_tolerances(spec),
        wall_seconds=round(time.perf_counter() - started, 3),
        cpu_seconds=round(sum(float(b["cpu_seconds"]) for b in solved.values()), 3),
        versions=versions(solver),
        certificate=_certificate(solved),
        hardware=place.hardware,
    )
    write_config(out, private, spec, splits, provenance)
    shutil.rmtree(scratch)
    with suppress(OSError):  # another build may have blocks waiting there
        scratch.parent.rmdir()


def rebuild_rows(
    spec: BuildSpec, split: str, row_ids: Sequence[int], solver: str = "torch"
) -> Arrays:
    """The named rows, computed again; the same arrays as in the data set, row by row."""
    size = families.load(spec.family).block(spec.size)
    wanted: dict[int, list[int]] = defaultdict(list)
    for row_id in row_ids:
        wanted[(row_id - FIRST_ROW[split]) // size].append(row_id)
    found: dict[int, Arrays] = {}
    for number in sorted(wanted):
        rows = solve_block(spec, RowBlock(split, number), solver)
        for k, row_id in enumerate(rows["row_id"]):
            found[int(row_id)] = {name: a[k] for name, a in rows.items() if a.ndim}
    first = found[row_ids[0]]
    names = [n for n in first if not n.startswith("check_")]
    return {name: np.stack([found[row_id][name] for row_id in row_ids]) for name in names}


def solve_block(spec: BuildSpec, block: RowBlock, solver: str = "torch") -> Arrays:
    """All columns of a block, with `check_*` columns and `cpu_seconds` (0-d) beside them."""
    started = time.process_time()
    family = families.load(spec.family)
    size = family.block(spec.size)
    first = FIRST_ROW[block.split] + block.number * size
    ids = range(first, first + size)
    seeds = [row_seed(spec.config, spec.seed, row_id) for row_id in ids]
    # Independent streams for the parameters, the shots and the preparation of a row.
    streams = [np.random.default_rng(seed).spawn(3) for seed in seeds]
    draw = family.draw_ood if block.split == OOD else family.draw
    parameters = [draw(spec.size, stream[0]) for stream in streams]
    exact = [family.exact_energy(spec.size, p) for p in parameters]
    if isinstance(family, PreparedFamily):
        made = family.prepare(spec.size, parameters, [stream[2] for stream in streams])
        states: Batch | PreparedStates = made
        labels = made.labels()
        phases = phase.phase_columns(family, made.phases)
    else:
        warm_start = (family.warm_start_ood if block.split == OOD else "") or spec.family
        hamiltonians = [family.hamiltonian(spec.size, p) for p in parameters]
        states = batch = _solved(spec, solver, warm_start, hamiltonians, exact)
        labels = batch.labels()
        phases = _phases(family, spec.size, parameters, batch, labels["renyi2"])
    return {
        "row_id": np.array(ids, dtype=np.int64),
        "seed": np.array(seeds, dtype=np.uint64),
        "parameters": np.stack([family.flatten(p) for p in parameters]),
        "shots": states.sample(spec.shots, [stream[1] for stream in streams]),
        "energy": states.energy,
        "energy_variance": states.energy_variance,
        **{name: array.astype(np.float32) for name, array in labels.items()},
        **phases,
        "check_variance": states.relative_variance,
        "check_exact": np.array(
            [
                np.nan if e is None else abs(found - e) / abs(e)
                for e, found in zip(exact, states.energy, strict=True)
            ]
        ),
        "cpu_seconds": np.array(time.process_time() - started),
    }


def _phases(
    family: "Family", size: "Size", parameters: "list[Parameters]", batch: "Batch", renyi2: Array
) -> Arrays:
    if not family.phases:
        return {}
    from builders.solvers.dmrg.strings import expectations

    order = expectations(batch, family.order_strings(size))
    return phase.columns_of(family, size, parameters, order, renyi2)


def _solved(
    spec: BuildSpec,
    solver: str,
    warm_start: str,
    hamiltonians: "Sequence[Hamiltonian]",
    exact: "Sequence[float | None]",
) -> "Batch":
    # Imported when rows are solved: torch and block2 are extras.
    from builders.solvers.dmrg.solver import need_cuda, solve_missed, solve_warm

    if solver == CUDA:
        need_cuda()
    if solver == "block2":
        from builders.solvers.block2.solver import solve_warm_block2

        solve: Callable[..., Batch] = solve_warm_block2
    else:
        solve = partial(solve_warm, device="cuda" if solver == CUDA else "cpu")
    settings, again = _settings(spec, families.load(warm_start)), spec.variance_limit / 4.0
    batch = solve(warm_start, spec.size, hamiltonians, settings=settings, again_above=again)
    return solve_missed(batch, hamiltonians, exact)


def _settings(spec: BuildSpec, family: "Family") -> "SolverSettings":
    settings = family.solver_settings(spec.size)
    return settings if spec.bond is None else replace(settings, bond=spec.bond)


def _tolerances(spec: BuildSpec) -> dict[str, float]:
    family = families.load(spec.family)
    if isinstance(family, PreparedFamily):
        return {}  # exact
    settings = _settings(spec, family)
    return {
        "bond": settings.bond,
        "steps": settings.steps,
        "tolerance": settings.tolerance,
        "variance_limit": spec.variance_limit,
    }


def _blocks(spec: BuildSpec) -> list[RowBlock]:
    size = families.load(spec.family).block(spec.size)
    return [RowBlock(s, k) for s, rows in spec.rows.items() for k in range(-(-rows // size))]


def _asked(spec: BuildSpec, block: RowBlock) -> int:
    """Rows of a block that the data set keeps."""
    size = families.load(spec.family).block(spec.size)
    return min(size, spec.rows[block.split] - block.number * size)


def _solve_blocks(
    spec: BuildSpec, scratch: Path, run: runners.Runner, solver: str
) -> dict[RowBlock, Arrays]:
    """Every block of `spec`, from its checkpoint where there is one."""
    blocks = _blocks(spec)
    todo = [block for block in blocks if not _checkpoint(scratch, block).exists()]
    total = sum(spec.rows.values())
    done = total - sum(_asked(spec, block) for block in todo)
    with tqdm(total=total, initial=done, unit="row", desc=spec.config) as bar:
        for block, arrays in run(partial(solve_block, spec, solver=solver), todo):
            _check(spec, arrays)
            _write(_checkpoint(scratch, block), arrays)
            bar.update(_asked(spec, block))
    return {block: _read(_checkpoint(scratch, block)) for block in blocks}


def _check(spec: BuildSpec, arrays: Arrays) -> None:
    worst = int(np.argmax(arrays["check_variance"]))
    if not arrays["check_variance"][worst] < spec.variance_limit:
        raise WorkError(
            f"{spec.config} row {arrays['row_id'][worst]}: energy variance "
            f"{arrays['energy_variance'][worst]:.3g} is above the limit of "
            f"{spec.variance_limit:.0e} N · (energy unit)². The bond is too small for this row."
        )
    off = np.nan_to_num(arrays["check_exact"])
    if off.max() > CLOSED_FORM_LIMIT:
        raise WorkError(
            f"{spec.config} row {arrays['row_id'][off.argmax()]}: the energy differs from the "
            f"closed form by {off.max():.1e} of it. DMRG stuck in another state."
        )


def _write(path: Path, arrays: Arrays) -> None:
    staged = files.temporary(path)
    with staged.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)
    staged.replace(path)


def _scratch(out: Path, spec: BuildSpec, solver: str) -> Path:
    """Where finished blocks wait; beside the public folder, since they hold labels."""
    family = families.load(spec.family)
    settings = () if isinstance(family, PreparedFamily) else astuple(_settings(spec, family))
    parts = (spec.config, f"s{spec.seed}", f"m{spec.shots}", solver, *settings, spec.variance_limit)
    key = "-".join(map(str, parts))
    return out.absolute().with_name(f".{out.absolute().name}-building") / key


def _checkpoint(scratch: Path, block: RowBlock) -> Path:
    return scratch / f"{block.split}-{block.number:05d}.npz"


def _read(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def _collect(spec: BuildSpec, split: str, solved: dict[RowBlock, Arrays]) -> Arrays:
    parts = [solved[block] for block in sorted(solved) if block.split == split]
    names = [n for n, a in parts[0].items() if a.ndim and not n.startswith("check_")]
    return {n: np.concatenate([p[n] for p in parts])[: spec.rows[split]] for n in names}


def _certificate(solved: dict[RowBlock, Arrays]) -> dict[str, float]:
    """How exact the rows are: variance in units of N · (energy unit)², and closed forms."""
    variance = np.concatenate([b["check_variance"] for b in solved.values()])
    exact = np.concatenate([b["check_exact"] for b in solved.values()])
    found = {
        "relative_variance_median": float(np.median(variance)),
        "relative_variance_max": float(variance.max()),
    }
    if not np.isnan(exact).all():
        found["closed_form_energy_error_max"] = float(np.nanmax(exact))
    return found
