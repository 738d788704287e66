"""What makes an entry stand out, in a few words and in a sentence. A flag is never a refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leaderboard.kinds.laws import Law
from leaderboard.kinds.task import Task


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


def flags(task: Task, details: Mapping[str, Any]) -> list[Flag]:
    """The flags of an answer in a cell.

    Args:
        task: of the cell.
        details: as in `Row.details`.
    """
    raised = []
    if details.get("below_floor"):
        raised.append(_below_floor(details))
    broken = details.get("violations", {})
    raised += [_broken(law, broken[law.name]) for law in task.laws if broken.get(law.name)]
    if details.get("near_duplicates"):
        raised.append(_near(details["near_duplicates"]))
    return raised


def shorts(task: Task, details: Mapping[str, Any]) -> str:
    """The unusual flags in a few words, for a table; the laws of physics together."""
    raised = flags(task, details)
    words = dict.fromkeys(flag.short for flag in raised if not flag.is_usual)
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


def _broken(law: Law, rows: int) -> Flag:
    return Flag(
        "unphysical",
        f"{rows} test rows have {law.meaning}. No right answer has; raw estimates from shots "
        "often do.",
        is_usual=law.is_usual,
    )


def _near(ids: Sequence[str]) -> Flag:
    return Flag(
        "near-duplicate",
        f"The answers differ by less than 5 % of the error from those of {', '.join(ids)}, which "
        "came earlier.",
    )
