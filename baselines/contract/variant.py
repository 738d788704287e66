"""A baseline and how it differs from the plain one: `mlp depth=8 mitigated=true`.

Settings are what the constructor is given, and one more that every baseline has which learns from
labels: `mitigated` has it learn from estimates with the noise channel of the record undone
(`Cell.mitigate`).
"""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import baselines
from baselines.contract.applies import unmitigable
from baselines.contract.cell import Cell
from builders.core.errors import RequestError, unknown
from builders.dataset.config import Config
from leaderboard.kinds.task import Task

if TYPE_CHECKING:
    from baselines.contract.baseline import Baseline

Value = bool | int | float | str
Settings = tuple[tuple[str, Value], ...]

MITIGATED = "mitigated"
"""The setting that is no keyword of a constructor."""


@dataclass(frozen=True, order=True)
class Variant:
    """A baseline by name, with settings that differ from its own.

    Attributes:
        baseline: name of the file in `baselines/models/`.
        settings: (name, value) of keyword arguments of its constructor, and of `MITIGATED`, sorted
            by name.
    """

    baseline: str
    settings: Settings = ()

    @staticmethod
    def of(baseline: str, **settings: Value) -> "Variant":
        """A variant; the settings in any order.

        Raises:
            RequestError: unknown baseline or setting, or a value of another type.
        """
        allowed = settings_of(baseline)
        for name, value in settings.items():
            if name not in allowed:
                raise unknown(f"setting of {baseline}", name, allowed)
            if type(value) is not type(allowed[name]):
                raise _wrong(baseline, name, str(value), allowed[name])
        return Variant(baseline, tuple(sorted(settings.items())))

    @staticmethod
    def parse(baseline: str, given: Sequence[str]) -> "Variant":
        """A variant from texts such as `depth=8`.

        Raises:
            RequestError: not NAME=VALUE, unknown baseline or setting, or a value of another type.
        """
        settings: dict[str, Value] = {}
        allowed = settings_of(baseline)
        for text in given:
            name, equals, value = text.partition("=")
            if not equals or name in settings:
                raise RequestError(f"setting {text!r}: give each once, as NAME=VALUE.")
            settings[name] = _read(baseline, name, value, allowed[name]) if name in allowed else ""
        return Variant.of(baseline, **settings)

    def model(self, seed: int) -> "Baseline":
        """The model, not fitted."""
        given = {name: value for name, value in self.settings if name != MITIGATED}
        return baselines.load(self.baseline)(seed=seed, **given)

    @property
    def mitigated(self) -> bool:
        """Whether it learns from mitigated labels."""
        return bool(dict(self.settings).get(MITIGATED, False))

    def cell(self, cell: Cell) -> Cell:
        """The cell that it learns from.

        Raises:
            RequestError: it asks for mitigated labels where there are none.
        """
        return cell.mitigate() if self.mitigated else cell

    def refusal(self, task: Task, config: Config, *, noise_free: bool = False) -> str:
        """See `Baseline.refusal`: also of mitigated labels where there are none."""
        refused = baselines.load(self.baseline).refusal(task, config, noise_free=noise_free)
        if refused or not self.mitigated:
            return refused
        return unmitigable(task, config, noise_free=noise_free)

    def __str__(self) -> str:
        return " ".join([self.baseline, *(f"{name}={_text(v)}" for name, v in self.settings)])


def settings_of(baseline: str) -> dict[str, Value]:
    """What can be set of a baseline, and its default: numbers, texts and switches, not the seed.

    Raises:
        RequestError: unknown baseline.
    """
    model = baselines.load(baseline)
    parameters = inspect.signature(model).parameters
    plain = {name: p.default for name, p in parameters.items() if name != "seed"}
    if model.uses_labels and "regression" in model.answers:
        plain[MITIGATED] = False
    return {name: v for name, v in plain.items() if isinstance(v, bool | int | float | str)}


def _read(baseline: str, name: str, text: str, default: Value) -> Value:
    if isinstance(default, bool):
        if text in {"true", "false"}:
            return text == "true"
        raise _wrong(baseline, name, text, default)
    try:
        return type(default)(text)
    except ValueError:
        raise _wrong(baseline, name, text, default) from None


def _wrong(baseline: str, name: str, text: str, default: Value) -> RequestError:
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
    return RequestError(
        f"setting {name}={text} of {baseline}: give {kinds[type(default)]}, "
        f"such as its default {_text(default)}."
    )


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
