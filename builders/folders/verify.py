"""Check a data set folder: hashes, schema, counts, physics, and rows computed again."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.cards import card, croissant
from builders.core.column import Column
from builders.core.errors import RequestError, counted
from builders.core.progress import progress
from builders.dataset import checks, index, manifest, parquet
from builders.dataset.config import config_columns
from builders.dataset.manifest import FileEntry, Manifest
from builders.dataset.schema import Arrays, arrow_schema
from builders.dataset.spec import BuildSpec, is_hidden
from builders.folders import loading
from builders.folders.promise import check_promise
from builders.folders.recipes import check_recipe
from builders.folders.siblings import private_folder

Rebuild = Callable[[BuildSpec, str, list[int]], Arrays]


@dataclass(frozen=True)
class Verification:
    """What a check found.

    Attributes:
        folder: the folder.
        files: number of files looked at.
        rows: number of rows looked at.
        problems: one sentence each; empty if all is well.
    """

    folder: Path
    files: int
    rows: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "folder": str(self.folder),
            "files": self.files,
            "rows": self.rows,
            "ok": self.ok,
            "problems": list(self.problems),
        }


def verify_folder(path: Path, private: Path | None = None) -> Verification:
    """Check everything that can be checked without computing a row again.

    Every file against its manifest entry (bytes, content, rows, schema), the card and
    croissant.json against the manifest, the arrays against physical bounds, no label value in a
    public test file, no parameter vector twice, and the salted hash of the hidden labels where
    the private folder is there.

    Args:
        path: data set folder, public or private.
        private: folder of the hidden labels; None for the one beside `path`.

    Raises:
        RequestError: no data set folder, a manifest that is not valid, or rows of another recipe.
    """
    folder_manifest = manifest.read(path)
    manifest.check_current(folder_manifest, path)
    for config, made in folder_manifest.configs.items():
        check_recipe(path, config, made)
    private = private or private_folder(path)
    problems: list[str] = []
    rows = 0
    with progress(len(folder_manifest.files), "file", "hashes") as bar:
        for name, entry in folder_manifest.files.items():
            problems += _attempt(loading.check_file, path, name, entry)
            bar.update()
    problems += _strangers(path, folder_manifest) + _documents(path, folder_manifest)
    if index.NAME in folder_manifest.files:
        problems += _attempt(_check_index, path, folder_manifest.files[index.NAME])
    hidden = _private_manifest(private)
    with progress(len(folder_manifest.configs), "config", "values") as bar:
        for config in folder_manifest.configs:
            count, wrong = _check_config(
                path, folder_manifest, config, _test_seed(config, folder_manifest, hidden)
            )
            rows += count
            problems += wrong
            bar.update()
    problems += _check_commitments(path, folder_manifest, private)
    return Verification(path, len(folder_manifest.files), rows, tuple(dict.fromkeys(problems)))


def _private_manifest(private: Path) -> Manifest | None:
    return manifest.read(private) if (private / manifest.NAME).is_file() else None


def _test_seed(config: str, *known: Manifest | None) -> int | None:
    """The seed of the rows with hidden labels, where one of the manifests tells it."""
    entries = (each.configs.get(config) for each in known if each is not None)
    return next((e.test_seed for e in entries if e is not None and e.test_seed is not None), None)


def verify_rows(
    path: Path,
    config: str,
    rows: int | Sequence[int],
    rebuild: Rebuild,
    *,
    seed: int = 0,
    private: Path | None = None,
) -> Verification:
    """Compute some rows of a config again and compare every stored value bit by bit.

    Rows with hidden labels are among them where the private folder is there, which has their seed.

    Args:
        path: data set folder, public or private.
        config: config name.
        rows: how many rows to pick at random, or their row ids.
        rebuild: (spec, split, row ids) → columns of these rows, as at build time.
        seed: picks the rows.
        private: folder of the hidden labels, whose seed makes them; None for the one beside `path`.

    Raises:
        RequestError: unknown config, rows that it does not have, or that another recipe made.
    """
    data = loading.load(path, config)
    entry = data.manifest.config(config)
    check_recipe(path, config, entry)
    hidden = _private_manifest(private or private_folder(path))
    test_seed = _test_seed(config, data.manifest, hidden)
    spec = replace(entry.spec, test_seed=test_seed)
    stored = {
        split: arrays["row_id"]
        for split, arrays in data.splits.items()
        if not is_hidden(split) or test_seed is not None
    }
    every = np.concatenate([*stored.values(), np.empty(0, dtype=np.int64)])
    without = "" if test_seed is not None else " whose seed is known without the private folder"
    chosen = _choose(config, every, rows, seed, without)
    problems: list[str] = []
    with progress(len(chosen), "row", config) as bar:
        for split, ids in stored.items():
            at = np.flatnonzero(np.isin(ids, list(chosen))).tolist()
            if at:
                again = rebuild(spec, split, ids[at].tolist())
                problems += _compare(f"{config} {split}", data[split], at, again)
                bar.update(len(at))
    return Verification(path, 0, len(chosen), tuple(problems))


def _choose(
    config: str, every: NDArray[np.int64], rows: int | Sequence[int], seed: int, which: str
) -> set[int]:
    if isinstance(rows, int):
        if rows < 1:
            raise RequestError(f"rows {rows}: give at least 1.")
        count = min(rows, len(every))
        return set(np.random.default_rng(seed).choice(every, count, replace=False).tolist())
    absent = np.setdiff1d(list(rows), every).tolist()
    if absent:
        raise RequestError(
            f"{config} has no rows {absent[:5]}; it has {counted(len(every), 'row')}{which}."
        )
    return set(rows)


def _compare(where: str, stored: Arrays, at: list[int], again: Arrays) -> list[str]:
    problems = []
    for name, array in stored.items():
        if name not in again:
            problems.append(f"{where}: the rebuilt rows have no column {name}.")
            continue
        for position, old, new in zip(at, array[at], again[name], strict=True):
            old, new = np.asarray(old), np.asarray(new)
            if old.dtype != new.dtype or old.tobytes() != new.tobytes():
                row = stored["row_id"][position]
                problems.append(f"{where} row {row}: column {name} differs{_size(old, new)}.")
    return problems


def _size(old: Any, new: Any) -> str:
    if old.shape != new.shape or old.dtype != new.dtype:
        return f" ({old.dtype} {old.shape} stored, {new.dtype} {new.shape} rebuilt)"
    worst = np.abs(old.astype(np.float64) - new.astype(np.float64)).max()
    return f" by up to {worst:.3g}"


def _attempt(check: Callable[..., object], *given: Any) -> list[str]:
    try:
        check(*given)
    except RequestError as error:
        return [str(error)]
    return []


def _strangers(path: Path, folder_manifest: Manifest) -> list[str]:
    """Parquet files that the manifest does not know; `load_dataset` would read them."""
    known = set(folder_manifest.files)
    on_disk = [p.relative_to(path).as_posix() for p in path.rglob("*.parquet")]
    return [f"{path / name} is not in the manifest." for name in sorted(set(on_disk) - known)]


def _documents(path: Path, folder_manifest: Manifest) -> list[str]:
    return _attempt(_check_card, path, folder_manifest) + _attempt(
        _check_croissant, path, folder_manifest
    )


def _check_card(path: Path, folder_manifest: Manifest) -> None:
    text = _text(path / card.NAME)
    if card.parse_front_matter(text) != card.front_matter(folder_manifest):
        raise RequestError(
            f"{path / card.NAME}: its configs, features or row counts are not those of the "
            "manifest. Write it again with `qslbench card`."
        )


def _check_croissant(path: Path, folder_manifest: Manifest) -> None:
    if _text(path / croissant.NAME) != croissant.text(folder_manifest):
        raise RequestError(
            f"{path / croissant.NAME} is not what the manifest gives. "
            "Write it again with `qslbench card`."
        )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read ({error}).") from None


def _check_index(path: Path, entry: FileEntry) -> None:
    table = parquet.read_table(path / index.NAME)
    if table.num_rows != entry.rows or index.content_hash(table) != entry.content:
        raise RequestError(f"{path / index.NAME}: its rows are not those of the manifest.")


def _check_config(
    path: Path, folder_manifest: Manifest, config: str, test_seed: int | None
) -> tuple[int, list[str]]:
    spec = replace(folder_manifest.config(config).spec, test_seed=test_seed)
    cols = config_columns(folder_manifest, config)
    family = families.load(spec.family)
    problems = _attempt(lambda: spec.site_channel)
    hides = any(map(is_hidden, folder_manifest.splits(config)))
    if hides and folder_manifest.visibility == "private" and test_seed is None:
        problems.append(f"{config}: the manifest lacks the seed of the rows with hidden labels.")
    whole: dict[str, Arrays] = {}
    for split, shards in folder_manifest.splits(config).items():
        withheld = folder_manifest.visibility == "public" and is_hidden(split)
        labels = {c.name for c in cols if c.is_label}
        empty = labels if withheld else labels & set(folder_manifest.config(config).absent or ())
        parts = []
        for name, entry in shards.items():
            try:
                parts.append(_check_shard(path, name, entry, cols, empty))
            except RequestError as error:
                problems.append(str(error))
        if len(parts) == len(shards):
            whole[split] = {k: np.concatenate([p[k] for p in parts]) for k in parts[0]}
            problems += checks.problems(spec, split, whole[split], family)
    problems += checks.duplicates(config, whole, family)
    return sum(len(a["row_id"]) for a in whole.values()), problems


def _check_shard(
    path: Path, name: str, entry: FileEntry, cols: Sequence[Column], empty: set[str]
) -> Arrays:
    schema = parquet.read_schema(path / name)
    if _described(schema) != _described(arrow_schema(cols)):
        raise RequestError(f"{path / name}: its columns or their metadata are not the schema's.")
    _refuse_values(path / name, sorted(empty))
    arrays = loading.read_file(path, name, entry)
    missing = sorted({c.name for c in cols} - empty - set(arrays))
    if missing:
        raise RequestError(f"{path / name}: columns {missing} are null.")
    if parquet.content_hash(cols, arrays) != entry.content:
        raise RequestError(f"{path / name}: its values are not those of the manifest.")
    return arrays


def _described(schema: Any) -> list[tuple[str, str, dict[bytes, bytes]]]:
    # The Parquet reader adds keys of its own to the field metadata. Labels were fixed-size lists in
    # earlier files; the content hash knows the lengths.
    own = b"PARQUET:"
    return [
        (
            f.name,
            re.sub(r">\[\d+\]", ">", str(f.type).replace("fixed_size_list<", "list<")),
            {k: v for k, v in (f.metadata or {}).items() if not k.startswith(own)},
        )
        for f in schema
    ]


def _refuse_values(path: Path, names: list[str]) -> None:
    """Refuse values in columns that are to be null."""
    table = parquet.read_table(path, names)
    for name in names:
        shown = table.num_rows - table[name].null_count
        if shown:
            raise RequestError(f"{path}: column {name} shows the hidden label of {shown} rows.")


def _check_commitments(path: Path, folder_manifest: Manifest, private: Path) -> list[str]:
    if folder_manifest.visibility == "private" or not (private / manifest.NAME).is_file():
        return []
    problems: list[str] = []
    for config in folder_manifest.configs:
        problems += _attempt(lambda name=config: check_promise(path, private, name, read=True))
    return problems
