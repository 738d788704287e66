"""What a card says of the rows: how they were measured, how exact their labels are."""

from collections.abc import Callable, Mapping, Sequence

from builders import families
from builders.core.names import Size
from builders.dataset.manifest import ConfigEntry
from builders.physics.certificate import QUANTILES
from builders.physics.family import Family
from builders.physics.record import PauliTokens


def of_each(names: Sequence[str], say: Callable[[Family, Size], str]) -> str:
    """One list item a family; one alone where all say the same."""
    said = {n: say(f, f.geometry.parse(f.sizes[0])) for n in names for f in [families.load(n)]}
    if len(set(said.values())) == 1:
        return f"- {next(iter(said.values()))}"
    return "\n".join(f"- `{name}`: {text}" for name, text in said.items())


def estimates(names: Sequence[str]) -> str:
    """How labels follow from shots, where rows hold tokens."""
    if not any(isinstance(families.load(n).record, PauliTokens) for n in names):
        return ""
    return (
        "With s = ±1 the outcome of a random-Pauli shot, 3·s_i·s_j where both sites were measured "
        "in the same basis (0 elsewhere) has the mean ⟨XX+YY+ZZ⟩/3 and the variance 3 − C².\n"
    )


def quantiles(entries: Mapping[str, ConfigEntry]) -> str:
    """The distribution of the certificate's column, of the configs that have one."""
    shown = {
        n: e
        for n, e in entries.items()
        if families.load(e.family).certificate.quantiles in e.certificate
    }
    if not shown:
        return ""
    lines = [
        "Over all rows of a config, hidden ones too, the certificate is distributed as follows.",
        "",
        f"| config | {' | '.join(QUANTILES)} |",
        "|---" * (len(QUANTILES) + 1) + "|",
        *(quantile_row(n, e) for n, e in shown.items()),
    ]
    return "\n".join([*lines, "", ""])


def noise(names: Sequence[str]) -> str:
    """Why averaging looks like learning, where labels are estimated from tokens."""
    if not any(isinstance(families.load(n).record, PauliTokens) for n in names):
        return ""
    return (
        "\n- Training labels that are estimated from M shots err far more than rows differ: an "
        "entry of C has the standard error √((3 − C²)/M), 0.22 at M = 64. Averaging over rows "
        "removes noise without any learning, so a model counts only where it beats the mean."
    )


def quantile_row(name: str, entry: ConfigEntry) -> str:
    """One line of the table of `quantiles`."""
    known = entry.certificate.get(families.load(entry.family).certificate.quantiles, {})
    values = [f"{known[q]:.2g}" if q in known else "–" for q in QUANTILES]
    return f"| `{name}` | {' | '.join(values)} |"
