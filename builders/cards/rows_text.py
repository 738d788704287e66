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


def estimates(names: Sequence[str]) -> str:
    """How labels follow from the record, where they do."""
    return "".join(f"{text}\n" for text in _said(names, lambda label: label.estimate))


def quantiles(entries: Mapping[str, ConfigEntry]) -> str:
    """The distribution of the certificate's column, of the configs that have one."""
    shown = {
        name: entry.certificate[column]
        for name, entry in entries.items()
        for column in [families.load(entry.family).certificate.quantiles]
        if column in entry.certificate
    }
    if not shown:
        return ""
    lines = [
        "Over all rows of a config, hidden ones too, the certificate is distributed as follows.",
        "",
        f"| config | {' | '.join(QUANTILES)} |",
        "|---" * (len(QUANTILES) + 1) + "|",
        *(
            f"| `{name}` | {' | '.join(f'{known[q]:.2g}' for q in QUANTILES)} |"
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
