"""Reference models, one a file, found by file name, and the runner that makes them submit.

`baselines.load("ridge")(seed=0).fit(cell).predict(rows)`. Nothing heavy is imported here.
"""

import inspect
from functools import cache
from typing import TYPE_CHECKING, get_args

from builders.core import discovery

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from baselines.contract.baseline import Baseline
    from builders.core.own_files import OwnFile

__all__ = ["load", "names"]

_MODELS = "baselines.models"


def names() -> list[str]:
    """Names of all baselines, none of them imported."""
    return discovery.names(_MODELS)


def load(name: str) -> "type[Baseline]":
    """The class of the baseline of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one. Or a broken plug-in.
    """
    model: type[Baseline] = discovery.find(
        _MODELS, name, "Model", _check, kind="baseline", base=_base
    )
    return model


def named(text: str) -> str:
    """The name of what a command was given: a name, or the path of a file with a model.

    Raises:
        RequestError: no such file, no Python, or the name of another baseline.
    """
    return discovery.named(_MODELS, text, kind="baseline")


def source(name: str) -> "OwnFile | None":
    """The file of a model of somebody's own; None of ours."""
    return discovery.source(_MODELS, name)


def at_work(name: str) -> "AbstractContextManager[None]":
    """Inside, an error in the file of somebody's own model is refused with file and line."""
    return discovery.refused_faults(_MODELS, name, running=True)


def _base() -> "type[Baseline]":
    from baselines.contract.baseline import Baseline

    return Baseline


@cache
def _check(name: str, model: "type[Baseline]") -> None:
    from baselines.contract.baseline import Baseline
    from leaderboard.submission.metadata import EntryClass

    if not isinstance(model, type) or not issubclass(model, Baseline):
        raise TypeError(f"`Model` is {model!r}, a subclass of Baseline is needed")
    try:
        inspect.signature(model).bind(seed=0)
    except TypeError as error:
        raise TypeError(f"Model(seed=0) has to make {name}, and it cannot: {error}") from None
    if "mitigated" in inspect.signature(model).parameters:
        raise TypeError("`mitigated` is a setting of every model: no keyword of Model can have it")
    if inspect.isabstract(model):
        raise TypeError(f"Model lacks {', '.join(sorted(model.__abstractmethods__))}")
    for attribute, allowed in (("title", None), ("entry_class", get_args(EntryClass))):
        given = getattr(model, attribute, None)
        if not given or not isinstance(given, str) or (allowed and given not in allowed):
            raise TypeError(f"`{attribute}` of Model is {given!r}; {allowed or 'a text'} is needed")
