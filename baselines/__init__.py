"""Reference models, one a file, found by file name, and the runner that makes them submit.

`baselines.load("ridge")(seed=0).fit(cell).predict(rows)`. Nothing heavy is imported here.
"""

from typing import TYPE_CHECKING

from builders.core import discovery

if TYPE_CHECKING:
    from baselines.contract.baseline import Baseline

__all__ = ["load", "names"]

_MODELS = "baselines.models"


def names() -> list[str]:
    """Names of all baselines, none of them imported."""
    return discovery.names(_MODELS)


def load(name: str) -> "type[Baseline]":
    """The class of the baseline of that name.

    Raises:
        RequestError: unknown name; the message holds the nearest one.
    """
    model: type[Baseline] = discovery.load(_MODELS, name, kind="baseline").Model
    return model
