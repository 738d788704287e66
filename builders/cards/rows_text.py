"""What a card says of the rows: how they were measured, how exact their labels are."""

from collections.abc import Callable, Mapping, Sequence

from builders import families
from builders.core.names import Size
from builders.dataset.manifest import ConfigEntry
from builders.physics.certificate import QUANTILES
from builders.physics.family import Family
from builders.physics.label import Label


def of_each(names: Sequence[str], say: Callable[[Family, Size], str]) -> str:
    """One list item a family; one alone where all say the same."""
    said = {n: say(f, f.geometry.parse(f.sizes[0])) for n in names for f in [families.load(n)]}
    if len(set(said.values())) == 1:
        return f"- {next(iter(said.values()))}"
    return "\n".join(f"- `{name}`: {text}" for name, text in said.items())


def parameters(names: Sequence[str]) -> str:
    """How the column of parameters is to be read, where there is one."""
    if not any(families.load(name).parameters for name in names):
        return ""
    return (
        "`parameters` is one flat vector; where each named parameter stands in it is in the "
        "Parquet field metadata (`layout`) and in `manifest.json`. A symmetric matrix is stored as "
        "its upper triangle, row by row, without the diagonal.\n\n"
    )


def solved(names: Sequence[str]) -> str:
    """Who can compute the labels from what is public: nobody those of single shots."""
    if all(families.load(name).record.per_shot for name in names):
        return ""
    return (
        "Labels can be computed by anyone with a classical solver, so entries that solve the test "
        "rows are a class of their own (`solver`, `hybrid`) beside `learned` ones. "
    )


def estimates(names: Sequence[str]) -> str:
    """How labels follow from the record, where they do."""
    return "".join(f"{text}\n" for text in _said(names, lambda label: label.estimate))


def quantiles(entries: Mapping[str, ConfigEntry]) -> str:
    """The distribution of the certificate's column and of every figure, where there are any."""
    certified = {n: families.load(e.family).certificate.quantiles for n, e in entries.items()}
    text = _table(
        "Over all rows of a config, hidden ones too, the certificate, of its columns the one that "
        "is named, is distributed as follows.",
        {f"`{n}` | `{certified[n]}`": e.certificate.get(certified[n]) for n, e in entries.items()},
        "config | column",
    )
    known = {f.name: f for e in entries.values() for f in families.load(e.family).figures}
    for figure in known.values():
        text += _table(
            f"The {figure.title} (`{figure.name}` in the index) of a row is {figure.meaning}. Over "
            "all rows, to two digits:",
            {f"`{n}`": e.certificate.get(figure.name) for n, e in entries.items()},
        )
    return text


def _table(
    sentence: str, told: Mapping[str, Mapping[str, float] | None], head: str = "config"
) -> str:
    """Quantiles of each config that has any; nothing where none has."""
    shown = {name: known for name, known in told.items() if known}
    if not shown:
        return ""
    lines = [
        sentence,
        "",
        f"| {head} | {' | '.join(QUANTILES)} |",
        "|---" * (len(QUANTILES) + head.count("|") + 1) + "|",
        *(
            f"| {name} | {' | '.join(f'{known[q]:.2g}' for q in QUANTILES)} |"
            for name, known in shown.items()
        ),
    ]
    return "\n".join([*lines, "", ""])


def noise(names: Sequence[str]) -> str:
    """Why averaging looks like learning, where labels are estimated from the record."""
    return "".join(f"\n- {text}" for text in _said(names, lambda label: label.noise))


def _said(names: Sequence[str], of: Callable[[Label], str]) -> list[str]:
    """What the labels of these families say, each sentence once."""
    labels = (label for name in names for label in families.load(name).labels)
    return list(dict.fromkeys(filter(None, map(of, labels))))
