"""A config that is built already: the same once more, or refused."""

from dataclasses import replace
from pathlib import Path

from builders import families
from builders.core.errors import RequestError
from builders.dataset import manifest
from builders.dataset.manifest import ConfigEntry
from builders.dataset.spec import BuildSpec, is_hidden, recipe_of
from builders.folders.siblings import private_folder


def same_again(out: Path, private: Path | None, spec: BuildSpec, solver: str) -> BuildSpec:
    """The spec under which a config that is there already comes out as it is.

    Without a test seed it takes the one of the private folder, so that hidden labels stay, and
    with them every score; a config that is not there is built as asked.

    Args:
        out: data set folder.
        private: folder of the hidden labels; None for `private_folder(out)`.
        spec: what is asked.
        solver: with which.

    Raises:
        RequestError: the config is there and was built otherwise; says what differs.
    """
    old = _entry(out, spec.config)
    if old is None or old.imported is not None:  # imported rows are refused by their writer
        return spec
    home = private_folder(out) if private is None else private
    hidden = _entry(home, spec.config)
    seed = None if hidden is None else hidden.test_seed
    pairs = _pairs(old, spec, solver)
    differs = [f"{name} {was}, not {now}" for name, was, now in pairs if was != now]
    if old.calibration != spec.calibration:
        differs.append("another calibration of its device")
    if spec.test_seed is not None and spec.test_seed != seed:
        differs.append("another test seed")
    if any(map(is_hidden, old.rows)) and seed is None:
        differs.append(f"hidden labels that {home} has not, so that others would be drawn")
    if differs:
        raise RequestError(
            f"{out} has a config {spec.config}, built with {'; '.join(differs)}. It would be "
            "overwritten, its test rows too: give another folder with --out, or --force."
        )
    return replace(spec, test_seed=seed)


def _entry(folder: Path, config: str) -> ConfigEntry | None:
    if not (folder / manifest.NAME).is_file():
        return None
    return manifest.read(folder).configs.get(config)


def _pairs(old: ConfigEntry, spec: BuildSpec, solver: str) -> list[tuple[str, object, object]]:
    was = old.public_spec
    return [
        ("recipe", old.recipe, recipe_of(families.load(spec.family))),
        ("seed", was.seed, spec.seed),
        ("rows", was.rows, spec.rows),
        ("shots", was.shots, spec.shots),
        ("table of parameters", was.table or "none", spec.table or "none"),
        ("file of the family", _hash(old), _hash_of(spec)),
        ("solver", old.solver, solver),
        ("variance limit", was.variance_limit, spec.variance_limit),
        ("bond", was.bond, spec.bond),
    ]


def _hash(old: ConfigEntry) -> str:
    return "none" if old.source is None else f"SHA-256 {old.source.sha256}"


def _hash_of(spec: BuildSpec) -> str:
    own = families.source(spec.family)
    return "none" if own is None else f"SHA-256 {own.sha256}"
