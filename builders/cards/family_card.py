"""The card of a family, from the family and from committed measurements: cards/<family>.md."""

import inspect
from pathlib import Path

from builders import families
from builders.cards import measurements
from builders.cards import text as card_text
from builders.core.names import Size
from builders.physics.certificate import Exact
from builders.physics.family import Family
from builders.physics.label import Label
from builders.physics.parameters import Parameter


def text(name: str, records: Path = measurements.FOLDER) -> str:
    """The whole card.

    Args:
        name: family name.
        records: folder with measurements; what it lacks is not shown.

    Raises:
        RequestError: unknown family, or a record that cannot be read.
    """
    family = families.load(name)
    parts = [
        f"# `{name}`: {family.title}",
        "Written by `qslbench card --family`; change the family or its measurements instead.",
        f"## Formula\n\n    {family.formula}\n\n{inspect.getdoc(type(family)) or ''}",
        f"## Parameters\n\n{_parameters(family)}",
        f"## Distribution\n\n{_distribution(family)}",
        f"## Record and labels\n\n{_labels(family)}",
        f"## Classes\n\n{_classes(family)}",
        f"## Sizes\n\n{_sizes(family)}",
        *(f"## {title}\n\n{said}" for title, said in family.about().items()),
        f"## Tasks\n\n{', '.join(f'`{task}`' for task in family.tasks)}. {family.why_hard}",
        f"## Certificate\n\n{family.certificate.sentence}",
        "## Checks\n\n" + "\n".join(f"- {check}" for check in family.checks()),
        f"## Measured label errors\n\n{_errors(name, records)}",
        f"## Baselines\n\n{_baselines(name, records)}",
        "## References\n\n" + "\n".join(card_text.references([name])),
    ]
    return "\n\n".join(parts) + "\n"


def _smallest(family: Family) -> Size:
    return family.geometry.parse(family.sizes[0])


def _parameters(family: Family) -> str:
    if not family.parameters:
        return "None."
    lines = [
        f"| name | shape at {_smallest(family)} | numbers there | meaning |",
        "|---|---|---|---|",
        *(_parameter(p, _smallest(family)) for p in family.parameters),
    ]
    return "\n".join(lines)


def _parameter(parameter: Parameter, size: Size) -> str:
    shape = ", ".join(map(str, parameter.shape(size))) or "scalar"
    notes = [parameter.meaning.replace("|", "\\|")]
    if parameter.symmetric:
        notes.append("symmetric, zero diagonal")
    if parameter.default is not None:
        notes.append(f"{parameter.default:g} where not given")
    return f"| `{parameter.name}` | {shape} | {parameter.length(size)} | {'; '.join(notes)} |"


def _distribution(family: Family) -> str:
    shifted = family.distribution_ood or "none; `--test-ood` is refused."
    return f"{family.distribution}\n\nShifted, for the split `test_ood`: {shifted}"


def _classes(family: Family) -> str:
    labels = [label for label in family.labels if label.classes]
    if not labels:
        return "None."
    return "\n\n".join(_class(family, label) for label in labels)


def _class(family: Family, label: Label) -> str:
    said = f"{', '.join(f'`{name}`' for name in label.classes)}. {label.rule}"
    if label.name not in family.tasks:
        said += f" Every row has its {label.name}; the distribution makes it no task."
    return said


def _sizes(family: Family) -> str:
    sizes = ", ".join(family.sizes)
    what = family.geometry.what
    return (
        f"Geometry: {family.geometry.name}; a size is {what}. Data sets are made at {sizes}. Sizes "
        f"past {family.max_sites} are refused."
    )


def _labels(family: Family) -> str:
    size = _smallest(family)
    lines = [f"| label | shape at {size} | unit | meaning |", "|---|---|---|---|"]
    for label in family.labels:
        shape = ", ".join(map(str, label.shape(size))) or "scalar"
        meaning = label.meaning.replace("|", "\\|")
        lines.append(f"| `{label.name}` | {shape} | {label.unit} | {meaning} |")
    return f"{family.record.sentence(size)}\n\n" + "\n".join(lines)


def _errors(name: str, records: Path) -> str:
    measured = measurements.label_errors(name, records)
    family = families.load(name)
    if not measured and isinstance(family.certificate, Exact):
        return "None: labels are exact."
    if not measured and family.trajectory:
        return "By size, with what a row costs, in `docs/families.md`."
    if not measured:
        return "No committed measurement yet: `python -m benchmarks.label_errors` makes one."
    how = (
        "Largest over rows solved as a build solves them, against a reference "
        "(`python -m benchmarks.label_errors`); the energy's error is relative."
    )
    names = [x.name for x in family.labels if all(x.name in r.rows[0] for r in measured)]
    head = f"| size | rows | {' | '.join(names)} | hardware |"
    lines = [how, "", head, "|---" * (len(names) + 3) + "|"]
    for record in measured:
        values = " | ".join(f"{record.largest(label):.1e}" for label in names)
        lines.append(f"| {record.size} | {len(record.rows)} | {values} | {record.hardware} |")
    return "\n".join(lines)


def _baselines(name: str, records: Path) -> str:
    return card_text.baselines_text(measurements.scores_of(name, measurements.baselines(records)))
