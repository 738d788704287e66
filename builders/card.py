"""README.md of a data set folder: YAML for the Hub, then text filled from cards/template.md."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from builders import families, index
from builders.errors import RequestError
from builders.manifest import ConfigEntry, Manifest
from builders.names import Size
from builders.schema import Column, columns, is_hidden
from builders.spec import OOD

NAME = "README.md"
_PACKAGE = Path(__file__).parent
# In a source tree, and in an installed package.
_TEMPLATES = (_PACKAGE.parent / "cards" / "template.md", _PACKAGE / "card_template.md")
_VERSIONS_SHOWN = ("qslbench", "numpy", "scipy", "torch", "pyarrow", "block2")


def readme(manifest: Manifest) -> str:
    """The whole text of the card."""
    front = yaml.safe_dump(front_matter(manifest), sort_keys=False, allow_unicode=True)
    body = _private_text(manifest) if manifest.visibility == "private" else _public_text(manifest)
    return f"---\n{front}---\n\n{body}"


def front_matter(manifest: Manifest) -> dict[str, Any]:
    """Licence, tags, configs with their files, and features with row counts for each config."""
    rows = sum(e.rows or 0 for p, e in manifest.files.items() if p != index.NAME)
    tags = ["physics", "quantum-many-body", "classical-shadows", "ground-states"]
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


def config_columns(manifest: Manifest, config: str) -> tuple[Column, ...]:
    """Columns of the files of a config in this folder."""
    entry = manifest.config(config)
    every = columns(families.load(entry.family), Size.parse(entry.size), entry.shots)
    if manifest.visibility == "public":
        return every
    return tuple(c for c in every if c.name == "row_id" or c.is_label)


def data_pattern(config: str, split: str) -> str:
    """Glob of the files of a split."""
    return f"data/{config}/{split}-*.parquet"


def _config(manifest: Manifest, name: str) -> dict[str, Any]:
    if name == "index":
        files = [{"split": index.SPLIT, "path": index.NAME}]
        return {"config_name": name, "default": True, "data_files": files}
    splits = manifest.splits(name)
    files = [{"split": split, "path": data_pattern(name, split)} for split in splits]
    return {"config_name": name, "data_files": files}


def _info(manifest: Manifest, name: str) -> dict[str, Any]:
    if name == "index":
        cols: Iterable[Column] = index.COLUMNS
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


def _public_text(manifest: Manifest) -> str:
    names = sorted({e.family for e in manifest.configs.values()})
    first = next(iter(manifest.configs))
    hidden = any(is_hidden(s) for e in manifest.configs.values() for s in e.rows)
    fields = {
        "name": manifest.name,
        "summary": ", ".join(families.load(n).title for n in names),
        "config": first,
        "family_sections": "\n\n".join(
            _family_text(n, shifted=_is_shifted(manifest, n)) for n in names
        ),
        "config_rows": "\n".join(_config_row(n, e) for n, e in manifest.configs.items()),
        "column_rows": "\n".join(_column_row(c) for c in config_columns(manifest, first)),
        "label_rows": "\n".join(_label_row(n, e) for n, e in manifest.configs.items()),
        "cost_rows": "\n".join(_cost_row(n, e) for n, e in manifest.configs.items()),
        "why_hard": "\n".join(f"- `{n}`: {families.load(n).why_hard}" for n in names),
        "hidden": (
            "The label columns of the test splits are there and null: the labels are kept back, "
            "and the manifest holds a salted hash of them for each config."
            if hidden
            else "No split of this folder has hidden labels."
        ),
        "shots": str(manifest.configs[first].shots),
        "references": "\n".join(_references(names)),
    }
    text = _template()
    for key, value in fields.items():
        text = text.replace("{{" + key + "}}", value)
    return text


def _private_text(manifest: Manifest) -> str:
    names = "\n".join(
        f"- `{name}`: {', '.join(manifest.splits(name))}" for name in manifest.configs
    )
    return (
        f"# {manifest.name}: hidden test labels\n\n"
        "Labels of the test splits of a public data set folder, by `row_id`. **Do not publish this "
        "folder while its benchmark is open.** `qslbench score FILE --private DIR` reads it.\n"
        "The salts in `manifest.json` belong to the hashes in the public manifest: after the "
        "labels are revealed, they show that nothing was changed.\n\n"
        f"{names}\n"
    )


def _template() -> str:
    for path in _TEMPLATES:
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise RequestError(f"the card template is missing: {_TEMPLATES[0]}. Reinstall the package.")


def _family_text(name: str, *, shifted: bool) -> str:
    family = families.load(name)
    meanings = "\n".join(f"- `{p.name}`: {p.meaning}." for p in family.parameters)
    return (
        f"### `{name}`: {family.title}\n\n    {family.formula}\n\n{meanings}\n\n"
        f"Parameter ranges: {family.distribution}"
        + (f"\n\nPhases: {', '.join(family.phases)}. {family.phase_rule}" if family.phases else "")
        + (f"\n\nSplit `{OOD}`: {family.distribution_ood}" if shifted else "")
    )


def _is_shifted(manifest: Manifest, family: str) -> bool:
    return any(e.family == family and OOD in e.rows for e in manifest.configs.values())


def _config_row(name: str, entry: ConfigEntry) -> str:
    rows = ", ".join(f"{split} {count}" for split, count in entry.rows.items())
    return f"| `{name}` | `{entry.family}` | {entry.size} | {rows} | {entry.shots} | {entry.seed} |"


def _column_row(column: Column) -> str:
    shape = ", ".join(str(length) for length in column.shape) or "scalar"
    label = "yes" if column.is_label else "no"
    meaning = column.meaning.replace("|", "\\|")
    return f"| `{column.name}` | {column.dtype} | {shape} | {column.unit} | {label} | {meaning} |"


def _label_row(name: str, entry: ConfigEntry) -> str:
    return (
        f"| `{name}` | {entry.solver} | {_pairs(entry.tolerances)} | {_pairs(entry.certificate)} |"
    )


def _cost_row(name: str, entry: ConfigEntry) -> str:
    shown = {k: entry.versions[k] for k in _VERSIONS_SHOWN if k in entry.versions}
    machine = entry.hardware or "not recorded"
    return (
        f"| `{name}` | {entry.wall_seconds:.1f} | {entry.cpu_seconds:.1f} | {machine} "
        f"| {_pairs(shown)} |"
    )


def _pairs(values: dict[str, Any]) -> str:
    texts = (f"{v:.3g}" if isinstance(v, float) else str(v) for v in values.values())
    return ", ".join(f"{k} {t}" for k, t in zip(values, texts, strict=True)) or "none"


def _references(names: Iterable[str]) -> list[str]:
    lines = [f"- {text}" for name in names for text in families.load(name).references]
    return list(dict.fromkeys(lines))
