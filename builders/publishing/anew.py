"""What can be made from the data is made anew and compared, byte by byte, before it is sent.

Checks of names and nulls cannot see a label that lies in a sentence of the card, in the mean of the
parameters, in a summary of the certificate, or between two columns of a Parquet file, where no
reader looks. A file that is exactly what the data give has no room for one.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from builders.cards import card, croissant, documents
from builders.cards.measurements import read_baselines, to_text
from builders.core.errors import RequestError
from builders.core.files import sha256
from builders.dataset import index, manifest, parquet
from builders.dataset.config import Config, config_columns
from builders.dataset.manifest import ConfigEntry, Manifest
from builders.folders import loading

_OWN = ("salt", "test_seed", "commitment", "imported")  # of one of the two folders


def check_anew(folder: Path, current: Manifest, private: Manifest | None) -> None:
    """Refuse a public folder with a file that is not what its data give.

    Args:
        folder: public data set folder, whose rows have been checked.
        current: its manifest.
        private: manifest of the hidden labels; None where nothing is hidden.

    Raises:
        RequestError: names the file, and says how to write it again.
    """
    _check_texts(folder, current)
    for name, entry in current.configs.items():
        _check_made_texts(folder, current, name, entry)
        other = None if private is None else private.configs.get(name)
        if other is not None:
            _check_entry(folder, name, entry, other)
    with tempfile.TemporaryDirectory(prefix="qslbench-anew-") as scratch:
        written = Path(scratch) / "file.parquet"
        for path, listed in current.files.items():
            if listed.rows is not None and path != index.NAME:
                cols = config_columns(current, str(listed.config))
                arrays = loading.read_file(folder, path, listed)
                parquet.write(written, cols, arrays, listed.rows)
                _compare(folder / path, written)
        if index.NAME in current.files:
            entries = list(current.configs.values())
            parquet.write_table(written, _index(folder, current), index.index_columns(entries))
            _compare(folder / index.NAME, written)


def _check_texts(folder: Path, current: Manifest) -> None:
    """The documents, which hold nothing but what the manifest and the measurements say."""
    measured = []
    if documents.BASELINES in current.files:
        measured = read_baselines(folder / documents.BASELINES)
        _same_text(folder / documents.BASELINES, to_text(measured), "add the scores again")
    again = "write it again with `qslbench card`"
    _same_text(folder / card.NAME, card.readme(current, measured), again)
    _same_text(folder / croissant.NAME, croissant.text(current), again)
    _same_text(folder / manifest.NAME, current.to_text(), again)


def _same_text(path: Path, text: str, mend: str) -> None:
    given = path.read_bytes()
    if given != text.encode("utf-8"):
        lines = zip(given.decode("utf-8", "replace").split("\n"), text.split("\n"), strict=False)
        at = next((k for k, (one, other) in enumerate(lines, 1) if one != other), None)
        where = "at its end" if at is None else f"in line {at}"
        raise _refusal(f"{path} is not what the data give, {where}: {mend}")


def _check_made_texts(folder: Path, current: Manifest, name: str, entry: ConfigEntry) -> None:
    """Texts beside the rows, such as a circuit: as the family makes them, or as imported."""
    listed = current.texts(name)
    taken = set((entry.imported or {}).values())
    made = {path: one for path, one in listed.items() if one.sha256 not in taken}
    if made:
        here = Config.parse(name)
        again = here.family.texts(here.size, here.channel)
        for path in made:
            _same_text(folder / path, again.get(Path(path).name, ""), "build the config again")


def _check_entry(folder: Path, name: str, entry: ConfigEntry, other: ConfigEntry) -> None:
    """What the two manifests say of a config, its certificate above all, which is over all rows."""
    shown, hidden = (e.model_dump(exclude=set(_OWN)) for e in (entry, other))
    differs = sorted(key for key in shown if shown[key] != hidden[key])
    strangers = set((entry.imported or {}).items()) - set((other.imported or {}).items())
    if differs or strangers:
        raise _refusal(
            f"{folder / manifest.NAME}: {', '.join(differs or ['imported'])} of {name} is not what "
            "the private folder says"
        )


def _index(folder: Path, current: Manifest) -> object:
    """The index, made from the rows of all configs."""
    entries = list(current.configs.values())
    return index.merge(folder / "no index yet", "", list(_rows(folder, current)), entries)


def _rows(folder: Path, current: Manifest) -> Iterator[object]:
    for name, entry in current.configs.items():
        for split, arrays in loading.load(folder, name).splits.items():
            yield index.rows_of(entry.spec, split, arrays)


def _compare(path: Path, written: Path) -> None:
    if sha256(path) == sha256(written):
        return
    by, here = (pq.read_metadata(p).created_by for p in (path, written))
    if by != here:
        raise RequestError(
            f"nothing was sent: {path} was written by {by!r}, and here is {here!r}, so that its "
            "bytes cannot be compared. Publish with that version of pyarrow, or build it again."
        )
    raise _refusal(f"{path} is not what writing its rows gives, byte by byte")


def _refusal(what: str) -> RequestError:
    return RequestError(
        f"nothing was sent: {what}. What cannot be made from the data could hold a hidden label."
    )
