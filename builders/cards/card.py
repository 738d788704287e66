"""README.md of a data set folder: YAML for the Hub here, the text in `builders.cards.text`."""

from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from builders import families
from builders.cards import text as card_text
from builders.cards.measurements import Baselines
from builders.core.column import Column
from builders.core.errors import RequestError
from builders.dataset import index
from builders.dataset.config import config_columns, data_pattern
from builders.dataset.manifest import Manifest

NAME = "README.md"


def readme(manifest: Manifest, measured: Sequence[Baselines] = ()) -> str:
    """The whole text of the card.

    Args:
        manifest: of the folder.
        measured: scores of baselines on these data, if there are any.
    """
    front = yaml.safe_dump(front_matter(manifest), sort_keys=False, allow_unicode=True)
    is_private = manifest.visibility == "private"
    body = card_text.private(manifest) if is_private else card_text.public(manifest, measured)
    return f"---\n{front}---\n\n{body}"


def front_matter(manifest: Manifest) -> dict[str, Any]:
    """Licence, tags, configs with their files, and features with row counts for each config."""
    rows = sum(e.rows or 0 for p, e in manifest.files.items() if p != index.NAME)
    tags = ["physics", "quantum-many-body", "classical-shadows", *_kinds(manifest)]
    return {
        "license": "cc-by-4.0",
        "language": ["en"],
        "pretty_name": manifest.name,
        "annotations_creators": ["machine-generated"],
        "tags": tags,
        "size_categories": [_size_category(rows)],
        "configs": [_config(manifest, name) for name in ("index", *manifest.configs)],
        "dataset_info": [_info(manifest, name) for name in ("index", *manifest.configs)],
    }


def parse_front_matter(text: str) -> Any:
    """The YAML of a card as Python objects.

    Raises:
        RequestError: the text does not begin with a YAML block.
    """
    parts = text.split("---\n", 2)
    if len(parts) < 3 or parts[0]:
        raise RequestError(
            f"{NAME} does not begin with a YAML block. Write it with `qslbench card`."
        )
    try:
        return yaml.safe_load(parts[1])
    except yaml.YAMLError as error:
        raise RequestError(f"{NAME} has a broken YAML block: {error}") from None


def _kinds(manifest: Manifest) -> list[str]:
    """Tags of what the rows are."""
    entries = manifest.configs.values()
    moving = {families.load(entry.family).trajectory for entry in entries}
    tags = {"ground-states": False in moving, "dynamics": True in moving}
    tags["device-noise"] = any(entry.channel for entry in entries)
    return [tag for tag, holds in tags.items() if holds]


def _config(manifest: Manifest, name: str) -> dict[str, Any]:
    if name == "index":
        files = [{"split": index.SPLIT, "path": index.NAME}]
        return {"config_name": name, "default": True, "data_files": files}
    splits = manifest.splits(name)
    files = [{"split": split, "path": data_pattern(name, split)} for split in splits]
    return {"config_name": name, "data_files": files}


def _info(manifest: Manifest, name: str) -> dict[str, Any]:
    if name == "index":
        cols: Iterable[Column] = index.index_columns(manifest.configs.values())
        splits = {index.SPLIT: {index.NAME: manifest.files[index.NAME]}}
    else:
        cols, splits = config_columns(manifest, name), manifest.splits(name)
    sizes = {s: sum(e.bytes for e in files.values()) for s, files in splits.items()}
    counts = {s: sum(e.rows or 0 for e in files.values()) for s, files in splits.items()}
    return {
        "config_name": name,
        "features": [_feature(c) for c in cols],
        "splits": [{"name": s, "num_bytes": sizes[s], "num_examples": counts[s]} for s in splits],
        "download_size": sum(sizes.values()),
        "dataset_size": sum(sizes.values()),
    }


def _feature(column: Column) -> dict[str, Any]:
    if column.classes:
        names = {str(k): name for k, name in enumerate(column.classes)}
        return {"name": column.name, "dtype": {"class_label": {"names": names}}}
    if not column.shape:
        return {"name": column.name, "dtype": column.dtype}
    if len(column.shape) == 1:
        return {"name": column.name, "list": column.dtype, "length": column.shape[0]}
    kind = f"array{len(column.shape)}_d"
    array = {"shape": list(column.shape), "dtype": column.dtype}
    return {"name": column.name, "dtype": {kind: array}}


def _size_category(rows: int) -> str:
    for top, text in ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K")):
        if rows < top:
            return text
    return "100K<n<1M"
