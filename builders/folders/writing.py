"""Write a config into the public data set folder and into the folder of hidden labels."""

import secrets
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from builders import families
from builders.cards.documents import write_documents
from builders.core import files
from builders.core.column import Column
from builders.core.errors import RequestError, WorkError, counted
from builders.core.own_files import OwnFile
from builders.dataset import checks, index, manifest, parquet
from builders.dataset.manifest import (
    ConfigEntry,
    FileEntry,
    Manifest,
    Provenance,
    SourceFile,
    Visibility,
)
from builders.dataset.schema import Arrays, check_arrays, columns
from builders.dataset.spec import OOD, BuildSpec, is_hidden, recipe_of
from builders.folders import origin
from builders.folders.promise import commitment
from builders.folders.recipes import check_recipes
from builders.folders.siblings import private_folder
from builders.physics import parameters

_OWNER_ALONE = 0o700


@dataclass(frozen=True)
class _SplitPart:
    """What one of the two folders gets of a config."""

    folder: Path
    visibility: Visibility
    columns: tuple[Column, ...]
    splits: dict[str, Arrays]
    texts: Mapping[str, str] = field(default_factory=dict)
    source: OwnFile | None = None


def write_config(
    out: Path,
    private: Path | None,
    spec: BuildSpec,
    splits: Mapping[str, Arrays],
    provenance: Provenance,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Add a config to a data set, or replace it; other configs stay as they are.

    Data files of equal arrays are equal byte for byte. Only `manifest.json` (seconds, salt) and
    the cost table of `README.md` differ between two equal builds.

    Args:
        out: public folder, made if it is not there.
        private: folder of the hidden labels; None for `private_folder(out)`.
        spec: what was built; with rows whose labels are hidden, the seed of these too.
        splits: split → column → array, all columns of the schema, all splits of `spec`.
        provenance: how it was computed.
        texts: files that stand beside the public rows, by name; none by default.

    Raises:
        RequestError: one folder is inside the other, or belongs to another kind of data.
        WorkError: the arrays break the schema or physics.
    """
    private = private_folder(out) if private is None else private
    check_target(out, private, spec.config)
    family = families.load(spec.family)
    cols = columns(family, spec.size, spec.shots)
    _check_splits(spec, splits, [c for c in cols if c.name not in provenance.absent])
    if _has_config(out, spec.config):
        origin.check(out, manifest.read(out).configs[spec.config], provenance)
    ordered = {split: splits[split] for split in spec.rows}
    labels = tuple(c for c in cols if c.name == "row_id" or c.is_label)
    provenance = origin.with_quantiles(provenance, family, spec.size, ordered)
    hidden = {s: _only(a, labels) for s, a in ordered.items() if is_hidden(s)}
    given = tuple(c for c in cols if not c.is_label)
    shown = {s: _only(a, given) if is_hidden(s) else a for s, a in ordered.items()}
    entry = _entry(spec, provenance)
    shown_entry = _entry(replace(spec, test_seed=None), origin.without_withheld(provenance))
    salt = None
    if hidden or _has_config(private, spec.config):
        salt = _old_salt(private, spec.config) or secrets.token_hex(32)
        part = _SplitPart(private, "private", labels, hidden)
        _write_part(part, spec, entry.model_copy(update={"salt": salt}))
    promise = commitment(salt, labels, hidden) if salt and hidden else None
    part = _SplitPart(out, "public", cols, shown, texts or {}, families.source(spec.family))
    _write_part(part, spec, shown_entry.model_copy(update={"commitment": promise}))


def check_target(out: Path, private: Path | None, config: str = "") -> None:
    """Refuse folders that no config can be written into.

    Args:
        out: public folder.
        private: folder of the hidden labels; None for `private_folder(out)`.
        config: the one that is to be written.

    Raises:
        RequestError: one is a file, is inside the other, holds data of an earlier format or recipe,
            or of the other visibility.
    """
    private = private_folder(out) if private is None else private
    public, hidden = out.resolve(), private.resolve()
    if public == hidden or public in hidden.parents or hidden in public.parents:
        raise RequestError(
            f"hidden labels in {private} and public data in {out}: neither may be inside the other."
        )
    for path in (public, hidden):
        at = next(p for p in (path, *path.parents) if p.exists())
        if not at.is_dir():
            raise RequestError(f"{at} is a file, and data go into a folder. Give another.")
    check_recipes(out, _current(out, "public"), replaced=config)
    check_recipes(private, _current(private, "private"), replaced=config)


def _check_splits(spec: BuildSpec, splits: Mapping[str, Arrays], cols: Sequence[Column]) -> None:
    if sorted(splits) != sorted(spec.rows):
        raise WorkError(f"{spec.config}: splits {sorted(splits)}, asked for {sorted(spec.rows)}.")
    problems: list[str] = []
    family = families.load(spec.family)
    for split, arrays in splits.items():
        check_arrays(cols, arrays, f"{spec.config} {split}")
        problems += checks.problems(spec, split, arrays, family)
    problems += checks.duplicates(spec.config, dict(splits), family)
    if problems:
        shown = " ".join(problems[:5])
        raise WorkError(
            f"nothing was written, {counted(len(problems), 'problem')} in the rows. {shown}"
        )


def _only(arrays: Arrays, cols: Sequence[Column]) -> Arrays:
    return {c.name: arrays[c.name] for c in cols if c.name in arrays}


def _entry(spec: BuildSpec, provenance: Provenance) -> ConfigEntry:
    family = families.load(spec.family)
    how = asdict(provenance)
    del how["withheld"]
    how["absent"] = provenance.absent or None
    source = families.source(spec.family)
    drawn, shifted = family.distribution, family.distribution_ood
    if provenance.table is not None:
        drawn = shifted = f"Given in a table, {provenance.table['file']}, and not drawn."
    return ConfigEntry(
        family=spec.family,
        size=str(spec.size),
        channel=spec.channel or None,
        calibration=spec.calibration,
        recipe=recipe_of(family),
        record=family.record.kind,
        seed=spec.seed,
        test_seed=spec.test_seed,
        shots=spec.shots,
        rows=spec.rows,
        formula=family.formula,
        distribution=drawn,
        distribution_ood=shifted if OOD in spec.rows else None,
        classes={label.name: label.classes for label in family.labels if label.classes} or None,
        parameters=parameters.layout(family.parameters, spec.size),
        source=None if source is None else SourceFile(file=source.file, sha256=source.sha256),
        **how,
    )


def _has_config(folder: Path, config: str) -> bool:
    return (folder / manifest.NAME).is_file() and config in manifest.read(folder).configs


def _old_salt(private: Path, config: str) -> str | None:
    return manifest.read(private).configs[config].salt if _has_config(private, config) else None


def _write_part(part: _SplitPart, spec: BuildSpec, entry: ConfigEntry) -> None:
    _make_folder(part)
    with files.locked(part.folder):
        current = _current(part.folder, part.visibility)
        data = part.folder / "data"
        data.mkdir(exist_ok=True)
        # Remains of a writer that was killed; the lock says that none is at work now.
        for stale in data.glob(".partial-*"):
            shutil.rmtree(stale)
        staged = files.temporary(data / spec.config)
        staged.mkdir()
        written = _write_shards(part, spec.config, staged)
        configs = {**current.configs, spec.config: entry}
        entries = list(configs.values())
        new = [index.rows_of(spec, split, arrays) for split, arrays in part.splits.items()]
        table = index.merge(part.folder / index.NAME, spec.config, new, entries)
        _swap(staged, data / spec.config)
        written[index.NAME] = _write_index(part.folder, table, index.index_columns(entries))
        kept = {p: e for p, e in current.files.items() if e.config not in (spec.config, "index")}
        update = {"configs": dict(sorted(configs.items())), "files": {**kept, **written}}
        write_documents(part.folder, current.model_copy(update=update))


def _make_folder(part: _SplitPart) -> None:
    """That of hidden labels is for its owner alone, also where it was there before."""
    if part.visibility == "public":
        part.folder.mkdir(parents=True, exist_ok=True)
        return
    part.folder.mkdir(mode=_OWNER_ALONE, parents=True, exist_ok=True)
    if stat.S_IMODE(part.folder.stat().st_mode) & ~_OWNER_ALONE:
        try:
            part.folder.chmod(_OWNER_ALONE)
        except PermissionError:
            raise RequestError(
                f"{part.folder} belongs to somebody else, and others can read it: hidden labels "
                "go into a folder of your own. Give another with --private."
            ) from None


def _current(folder: Path, visibility: Visibility) -> Manifest:
    if not (folder / manifest.NAME).exists():
        return Manifest(name=folder.resolve().name, visibility=visibility)
    current = manifest.read(folder)
    manifest.check_current(current, folder)
    manifest.check_visibility(current, folder, visibility)
    return current


def _write_shards(part: _SplitPart, config: str, staged: Path) -> dict[str, FileEntry]:
    row_bytes = parquet.row_bytes(part.columns)
    written: dict[str, FileEntry] = {}
    for split, arrays in part.splits.items():
        pieces = parquet.shards(len(arrays["row_id"]), row_bytes)
        for k, piece in enumerate(pieces):
            name = f"{split}-{k:05d}-of-{len(pieces):05d}.parquet"
            rows = piece.stop - piece.start
            cut = {column: array[piece] for column, array in arrays.items()}
            parquet.write(staged / name, part.columns, cut, rows)
            content = parquet.content_hash(part.columns, cut)
            entry = _file_entry(staged / name, rows, content, config, split)
            written[f"data/{config}/{name}"] = entry
    for name, text in part.texts.items():
        (staged / name).write_text(text, encoding="utf-8")
        entry = _file_entry(staged / name, None, None, config, None)
        written[f"data/{config}/{name}"] = entry
    if part.source is not None:  # to be read and given by hand: nothing here runs it
        path = staged / part.source.file
        path.write_bytes(part.source.text)
        written[f"data/{config}/{path.name}"] = _file_entry(path, None, None, config, None)
    return written


def _write_index(folder: Path, table: Any, cols: Sequence[Column]) -> FileEntry:
    staged = files.temporary(folder / index.NAME)
    parquet.write_table(staged, table, cols)
    content = index.content_hash(table)
    entry = _file_entry(staged, table.num_rows, content, "index", index.SPLIT)
    staged.replace(folder / index.NAME)
    return entry


def _file_entry(
    path: Path, rows: int | None, content: str | None, config: str, split: str | None
) -> FileEntry:
    return FileEntry(
        bytes=path.stat().st_size,
        sha256=files.sha256(path),
        rows=rows,
        content=content,
        config=config,
        split=split,
    )


def _swap(staged: Path, final: Path) -> None:
    old = final.with_name(f".partial-old-{final.name}")
    if final.exists():
        final.rename(old)
    staged.rename(final)
    shutil.rmtree(old, ignore_errors=True)
