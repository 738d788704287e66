"""A config from the files of others: published instances under our schema and tasks."""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.building import text_layout
from builders.building.text_layout import LABEL_KINDS, Instance, Named
from builders.core import files
from builders.core.errors import RequestError
from builders.core.machine import hardware, versions
from builders.core.names import Size, config_name
from builders.core.progress import progress
from builders.dataset.config import Config
from builders.dataset.manifest import Manifest, Provenance
from builders.dataset.schema import Arrays
from builders.dataset.spec import BuildSpec
from builders.families.heisenberg_2d import lattice_bonds
from builders.folders import loading
from builders.folders.writing import check_target, write_config
from builders.shadows.estimators import shadow_correlation

FAMILY = "heisenberg_2d"

# Published correlations are within 3e-5 of the ground state's; this far off it is another state.
_SAME_STATE = 1e-3
# In standard errors of independent bonds. Bonds that share a site are not, so that true ones reach
# a few; tokens of another encoding are at 12 for one instance of 1,000 shots.
_SAME_SHOTS = 10.0


@dataclass(frozen=True)
class Wanted:
    """What of a folder becomes a config; None takes the default.

    Attributes:
        train: the first instances; by default 80 % of all, as Wang et al. (arXiv 2211.16943) cut
            these data.
        test: the instances after them; by default the rest.
        shots: the first shots of every instance; by default all that every instance has.
        variant: see `text_layout.find`.
        skip_incomplete: see there.
        solve: compute the labels that the text lacks.
    """

    train: int | None = None
    test: int | None = None
    shots: int | None = None
    variant: str = ""
    skip_incomplete: bool = False
    solve: bool = False


def import_text(
    source: Path, size: Size, out: Path, private: Path | None, wanted: Wanted
) -> BuildSpec:
    """A folder of instances as a config of heisenberg_2d; see `builders.building.text_layout`.

    Rows keep the order of the instances' numbers. The config's seed is a hash of the files, so that
    no built config has the same specification.

    Raises:
        RequestError: a file that breaks the layout, by name, line and reason; more rows or shots
            than there are; a folder that has a built config of that name.
    """
    check_target(out, private, config_name(FAMILY, size))
    started = time.perf_counter(), time.process_time()
    named = text_layout.find(
        source, size, variant=wanted.variant, skip_incomplete=wanted.skip_incomplete
    )
    rows = _cut(len(named), wanted)
    named = named[: sum(rows.values())]
    instances = []
    with progress(len(named), "row", "read") as bar:
        for each in named:
            instances.append(text_layout.read(each, size))
            bar.update()
    _check_shots(size, instances)
    hashes = {p.name: files.sha256(p) for each in named for p in each.files.values()}
    # Rows come from the files: this seed rebuilds none of them.
    seed = files_seed(hashes)
    shots = _shots(instances, named, wanted)
    spec = BuildSpec(FAMILY, size, rows, shots, seed, test_seed=seed)
    columns, certificate = _columns(spec, instances, wanted.solve)
    provenance = Provenance(
        solver="imported, missing labels solved" if wanted.solve else "imported",
        tolerances={},
        wall_seconds=round(time.perf_counter() - started[0], 3),
        cpu_seconds=round(time.process_time() - started[1], 3),
        versions=versions(),
        certificate=certificate,
        hardware=hardware(),
        absent=_missing(spec, columns),
        imported=dict(sorted(hashes.items())),
        withheld=tuple(
            each.files[kind].name for each in named[rows["train"] :] for kind in LABEL_KINDS
        ),
    )
    write_config(out, private, spec, _splits(spec, columns), provenance)
    return spec


def _missing(spec: BuildSpec, columns: Arrays) -> tuple[str, ...]:
    """Hidden columns of the family that `columns` lacks."""
    hidden = [c.name for c in Config.parse(spec.config).columns(spec.shots) if c.is_label]
    return tuple(name for name in hidden if name != "seed" and name not in columns)


def rebuilder(folder: Path, manifest: Manifest, config: str) -> Callable[..., Arrays] | None:
    """What computes rows of an imported config again; None where nothing can.

    The solved labels are computed again from the stored parameters; the rest is as stored.
    """
    entry = manifest.configs[config]
    if entry.absent or entry.family != FAMILY or manifest.visibility == "private":
        return None
    return partial(_solved_again, folder)


def _solved_again(folder: Path, spec: BuildSpec, split: str, row_ids: Sequence[int]) -> Arrays:
    stored = loading.load(folder, spec.config, splits=[split])[split]
    at = np.searchsorted(stored["row_id"], row_ids)
    rows = {name: array[at] for name, array in stored.items()}
    solved = [_solve(spec.size, couplings) for couplings in rows["parameters"]]
    # What the files gave stays; the solver's energies and correlations were compared with it.
    names = [name for name in solved[0] if name in stored and name not in text_layout.LABELS]
    return rows | {name: np.stack([labels[name] for labels in solved]) for name in names}


def _cut(count: int, wanted: Wanted) -> dict[str, int]:
    train = count * 4 // 5 if wanted.train is None else wanted.train
    test = count - train if wanted.test is None else wanted.test
    if train < 1 or test < 1 or train + test > count:
        raise RequestError(
            f"{train} training and {test} test rows of {count} instances: give --train and --test "
            f"of at least 1 each and {count} together at most."
        )
    return {"train": train, "test": test}


def _shots(instances: Sequence[Instance], named: Sequence[Named], wanted: Wanted) -> int:
    counts = [len(instance.shots) for instance in instances]
    least = int(np.argmin(counts))
    if wanted.shots is None:
        return counts[least]
    if not 1 <= wanted.shots <= counts[least]:
        raise RequestError(
            f"--shots {wanted.shots}: {named[least].files['samples']} has {counts[least]} shots. "
            f"Give 1 to {counts[least]}."
        )
    return wanted.shots


def files_seed(hashes: dict[str, str]) -> int:
    """A seed that stands for files, name → SHA-256."""
    text = "|".join(f"{name}:{value}" for name, value in sorted(hashes.items()))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little") >> 1


def _check_shots(size: Size, instances: Sequence[Instance]) -> None:
    """Refuse tokens that are not shots of these states: mean over bonds of shadow − C."""
    at = tuple(lattice_bonds(size).T)
    exact = np.concatenate([i.correlation[at] for i in instances])
    estimate = np.concatenate([shadow_correlation(i.shots)[at] for i in instances])
    noise = np.concatenate([(3 - i.correlation[at] ** 2) / len(i.shots) for i in instances])
    off = float(np.mean(estimate - exact) / (np.sqrt(noise.sum()) / len(noise)))
    if abs(off) > _SAME_SHOTS:
        raise RequestError(
            f"the samples are not shots of these states: over all bonds their estimate of C is "
            f"{estimate.mean():.3f} on average, the files say {exact.mean():.3f}, {abs(off):.0f} "
            "standard errors apart. Tokens must be 2 * basis + bit."
        )


def _columns(
    spec: BuildSpec, instances: Sequence[Instance], solve: bool
) -> tuple[Arrays, dict[str, Any]]:
    """The columns that files give, and those that are solved for, with what was found."""
    factors = {instance.energy_factor for instance in instances}
    if len(factors) > 1:
        raise RequestError(
            "some energies belong to H = (1/2) sum J (XX+YY+ZZ), others to H without the 1/2. "
            "Put data sets into folders of their own."
        )
    (factor,) = factors
    columns: Arrays = {
        "parameters": np.stack([i.couplings for i in instances]),
        "shots": np.stack([i.shots[: spec.shots] for i in instances]),
        "energy": np.array([i.energy / factor for i in instances]),
        "correlation": np.stack([i.correlation for i in instances]).astype(np.float32),
    }
    certificate: dict[str, Any] = {"energy_factor": factor}
    if solve:
        solved = []
        with progress(len(instances), "row", "solve") as bar:
            for instance in instances:
                solved.append(_solve(spec.size, instance.couplings))
                bar.update()
        certificate |= _agreement(columns, solved)
        names = _missing(spec, columns)
        columns |= {name: np.stack([labels[name] for labels in solved]) for name in names}
    return columns, certificate


def _solve(size: Size, couplings: NDArray[np.float64]) -> Arrays:
    # The solver is imported only when a row is computed.
    from builders.building.ground_state import solve

    state = solve(FAMILY, size, {"J": couplings})
    return {
        "energy": np.array(state.energy),
        "energy_variance": np.array(state.energy_variance),
        "label_error_correlation": np.array(state.label_error.correlation, np.float32),
        "label_error_renyi2": np.array(state.label_error.renyi2, np.float32),
        "correlation": state.correlation(),
        "renyi2": state.renyi2().astype(np.float32),
        "renyi2_blocks": state.renyi2_blocks().astype(np.float32),
    }


def _agreement(columns: Arrays, solved: Sequence[Arrays]) -> dict[str, float]:
    """Largest differences between the labels of the files and those of the solver."""
    energy, correlation = (np.stack([s[k] for s in solved]) for k in ("energy", "correlation"))
    relative = np.abs(columns["energy"] - energy) / np.abs(energy)
    off = np.abs(columns["correlation"] - correlation).max(axis=(1, 2))
    worst = int(off.argmax())
    if off[worst] > _SAME_STATE:
        raise RequestError(
            f"instance {worst + 1} in order of the numbers: its correlations are up to "
            f"{off[worst]:.2g} from those of the ground state of its couplings. Its labels are not "
            "of that state; import without --solve, or leave it out."
        )
    return {
        "energy_difference_max": float(relative.max()),
        "correlation_difference_max": float(off[worst]),
    }


def _splits(spec: BuildSpec, columns: Arrays) -> dict[str, Arrays]:
    splits, start = {}, 0
    for split, count in spec.rows.items():
        ids = spec.row_ids(split)
        splits[split] = {
            "row_id": np.array(ids, dtype=np.int64),
            "seed": np.array(spec.row_seeds(split, ids), dtype=np.int64),
            **{name: array[start : start + count] for name, array in columns.items()},
        }
        start += count
    return splits
