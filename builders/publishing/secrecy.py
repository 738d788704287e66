"""No hidden label leaves: the bytes that would be published are read and judged by themselves.

Rows count as hidden by their number, by the split in the manifest, and by the file's name; of a
hidden row only the columns of the schema that are no labels may hold a value. So a label in a file
under another name, in another split, or in a column of its own is found too.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from builders.cards import card, croissant, documents
from builders.core.column import Column
from builders.core.errors import RequestError
from builders.dataset import index, manifest, parquet
from builders.dataset.config import config_columns
from builders.dataset.manifest import FileEntry, Manifest
from builders.dataset.spec import FIRST_ROW, GUESSABLE, is_hidden

_FIRST_HIDDEN = min(first for split, first in FIRST_ROW.items() if is_hidden(split))
_TEXTS = (card.NAME, croissant.NAME, documents.BASELINES, manifest.NAME)
_TEXT = re.compile(r"data/([\w.-]+)/[a-z_]+\.(?!parquet)[a-z]+")
_DATA = re.compile(r"data/([\w.-]+)/([a-z_]+)-\d{5}-of-\d{5}\.parquet")


def check_public(
    folder: Path,
    folder_manifest: Manifest,
    secrets: Iterable[str] = (),
) -> None:
    """Refuse to publish a folder that would give away a hidden label.

    Args:
        folder: public data set folder.
        folder_manifest: its manifest.
        secrets: texts that no document may hold; see `secrets_of`.

    Raises:
        RequestError: what was found, and where.
    """
    if folder_manifest.visibility != "public":
        raise _refusal(
            f"{folder} holds hidden labels ({folder_manifest.visibility} in its manifest)"
        )
    for name, entry in folder_manifest.configs.items():
        if entry.salt is not None:
            raise _refusal(f"{folder / manifest.NAME} holds the salt of {name}")
        if entry.test_seed is not None:
            raise _refusal(f"{folder / manifest.NAME} holds the test seed of {name}")
    for path in [*folder_manifest.files, manifest.NAME]:
        _check_name(path, folder_manifest)
        if path in _TEXTS or _is_text(path, folder_manifest):
            _check_text(folder / path, secrets)
        else:
            _check_rows(folder / path, folder_manifest.files[path], _columns(path, folder_manifest))


def secrets_of(private: Manifest) -> frozenset[str]:
    """Texts of a private folder that give hidden labels away.

    With a salt or a hash a guessed label can be tested, and a test seed makes all rows anew. That
    of imported rows makes none: it is a hash of the files.

    Raises:
        RequestError: a test seed is so small that it can be found by trying. It could not be looked
            for in a text either: 7 is in every one.
    """
    hashes = [h for e in private.files.values() for h in (e.sha256, e.content) if e.rows and h]
    salts = [e.salt for e in private.configs.values() if e.salt]
    seeds = []
    for name, entry in private.configs.items():
        if entry.imported is not None or entry.test_seed is None:
            continue
        if entry.test_seed < GUESSABLE:
            raise RequestError(
                f"nothing was sent: the test seed of {name}, {entry.test_seed}, can be found by "
                "trying all small ones, and with it every hidden label. Build it again without "
                "--test-seed."
            )
        seeds.append(str(entry.test_seed))
    return frozenset([*hashes, *salts, *seeds])


def _refusal(what: str) -> RequestError:
    return RequestError(
        f"nothing was sent: {what}. Hidden labels stay in the private folder; build the public "
        "folder again."
    )


def _check_name(path: str, folder_manifest: Manifest) -> None:
    """Only the documents, the index, and files of the manifest in the folder of their config."""
    if path in (*_TEXTS, index.NAME) or _is_text(path, folder_manifest):
        return
    match, entry = _DATA.fullmatch(path), folder_manifest.files.get(path)
    if match is None or entry is None or entry.config not in folder_manifest.configs:
        raise _refusal(f"{path} is neither a document nor a data file of the manifest")
    if (entry.config, entry.split) != match.groups():
        raise _refusal(f"{path} is listed as {entry.config} {entry.split}")


def _is_text(path: str, folder_manifest: Manifest) -> bool:
    """Whether a file is listed as a text beside the rows of a config, such as a circuit; what is in
    it is compared by `anew`.
    """
    match, entry = _TEXT.fullmatch(path), folder_manifest.files.get(path)
    return (
        match is not None
        and entry is not None
        and entry.config in folder_manifest.configs
        and (entry.config, entry.split, entry.rows) == (match[1], None, None)
    )


def _check_text(path: Path, secrets: Iterable[str]) -> None:
    data = path.read_bytes()
    if any(secret.encode() in data for secret in secrets):
        raise _refusal(f"{path} holds a salt, a hash or a seed of the private folder")


def _columns(path: str, folder_manifest: Manifest) -> Sequence[Column]:
    if path == index.NAME:
        return index.index_columns(folder_manifest.configs.values())
    return config_columns(folder_manifest, str(folder_manifest.files[path].config))


def _check_rows(path: Path, entry: FileEntry, cols: Sequence[Column]) -> None:
    names = parquet.read_schema(path).names
    strange = sorted(set(names) - {c.name for c in cols})
    notes = sorted(set(pq.read_metadata(path).metadata or {}) - {b"ARROW:schema"})
    if strange or notes:
        raise _refusal(f"{path} has columns {strange}, notes {notes} that the schema does not know")
    mask = _hidden_rows(path, entry, names)
    if not mask.any():
        return
    for name in [c.name for c in cols if c.is_label and c.name in names]:
        # One column at a time: a column of correlations may be large.
        shown = np.asarray(pc.is_valid(parquet.read_table(path, [name])[name])) & mask
        if shown.any():
            raise _refusal(f"{path}: column {name} shows the label of {shown.sum()} hidden rows")


def _hidden_rows(path: Path, entry: FileEntry, names: Sequence[str]) -> NDArray[Any]:
    if "row_id" not in names:
        raise _refusal(f"{path} has no row_id, so its rows cannot be told apart")
    wanted = [name for name in ("row_id", "split") if name in names]
    table = parquet.read_table(path, wanted)
    hidden: NDArray[Any] = table["row_id"].to_numpy() >= _FIRST_HIDDEN
    if "split" in names:
        hidden |= np.array([is_hidden(split) for split in table["split"].to_pylist()], bool)
    return hidden | is_hidden(entry.split or "")
