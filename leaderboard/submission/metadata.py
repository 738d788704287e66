"""The metadata of a submission, as JSON under the Parquet key `qslbench` or in a sidecar file."""

import json
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from builders.core.errors import RequestError, unknown

EntryClass = Literal["learned", "hybrid", "solver"]
Count = Annotated[int, Field(ge=0, le=10**15)]


def _printable(text: str) -> str:
    # Names are shown in terminals, where control characters could rewrite the screen.
    if not text.isprintable():
        raise ValueError("line breaks and control characters are not allowed")
    return text


def _printable_lines(text: str) -> str:
    for line in text.splitlines():
        _printable(line.replace("\t", " "))
    return text


Line = Annotated[str, Field(max_length=300), AfterValidator(_printable)]

_MODEL = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, str_strip_whitespace=True)


class Resources(BaseModel):
    """State copies that the model learnt from: n·shots + pretrain_n·pretrain_shots.

    Attributes:
        n: training rows.
        shots: shots used of each.
        pretrain_n: rows used for self-supervised training.
        pretrain_shots: shots used of each.
    """

    model_config = _MODEL

    n: Count
    shots: Count
    pretrain_n: Count = 0
    pretrain_shots: Count = 0

    @property
    def copies(self) -> int:
        """Number of state copies."""
        return self.n * self.shots + self.pretrain_n * self.pretrain_shots


class Metadata(BaseModel):
    """Who made the predictions, how, and at what cost. Unknown keys are refused.

    Attributes:
        name: of the model, as shown on the board.
        authors: one name an item.
        entry_class: `learned` from shots and Hamiltonians, `hybrid` (a solver gives features or
            corrections), or `solver` (the Hamiltonian is solved, nothing is learnt).
        uses_test_shots: whether the shots of the test rows were used.
        resources: copies used; None says exactly n·shots of each cell, without pretraining.
        parameters: number of trained parameters.
        train_seconds: wall seconds of training, all cells of the file together.
        row_seconds: processor seconds of answering one test row, training apart: the time that it
            takes on one core. Of single shots, the latency of a decoder.
        hardware: what it ran on.
        code: where the code is.
        paper: where it is described.
        licence: of the predictions.
        seed: of the training.
        notes: anything else.
    """

    model_config = _MODEL

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    authors: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
    entry_class: EntryClass
    uses_test_shots: bool
    resources: Resources | None = None
    parameters: Count | None = None
    train_seconds: Annotated[float, Field(ge=0)] | None = None
    row_seconds: Annotated[float, Field(ge=0)] | None = None
    hardware: Line = ""
    code: Line = ""
    paper: Line = ""
    licence: Line = ""
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    notes: Annotated[str, Field(max_length=5000), AfterValidator(_printable_lines)] = ""


def parse_metadata(text: str | bytes) -> Metadata:
    """Metadata from JSON text.

    Raises:
        RequestError: not JSON, a key missing, unknown, given twice or with a value that is not
            allowed.
    """
    try:
        metadata = Metadata.model_validate_json(text)
    except ValidationError as error:
        raise RequestError(_worded(error)) from None
    json.loads(text, object_pairs_hook=_once)  # JSON without doubt, and not nested deeply
    return metadata


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise RequestError(f"the metadata is not accepted: keys given twice: {', '.join(twice)}.")
    return content


def _worded(error: ValidationError) -> str:
    """Every fault of the metadata on a line of its own."""
    lines = ["the metadata is not accepted:"]
    for fault in error.errors(include_url=False):
        key = ".".join(str(part) for part in fault["loc"]) or "JSON"
        if fault["type"] == "extra_forbidden":
            model = Resources if len(fault["loc"]) > 1 else Metadata
            lines.append(f"  {unknown('key', key, model.model_fields)}")
        elif fault["type"] == "missing":
            lines.append(f"  key {key!r} is missing.")
        elif fault["type"] == "json_invalid":
            lines.append(f"  it is not JSON: {fault['ctx']['error']}.")
        else:
            lines.append(f"  {key}: {fault['msg']}; given was {str(fault['input'])[:80]!r}.")
    return "\n".join(lines)
