"""The card of a family, from the family and from committed measurements: cards/<family>.md."""

import inspect
from collections.abc import Iterator
from pathlib import Path

from builders import families
from builders.cards import measurements
from builders.cards import text as card_text
from builders.core.names import Size
from builders.physics.family import Family, Parameter
from builders.physics.prepared import PreparedFamily
from builders.solvers.exact.diagonalization import MAX_SITES

_LABELS = ("energy", "correlation", "renyi2", "renyi2_blocks")


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
        f"## Hamiltonian\n\n    {family.formula}\n\n{inspect.getdoc(type(family)) or ''}",
        f"## Parameters\n\n{_parameters(family)}",
        f"## Distribution\n\n{_distribution(family)}",
        f"## Sector\n\n{_sector(family)}",
        f"## Phases\n\n{_phases(family)}",
        f"## Sizes\n\n{_sizes(family)}",
        f"## Tasks\n\n{', '.join(f'`{task}`' for task in family.tasks)}. {family.why_hard}",
        f"## Checks\n\n{_checks(family)}",
        f"## Measured label errors\n\n{_errors(name, records)}",
        f"## Baselines\n\n{_baselines(name, records)}",
        "## References\n\n" + "\n".join(card_text.references([name])),
    ]
    return "\n\n".join(parts) + "\n"


def _smallest(family: Family) -> Size:
    return Size.parse(family.sizes[0])


def _parameters(family: Family) -> str:
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


def _sector(family: Family) -> str:
    if isinstance(family, PreparedFamily):
        return f"States are made, not solved: {family.method}."
    found: dict[str, list[str]] = {}
    for name in family.sizes:
        sector = family.sector(Size.parse(name))
        value = f"{sector.value:+d}" if sector.value else "0"
        found.setdefault(f"`{sector.kind}` {value}", []).append(name)
    return "; ".join(f"{words} at {', '.join(sizes)}" for words, sizes in found.items()) + "."


def _phases(family: Family) -> str:
    if not family.phases:
        return "None are told."
    said = f"{', '.join(f'`{phase}`' for phase in family.phases)}. {family.phase_rule}"
    if "phase" not in family.tasks:
        said += " Every row has its phase; the distribution makes it no task."
    return said


def _sizes(family: Family) -> str:
    sizes = ", ".join(family.sizes)
    limit = f"Data sets are made at {sizes}. Sizes past {family.max_sites} sites are refused."
    if isinstance(family, PreparedFamily):
        return limit
    rows = ["| size | bond | steps a bond | tolerance | rows a block |", "|---|---|---|---|---|"]
    for size in dict.fromkeys((family.sizes[0], family.sizes[-1])):
        settings = family.solver_settings(Size.parse(size))
        numbers = (settings.bond, settings.steps, f"{settings.tolerance:g}", settings.block)
        rows.append(f"| {size} | {' | '.join(map(str, numbers))} |")
    return (
        f"{limit} What bounds them is the bond dimension that the labels need: rows are solved "
        "with the settings below, a row that misses its limits stops the build, and `qslbench "
        f"solve` grows the bond to {family.max_bond} at most.\n\n" + "\n".join(rows)
    )


def _checks(family: Family) -> str:
    return "\n".join(f"- {check}" for check in _all_checks(family))


def _all_checks(family: Family) -> Iterator[str]:
    yield "every row: physical bounds of correlations and entropies, no parameters twice"
    if isinstance(family, PreparedFamily):
        yield "exact by construction; the certificate is zero"
        return
    yield "every row: energy variance below the limit of the build"
    yield f"exact diagonalisation up to {MAX_SITES} sites"
    if type(family).exact_energy is not Family.exact_energy:
        yield "every row: ground-state energy against a closed form"
    if type(family).total_spin is not Family.total_spin:
        yield "total spin of the ground state known by a theorem"
    if type(family).order_strings is not Family.order_strings:
        yield "phases from expectation values of the state itself"
    if family.mirror:
        yield "mirror parity of even chains made definite"


def _errors(name: str, records: Path) -> str:
    found = measurements.label_errors(name, records)
    if not found:
        return "No committed measurement yet: `python -m benchmarks.label_errors` makes one."
    how = (
        "Largest over rows solved as a build solves them, against a reference "
        "(`python -m benchmarks.label_errors`); the energy's error is relative."
    )
    head = f"| size | rows | {' | '.join(_LABELS)} | hardware |"
    lines = [how, "", head, "|---" * (len(_LABELS) + 3) + "|"]
    for record in found:
        values = " | ".join(f"{record.largest(label):.1e}" for label in _LABELS)
        lines.append(f"| {record.size} | {len(record.rows)} | {values} | {record.hardware} |")
    return "\n".join(lines)


def _baselines(name: str, records: Path) -> str:
    return card_text.baselines_text(measurements.scores_of(name, measurements.baselines(records)))
