"""Finished blocks of a build that may be killed, and the seed that was drawn for its test rows."""

import hashlib
import json
import os
import re
from pathlib import Path

import numpy as np

from builders import families
from builders.building.blocks import CHECKED, SAMPLE, RowBlock, drawn, streams
from builders.core import files
from builders.core.errors import RequestError
from builders.dataset.schema import Arrays
from builders.dataset.spec import OOD, BuildSpec, recipe_of
from builders.physics.family import Family
from builders.physics.rows import BuildSettings

_SEED, _ASKED = "test_seed", "asked.json"
_DRAWN = 16  # seeds whose parameters stand for the distribution
_SHORT = 40


def folder(out: Path, spec: BuildSpec, settings: BuildSettings) -> Path:
    """Where finished blocks wait; beside the public folder, since they hold labels."""
    key = hashlib.sha256(repr(sorted(asked(spec, settings).items())).encode()).hexdigest()[:16]
    return _home(out) / f"{spec.config}-{settings.solver}-{key}"


def asked(spec: BuildSpec, settings: BuildSettings) -> dict[str, str]:
    """All that finished blocks depend on: name → value, or a hash of it."""
    family, own = families.load(spec.family), families.source(spec.family)
    parts: dict[str, object] = {
        "config": spec.config,
        "recipe": recipe_of(family),
        "seed": spec.seed,
        "test seed": spec.test_seed,
        "shots": spec.shots,
        "solver": settings.solver,
        "variance limit": settings.variance_limit,
        "bond": settings.bond,
        "noise": (settings.channel, settings.device, spec.calibration),
        "circuit": settings.texts,
        "settings of the solver": sorted(family.tolerances(spec.size, settings).items()),
        "rows made together": (family.block(spec.size), family.block_ood(spec.size)),
        "rows compared": SAMPLE if type(family).compared is not Family.compared else None,
        "distribution": "" if spec.table else _distribution(spec),
        "table": (spec.table, tuple(spec.rows.items())) if spec.table else "",
        "file of the family": "" if own is None else own.sha256,
    }
    return {name: _short(repr(value)) for name, value in parts.items()}


def begin(scratch: Path, spec: BuildSpec, settings: BuildSettings) -> None:
    """Make the folder, and note in it what was asked."""
    scratch.mkdir(parents=True, exist_ok=True)
    files.replace_text(scratch / _ASKED, json.dumps(asked(spec, settings), indent=1))


def refuse_others(out: Path, spec: BuildSpec, settings: BuildSettings) -> None:
    """Refuse to begin anew where a stopped build of the config waits that was asked otherwise.

    Raises:
        RequestError: names what differs.
    """
    scratch, now = folder(out, spec, settings), asked(spec, settings)
    if scratch.is_dir():
        return
    found = [_differing(path, spec, now) for path in sorted(_home(out).glob(f"{spec.config}-*"))]
    differing = [names for names in found if names]
    if differing:
        fewest = min(differing, key=lambda names: len(names))
        raise RequestError(
            f"--resume: a stopped build of {spec.config} beside {out} differs from this one in "
            f"{', '.join(fewest)}. Ask as before, with the version that began it, or leave "
            "out --resume to begin anew."
        )


def _differing(path: Path, spec: BuildSpec, now: dict[str, str]) -> list[str]:
    """Names of what a stopped build was asked otherwise; none of a build of another config."""
    if not any(path.glob("*.npz")):
        return []
    if not (path / _ASKED).is_file():
        # Of a version that noted nothing.
        mine = re.fullmatch(
            rf"{re.escape(spec.config)}-[a-z0-9]+(-cuda)?-[0-9a-f]{{16}}", path.name
        )
        return ["the version that began it"] if mine else []
    then: dict[str, str] = json.loads((path / _ASKED).read_text(encoding="utf-8"))
    if then.get("config") != now["config"]:
        return []
    return [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]


def _distribution(spec: BuildSpec) -> str:
    """Hash of what `draw` gives for some seeds: of a family that was edited it is another."""
    family = families.load(spec.family)
    if not family.flat_length(spec.size):
        return ""
    digest = hashlib.sha256()
    for shifted in (False, True) if OOD in spec.rows else (False,):
        of_seed = [streams(seed) for seed in range(_DRAWN)]
        for parameters in drawn(family, spec.size, of_seed, shifted=shifted):
            digest.update(family.flatten(parameters).tobytes())
    return digest.hexdigest()


def _home(out: Path) -> Path:
    return out.absolute().with_name(f".{out.absolute().name}-building")


def _short(text: str) -> str:
    return text if len(text) <= _SHORT else hashlib.sha256(text.encode()).hexdigest()


def test_seed(scratch: Path, drawn: int | None) -> int | None:
    """The seed of the rows with hidden labels: that of the stopped build, or the one given.

    It is kept with mode 0600, since it rebuilds hidden labels.
    """
    path = scratch / _SEED
    if drawn is None:
        return None
    if path.is_file():
        return int(path.read_text(encoding="ascii"))
    scratch.chmod(0o700)
    staged = files.temporary(path)
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(str(drawn))
    staged.replace(path)
    return drawn


def path(scratch: Path, block: RowBlock) -> Path:
    """The file of a block."""
    return scratch / f"{block.split}-{block.number:05d}.npz"


def write(path: Path, arrays: Arrays) -> None:
    """Keep a block, whole or not at all."""
    staged = files.temporary(path)
    with staged.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)
    staged.replace(path)


def read(path: Path) -> Arrays:
    """A kept block."""
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def exactness(arrays: Arrays) -> Arrays:
    """What the certificate judges, (R,), by its own names."""
    return {n.removeprefix(CHECKED): a for n, a in arrays.items() if n.startswith(CHECKED)}
