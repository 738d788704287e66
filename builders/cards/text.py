"""The text of a data set's card, filled from cards/template.md."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from builders import families
from builders.cards import noise_text, rows_text
from builders.cards.measurements import Baselines
from builders.core.column import Column
from builders.core.errors import RequestError, counted
from builders.dataset.config import Config, config_columns, offered_tasks
from builders.dataset.manifest import ConfigEntry, Manifest
from builders.dataset.spec import OOD, is_hidden
from builders.physics.certificate import VARIANCE_LIMIT
from builders.physics.family import Family

_PACKAGE = Path(__file__).parent.parent
# In a source tree, and in an installed package.
_TEMPLATES = (_PACKAGE.parent / "cards" / "template.md", _PACKAGE / "card_template.md")
_VERSIONS_SHOWN = ("qslbench", "numpy", "scipy", "torch", "pyarrow", "block2")


def public(manifest: Manifest, measured: Sequence[Baselines] = ()) -> str:
    """Card of the folder that everybody sees."""
    entries = manifest.configs
    names = sorted({e.family for e in entries.values()})
    first = next(iter(entries))
    fields = {
        "name": manifest.name,
        "summary": ", ".join(families.load(n).title for n in names),
        "config": first,
        "example": _example(manifest, first),
        "record_rows": rows_text.of_each(names, lambda f, s: f.record.sentence(s))
        + noise_text.channels(entries),
        "estimates": rows_text.estimates(names),
        "certificate_rows": rows_text.of_each(names, lambda f, _: f.certificate.sentence),
        "n": str(min(100, entries[first].rows.get("train", 0))),
        "shots": str(min(64, entries[first].shots)),
        "parameters": rows_text.parameters(names),
        "given": rows_text.of_each(names, lambda f, _: f.record.given),
        "judged": rows_text.of_each(names, lambda f, _: f.judged),
        "solved": rows_text.solved(names),
        "first_task": next(iter(offered_tasks(entries[first])), "TASK"),
        "family_sections": "\n\n".join(
            family_text(n, shifted=_is_shifted(manifest, n)) for n in names
        ),
        "config_rows": _rows(partial(_config_row, manifest), entries),
        "column_rows": "\n".join(_column_row(c) for c in config_columns(manifest, first)),
        "label_rows": _rows(_label_row, entries),
        "quantiles": rows_text.quantiles(entries),
        "noise": rows_text.noise(names),
        "simulated": noise_text.limits(entries),
        "origin": _origin(entries),
        "cost_rows": _rows(_cost_row, entries),
        "why_hard": "\n".join(f"- `{n}`: {families.load(n).why_hard}" for n in names),
        "hidden": _hidden(entries.values()),
        "task_rows": _rows(_task_row, entries),
        "baselines": baselines_text([record.of(manifest) for record in measured]),
        "references": "\n".join(references(names)),
    }
    text = _template()
    for key, value in fields.items():
        text = text.replace("{{" + key + "}}", value)
    return text


def private(manifest: Manifest) -> str:
    """Card of the folder of hidden labels."""
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


def family_text(name: str, *, shifted: bool) -> str:
    """A family's Hamiltonian, parameters, ranges and phases."""
    family = families.load(name)
    meanings = "\n".join(f"- `{p.name}`: {p.meaning}." for p in family.parameters)
    # How solved rows are made stands beside the configs, and in the family's own card.
    is_made = not family.solvers and type(family).about is not Family.about
    told = family.trajectory or is_made
    return (
        f"### `{name}`: {family.title}\n\n    {family.formula}\n\n"
        f"{meanings or 'No parameters.'}\n\n"
        f"{'Parameter ranges' if meanings else 'Distribution'}: {family.distribution}"
        + ("".join(f"\n\n{said}" for said in family.about().values()) * told)
        + "".join(
            f"\n\nClasses of `{label.name}`: {', '.join(label.classes)}. {label.rule}"
            for label in family.labels
            if label.classes
        )
        + (f"\n\nSplit `{OOD}`: {family.distribution_ood}" if shifted else "")
    )


def baselines_text(measured: Iterable[Baselines]) -> str:
    """Tables of baseline scores, one a record; a sentence where there are none."""
    tables = [_baseline_table(record) for record in measured if record.scores]
    return "\n\n".join(tables) or "None measured on these data yet."


def references(names: Iterable[str]) -> list[str]:
    """List items, each reference once."""
    lines = [f"- {text}" for name in names for text in families.load(name).references]
    return list(dict.fromkeys(lines))


def _example(manifest: Manifest, config: str) -> str:
    """Names of a label and of an input of the first training row, for the loading snippet."""
    family, cols = Config.parse(config).family, config_columns(manifest, config)
    label = family.labels[0].name
    given = [c.name for c in cols if not c.is_label and c.name != "row_id"]
    return ", ".join(f'row["{name}"]' for name in (label, *given[:1]))


def _template() -> str:
    for path in _TEMPLATES:
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise RequestError(f"the card template is missing: {_TEMPLATES[0]}. Reinstall the package.")


def _is_shifted(manifest: Manifest, family: str) -> bool:
    return any(e.family == family and OOD in e.rows for e in manifest.configs.values())


def _hidden(entries: Iterable[ConfigEntry]) -> str:
    if not any(is_hidden(split) for e in entries for split in e.rows):
        return "No split of this folder has hidden labels."
    return (
        "The label columns of the test splits are there and null (None, or NaN where a library has "
        "no other missing number): the labels are kept back, and the manifest holds a "
        "salted hash of them for each config."
    )


def _origin(entries: dict[str, ConfigEntry]) -> str:
    """What is to be said of configs that were not computed here."""
    said = []
    for name, entry in entries.items():
        if entry.imported is not None:
            said.append(
                f"`{name}` was read from {counted(len(entry.imported), 'file')} of others; their "
                "names and SHA-256 are in `manifest.json`. Its parameters need not follow the "
                "distribution above."
            )
        if entry.table is not None:
            said.append(
                f"The parameters of `{name}` were given in a table, {entry.table.file} (SHA-256 "
                f"{entry.table.sha256}): they need not follow the distribution above, and every "
                "row was held against another solver where the family has one."
            )
        if entry.source is not None:
            said.append(
                f"The family of `{name}` is none of `qslbench`: it is `{entry.source.file}` "
                f"(SHA-256 {entry.source.sha256}) in `data/{name}/`. Nothing runs that file unless "
                "it is given: read it first."
            )
        if entry.absent:
            said.append(f"`{name}` has no values in: {', '.join(entry.absent)}.")
    return "\n".join(["", *said, ""]) if said else ""


def _rows(row: Any, entries: dict[str, ConfigEntry]) -> str:
    return "\n".join(row(name, entry) for name, entry in entries.items())


def _config_row(manifest: Manifest, name: str, entry: ConfigEntry) -> str:
    rows = ", ".join(f"{split} {count}" for split, count in entry.rows.items())
    known = (f"`{name}`", f"`{entry.family}`", entry.size, rows, entry.shots, entry.seed)
    return f"| {' | '.join(map(str, known))} | `{_content(manifest, name)}` |"


def _content(manifest: Manifest, config: str) -> str:
    """A hash of all values of a config; the promise stands for hidden labels."""
    shards = [entry for files in manifest.splits(config).values() for entry in files.values()]
    hashes = [*(str(e.content) for e in shards), manifest.config(config).commitment or ""]
    return hashlib.sha256("|".join(hashes).encode()).hexdigest()[:12]


def _column_row(column: Column) -> str:
    shape = ", ".join(str(length) for length in column.shape) or "scalar"
    label = "yes" if column.is_label else "no"
    meaning = column.meaning.replace("|", "\\|")
    return f"| `{column.name}` | {column.dtype} | {shape} | {column.unit} | {label} | {meaning} |"


def _label_row(name: str, entry: ConfigEntry) -> str:
    reached = {k: v for k, v in entry.certificate.items() if not isinstance(v, dict)}
    loose = entry.tolerances.get("variance_limit", 0.0) > VARIANCE_LIMIT
    solver = f"{entry.solver}, less exact than usual" if loose else entry.solver
    return f"| `{name}` | {solver} | {_pairs(entry.tolerances)} | {_pairs(reached)} |"


def _cost_row(name: str, entry: ConfigEntry) -> str:
    shown = {k: entry.versions[k] for k in _VERSIONS_SHOWN if k in entry.versions}
    machine = entry.hardware or "not recorded"
    return (
        f"| `{name}` | {entry.wall_seconds:.1f} | {entry.cpu_seconds:.1f} | {machine} "
        f"| {_pairs(shown)} |"
    )


def _task_row(name: str, entry: ConfigEntry) -> str:
    return f"| `{name}` | {', '.join(f'`{task}`' for task in offered_tasks(entry))} |"


def _baseline_table(record: Baselines) -> str:
    lines = [
        f"`{record.command}`, {record.hardware}:",
        "",
        "| config | task | n | M | baseline | metric | value [95 %] | skill_x | CPU s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for s in record.scores:
        interval = f" [{s.low:.4f}, {s.high:.4f}]" if None not in (s.low, s.high) else ""
        skill = "–" if s.skill_x is None else f"{s.skill_x:.4f}"
        seconds = "–" if s.cpu_seconds is None else f"{s.cpu_seconds:.2f}"
        lines.append(
            f"| `{s.config}` | {s.task} | {s.n} | {s.shots or 'exact labels'} | `{s.baseline}` "
            f"| {s.metric} | {s.value:.4f}{interval} | {skill} | {seconds} |"
        )
    return "\n".join(lines)


def _pairs(values: dict[str, Any]) -> str:
    texts = (f"{v:.3g}" if isinstance(v, float) else str(v) for v in values.values())
    return ", ".join(f"{k} {t}" for k, t in zip(values, texts, strict=True)) or "none"
