"""What makes an entry stand out, in a few words and in a sentence. A flag is never a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LAWS = {
    "above_one": "a correlation beyond ±1",
    "outside_pair": "a correlation outside −1 … 1/3, which no pair of qubits has",
    "diagonal": "a diagonal that is not 1",
    "asymmetric": "a matrix that is not symmetric",
    "not_positive": "a matrix with a negative eigenvalue",
    "negative": "a negative entropy",
    "above_two_bit": "an entropy above 2 bit",
    "below_ground_state": "an energy below the exact ground state",
}


@dataclass(frozen=True)
class Flag:
    """One flag.

    Attributes:
        short: for a table.
        meaning: one or two sentences, plain text.
        is_usual: most entries have it, so that a table does not show it.
    """

    short: str
    meaning: str
    is_usual: bool = False


def flags(details: Mapping[str, Any]) -> list[Flag]:
    """The flags of an answer in a cell, from its `Row.details`."""
    found = []
    if details.get("below_floor"):
        found.append(_below_floor(details))
    found += [_broken(law, rows) for law, rows in details.get("violations", {}).items() if rows]
    if details.get("near_duplicates"):
        found.append(_near(details["near_duplicates"]))
    return found


def shorts(details: Mapping[str, Any]) -> str:
    """The unusual flags in a few words, for a table; the laws of physics together."""
    found = flags(details)
    words = dict.fromkeys(flag.short for flag in found if not flag.is_usual)
    return ", ".join(words)


def _below_floor(details: Mapping[str, Any]) -> Flag:
    floor = details.get("floor")
    value = "" if floor is None else f" ({floor:.4f})"
    return Flag(
        "below the floor",
        f"A learned entry whose whole interval lies below the error that n·M shots leave{value}: "
        "sqrt(mean variance of the training estimates / (n·N)). That is possible for a model that "
        "knows the physics, and calls for an explanation.",
    )


def _broken(law: str, rows: int) -> Flag:
    words = LAWS.get(law, law.replace("_", " "))
    return Flag(
        "unphysical",
        f"{rows} test rows have {words}. No quantum state has; raw estimates from shots often do.",
        is_usual=law == "not_positive",  # any small error does that where eigenvalues are near 0
    )


def _near(ids: Sequence[str]) -> Flag:
    return Flag(
        "near-duplicate",
        f"The answers differ by less than 5 % of the error from those of {', '.join(ids)}, which "
        "came earlier.",
    )
