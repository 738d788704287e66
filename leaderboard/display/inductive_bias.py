"""The record of the experiment on channel profiles: its tables for the page."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from builders.core.errors import WorkError
from leaderboard.display.interval_chart import COLUMNS

_PACKAGE = Path(__file__).parent.parent
# In a source tree, and in an installed package.
_RECORDS = (
    _PACKAGE.parent / "benchmarks" / "results" / "inductive_bias.json",
    _PACKAGE / "inductive_bias.json",
)
FLAT = "flat"
PROFILES = (FLAT, "wide_base", "wide_tip", "proposed")
ARMS = {
    "permuted": "permuted",
    "surrogate": "by the surrogate",
    "states": "by C of states",
    "coupling": "by the couplings",
}

Record = dict[str, Any]


@cache
def record() -> Record:
    """What `python -m benchmarks.inductive_bias` wrote, as the project ships it.

    Raises:
        WorkError: the file is missing or damaged.
    """
    path = next((file for file in _RECORDS if file.is_file()), _RECORDS[-1])
    try:
        found: Record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WorkError(f"{path.name}, a file of the package, cannot be read: {error}") from error
    return found


def families(record: Record) -> dict[str, str]:
    """Family → what its states are, such as `paramagnet`."""
    return {name: one["states"] for name, one in record["families"].items()}


def models(record: Record) -> list[str]:
    """Networks that were trained, in the order of the record."""
    return list(dict.fromkeys(cell["model"] for cell in _first(record)["cells"]))


def targets(record: Record) -> list[str]:
    """Ranges of targets, in the order of the record."""
    return list(dict.fromkeys(cell["target"] for cell in _first(record)["cells"]))


def accuracy(record: Record, model: str, target: str) -> pa.Table:
    """Errors of the profiles, `interval_chart.COLUMNS` with `at` the kind of states."""
    return _table(
        [
            (words(profile), one["states"], *cell["rmse"])
            for profile in PROFILES
            for one in record["families"].values()
            for cell in one["cells"]
            if (cell["model"], cell["target"], cell["profile"]) == (model, target, profile)
        ]
    )


def scales(record: Record, family: str, target: str) -> pa.Table:
    """Bits a scale of one family: min-cuts, states, the data set of a target; no intervals."""
    one = record["families"][family]
    measured = one["entanglement"]
    labelled = measured["data"][target]  # None where its terms cancel
    lines = {
        "states, von Neumann": measured["von_neumann"],
        "states, Rényi-2": measured["renyi_2"],
        **({"data set": labelled} if labelled else {}),
        **{f"min-cut, {words(p)}": one["architectures"][p]["capacity"] for p in PROFILES},
    }
    rows = [
        (name, scale, value, None, None)
        for name, bits in lines.items()
        for scale, value in enumerate(bits)
    ]
    return _table(rows)


def order(record: Record, model: str, target: str) -> pa.Table:
    """Errors with the sites permuted, and rearranged, over those in the order of the chain."""
    return _table(
        [
            (title, one["states"], *cell["to_chain"])
            for arm, title in ARMS.items()
            for one in record["families"].values()
            for cell in one["control"]
            if (cell["model"], cell["target"], cell["arm"]) == (model, target, arm)
        ]
    )


def verdicts(record: Record) -> dict[str, int]:
    """How often the proposed widths win, tie and fail against the best of the search."""
    found = {"wins": 0, "ties": 0, "fails": 0}
    for one in record["families"].values():
        for line in one["rule"]:
            _, low, high = line["to_best"]
            found["wins" if high < 1.0 else "fails" if low > 1.0 else "ties"] += 1
    return found


def to_flat(record: Record, model: str, profile: str) -> tuple[int, int, int]:
    """Of the errors of a profile: how many are clearly above those of `flat`, below them, and all.

    Clearly: the interval of the ratio leaves out 1.
    """
    return _clear(
        [
            cell["to_flat"]
            for one in record["families"].values()
            for cell in one["cells"]
            if (cell["profile"], cell["model"]) == (profile, model)
        ]
    )


def to_chain(record: Record, model: str, arm: str) -> tuple[int, int, int]:
    """The same of an order of the sites, against that of the chain."""
    return _clear(
        [
            cell["to_chain"]
            for one in record["families"].values()
            for cell in one["control"]
            if (cell["arm"], cell["model"]) == (arm, model)
        ]
    )


def words(profile: str) -> str:
    """A profile as it is written on the page."""
    return profile.replace("_", " ")


def _first(record: Record) -> Record:
    one: Record = next(iter(record["families"].values()))
    return one


def _clear(ratios: list[list[float]]) -> tuple[int, int, int]:
    worse = sum(low > 1.0 for _, low, _ in ratios)
    return worse, sum(high < 1.0 for *_, high in ratios), len(ratios)


def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    table = pa.table(dict(zip(COLUMNS, columns, strict=True)))
    for name in ("low", "high"):
        at = table.column_names.index(name)
        table = table.set_column(at, name, table[name].cast(pa.float64()))
    return table
