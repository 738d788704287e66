"""The text files of a data set folder: card, croissant.json, scores of baselines, manifest."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from builders.cards import card, croissant
from builders.cards.measurements import Baselines, read_baselines, to_text
from builders.core import files
from builders.core.errors import RequestError
from builders.dataset import manifest
from builders.dataset.manifest import FileEntry, Manifest

BASELINES = "reference_scores.json"
"""Scores of baselines that the card shows, where the folder has them."""


def write_documents(folder: Path, current: Manifest) -> None:
    """Write README.md, croissant.json and, last, the manifest."""
    named = dict(current.files)
    measured = read_baselines(folder / BASELINES) if BASELINES in named else []
    for name, text in (
        (card.NAME, card.readme(current, measured)),
        (croissant.NAME, croissant.text(current)),
    ):
        files.replace_text(folder / name, text)
        named[name] = _text_entry(text)
    final = current.model_copy(update={"files": dict(sorted(named.items()))})
    files.replace_text(folder / manifest.NAME, final.to_text())


def add_baselines(folder: Path, records: Sequence[Baselines]) -> None:
    """Keep scores of baselines in a data set folder, and show them on its card.

    Raises:
        RequestError: none of the scores is on these data.
    """
    with files.locked(folder):
        current = manifest.read(folder)
        kept = [record for r in records if (record := r.of(current)).scores]
        if not kept:
            raise RequestError(
                f"no score is on the data of {folder}: their configs, data_seed and data_format "
                f"are not those of its manifest, {', '.join(current.configs)}."
            )
        text = to_text(kept)
        files.replace_text(folder / BASELINES, text)
        entry = {BASELINES: _text_entry(text)}
        write_documents(folder, current.model_copy(update={"files": {**current.files, **entry}}))


def _text_entry(text: str) -> FileEntry:
    data = text.encode("utf-8")
    return FileEntry(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
