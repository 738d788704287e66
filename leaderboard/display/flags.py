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
    if details.get("copy_of"):
        raised.append(_copy(details["copy_of"]))
    if details.get("proportional_to"):
        raised.append(_blend(details["proportional_to"]))
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
        "On most test rows the answers differ by far less than they err from those of "
        f"{', '.join(ids)}, which came earlier.",
    )


def _copy(ids: Sequence[str]) -> Flag:
    return Flag(
        "copy",
        f"A near-duplicate of {', '.join(ids)}, which another account sent earlier. Models of one "
        "kind can agree so, and who was first need not be the author.",
    )


def _blend(ids: Sequence[str]) -> Flag:
    return Flag(
        "errors of another entry",
        f"Row by row the errors are those of {', '.join(ids)} times one factor. A blend of exact "
        "labels and a model leaves such errors; two strengths of one regularisation spread the "
        "factor more. It calls for an explanation.",
    )
