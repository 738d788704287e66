"""Pictures and tables of the record of `benchmarks.inductive_bias`, for `docs/entanglement.md`."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from benchmarks.bias_rows import FAMILIES, TARGETS
from benchmarks.inductive_bias import ARMS, PROFILES
from benchmarks.plots import save

Record = dict[str, Any]

COLOURS = {
    "flat": "#0072b2", "wide_base": "#d55e00", "wide_tip": "#009e73", "proposed": "#cc79a7",
}  # fmt: skip
ARM_COLOURS = dict(zip(ARMS, ("black", "#d55e00", "#009e73", "#0072b2"), strict=True))
NAMES = {
    "permuted": "permuted", "surrogate": "by the surrogate", "states": "by C of states",
    "coupling": "by the couplings",
}  # fmt: skip
MODELS = ("convac", "convnet")


def plot(record: Record, folder: Path) -> None:
    """Write the three pictures."""
    families = list(record["families"])
    draw: Callable[[Axes, str, str], None] = lambda axis, model, kind: _errors(  # noqa: E731
        axis, record, model, kind
    )
    save(_grid(families, draw, "error / spread of the target"), folder / "inductive_bias.svg")
    save(_scales(record), folder / "inductive_bias_entanglement.svg")
    local = [name for name in families if record["families"][name]["control"]]
    moved: Callable[[Axes, str, str], None] = lambda axis, model, kind: _control(  # noqa: E731
        axis, record, local, model, kind
    )
    save(
        _grid(local, moved, "error / that in the chain's order"),
        folder / "inductive_bias_order.svg",
    )


def _grid(families: list[str], draw: Callable[[Axes, str, str], None], title: str) -> plt.Figure:
    figure, axes = plt.subplots(
        len(MODELS), len(TARGETS), figsize=(13, 6), layout="constrained", sharex=True, sharey=True
    )
    for line, model in zip(axes, MODELS, strict=True):
        for axis, kind in zip(line, TARGETS, strict=True):
            draw(axis, model, kind)
            axis.axhline(1.0, color="0.6", linewidth=0.8)
            axis.set_title(f"{model}, {kind}", fontsize=9)
            axis.set_xticks(
                range(len(families)), [FAMILIES[name] for name in families], rotation=30, fontsize=8
            )
        line[0].set_ylabel(title)
    axes[0, 0].legend(fontsize=7)
    return figure


def _errors(axis: Axes, record: Record, model: str, kind: str) -> None:
    for at, name in enumerate(COLOURS):
        points = [
            (k + 0.15 * (at - 1.5), cell["rmse"])
            for k, family in enumerate(record["families"].values())
            for cell in family["cells"]
            if (cell["model"], cell["target"], cell["profile"]) == (model, kind, name)
        ]
        _points(axis, points, COLOURS[name], name.replace("_", " "))


def _control(axis: Axes, record: Record, local: list[str], model: str, kind: str) -> None:
    for at, arm in enumerate(ARMS):
        points = [
            (k + 0.15 * (at - 1.5), cell["to_chain"])
            for k, family in enumerate(local)
            for cell in record["families"][family]["control"]
            if (cell["model"], cell["target"], cell["arm"]) == (model, kind, arm)
        ]
        _points(axis, points, ARM_COLOURS[arm], NAMES[arm])
    axis.set_yscale("log")


def _points(
    axis: Axes, points: list[tuple[float, tuple[float, float, float]]], colour: str, label: str
) -> None:
    xs, values = [x for x, _ in points], [v for _, v in points]
    bars = [[max(0.0, m - low) for m, low, _ in values], [max(0.0, h - m) for m, _, h in values]]
    axis.errorbar(
        xs, [m for m, _, _ in values], bars, fmt="o", color=colour, markersize=3.5, label=label,
        elinewidth=1,
    )  # fmt: skip


def _scales(record: Record) -> plt.Figure:
    """Capacity of the profiles and entropies, a panel a family."""
    found = record["families"]
    figure, axes = plt.subplots(
        1, len(found), figsize=(13, 3.4), layout="constrained", sharey=True, squeeze=False
    )
    for axis, (name, one) in zip(axes[0], found.items(), strict=True):
        scales = range(len(one["entanglement"]["von_neumann"]))
        for profile, colour in COLOURS.items():
            axis.plot(scales, one["architectures"][profile]["capacity"], "--", color=colour,
                      label=f"min-cut, {profile.replace('_', ' ')}")  # fmt: skip
        states = one["entanglement"]
        axis.plot(scales, states["von_neumann"], "o-", color="black", label="states, von Neumann")
        axis.plot(
            scales, states["renyi_2"], "s-", color="0.5", markersize=3, label="states, Rényi-2"
        )
        for kind, marker in (("near", "^"), ("far", "v")):
            if states["data"][kind]:
                axis.plot(scales, states["data"][kind], marker + ":", color="#e69f00", markersize=4,
                          label=f"data set, {kind}")  # fmt: skip
        axis.set(xlabel="scale l", title=FAMILIES[name])
        axis.set_xticks(scales)
    axes[0, 0].set_ylabel("bits")
    axes[0, -1].legend(fontsize=6, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def write(record: Record, page: Path) -> None:
    """Put the tables between their marks in a page."""
    text = page.read_text(encoding="utf-8")
    for name, lines in tables(record).items():
        start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        head, rest = text.split(start)
        _, tail = rest.split(end)
        text = f"{head}{start}\n{chr(10).join(lines)}\n{end}{tail}"
    page.write_text(text, encoding="utf-8")


def tables(record: Record) -> dict[str, list[str]]:
    """Lines of Markdown, by the name of the mark."""
    return {
        "inductive bias: machine": [machine(record)],
        "inductive bias: profiles": list(profile_table(record)),
        "inductive bias: entanglement": list(entanglement_table(record)),
        "inductive bias: rule": list(rule_table(record)),
        "inductive bias: order": list(order_table(record)),
    }


def machine(record: Record) -> str:
    """How the record was made."""
    return (
        f"N = {record['sites']}, {record['rows']} rows a family, {record['pool']} of them for "
        f"training, {record['seeds']} seeds, {record['parameters']} parameters, {record['steps']} "
        f"steps. {record['row_seconds']} CPU s for rows and {record['training_seconds']} for "
        f"training, in {record['workers']} processes of one thread, {record['hardware']}."
    )


def profile_table(record: Record) -> Iterator[str]:
    """Errors over those of the flat profile, with intervals; bold where these are without 1."""
    yield f"| family | model | profile, widths | {' | '.join(TARGETS)} |"
    yield "|---|---|---|" + "---|" * len(TARGETS)
    for name, one in record["families"].items():
        for model in MODELS:
            for profile in (*PROFILES, "proposed"):
                cells = [c for c in one["cells"] if (c["model"], c["profile"]) == (model, profile)]
                key = "rmse" if profile == "flat" else "to_flat"
                shown = [_interval(c[key], told=profile != "flat") for c in cells]
                widths = ", ".join(map(str, one["architectures"][profile]["widths"]))
                head = f"{FAMILIES[name]} | {model} | {profile.replace('_', ' ')}, {widths}"
                yield f"| {head} | {' | '.join(shown)} |"


def entanglement_table(record: Record) -> Iterator[str]:
    """Bits a scale."""
    yield "| family | what | " + " | ".join(f"l = {k}" for k in range(_depth(record))) + " |"
    yield "|---|---|" + "---|" * _depth(record)
    for name, one in record["families"].items():
        states = one["entanglement"]
        lines = {
            "states, von Neumann, mean": states["von_neumann"],
            "states, von Neumann, largest": states["von_neumann_largest"],
            "states, Rényi-2, mean": states["renyi_2"],
            **{f"data set, {kind}": states["data"][kind] for kind in TARGETS},
            **{f"min-cut, {p.replace('_', ' ')}": one["architectures"][p]["capacity"]
               for p in COLOURS},
            "surrogate (no bits)": states["surrogate"],
        }  # fmt: skip
        for what, values in lines.items():
            shown = ["–"] * _depth(record) if values is None else [f"{v:.2f}" for v in values]
            yield f"| {FAMILIES[name]} | {what} | {' | '.join(shown)} |"


def rule_table(record: Record) -> Iterator[str]:
    """Proposed widths against the best of the search."""
    yield "| family | target | best of the search | proposed / best | proposed |"
    yield "|---|---|---|---|---|"
    for name, one in record["families"].items():
        for line in one["rule"]:
            widths = ", ".join(map(str, one["architectures"][line["best"]]["widths"]))
            ends = f"{FAMILIES[name]} | {line['target']} | {widths}"
            yield f"| {ends} | {_interval(line['to_best'])} | {verdict(line['to_best'])} |"
    yield f"\n{', '.join(f'{n} {what}' for what, n in verdicts(record).items())}."


def order_table(record: Record) -> Iterator[str]:
    """Errors of permuted and rearranged sites over those in the order of the chain."""
    yield f"| family | model | sites | {' | '.join(TARGETS)} |"
    yield "|---|---|---|" + "---|" * len(TARGETS)
    for name, one in record["families"].items():
        for model in MODELS if one["control"] else ():
            for arm in ARMS:
                cells = [c for c in one["control"] if (c["model"], c["arm"]) == (model, arm)]
                shown = " | ".join(_interval(c["to_chain"]) for c in cells)
                yield f"| {FAMILIES[name]} | {model} | {NAMES[arm]} | {shown} |"


def verdict(ratio: list[float]) -> str:
    """What an interval of a ratio of errors says of the first of the two."""
    _, low, high = ratio
    return "wins" if high < 1.0 else "fails" if low > 1.0 else "ties"


def verdicts(record: Record) -> dict[str, int]:
    """How often the proposed widths win, tie and fail against the best of the search."""
    given = [
        verdict(line["to_best"]) for one in record["families"].values() for line in one["rule"]
    ]
    return {what: given.count(what) for what in ("wins", "ties", "fails")}


def _depth(record: Record) -> int:
    first = next(iter(record["families"].values()))
    return len(first["entanglement"]["von_neumann"])


def _interval(values: list[float], *, told: bool = True) -> str:
    mean, low, high = values
    shown = f"{mean:.2f} [{low:.2f}, {high:.2f}]"
    return f"**{shown}**" if told and (high < 1.0 or low > 1.0) else shown
