"""The metadata of a submission, as JSON under the Parquet key `qslbench` or in a sidecar file."""

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from builders.core import json_text
from builders.core.errors import RequestError, unknown
from leaderboard.cells import CellKey
from leaderboard.submission.look_alikes import check_name

EntryClass = Literal["learned", "hybrid", "solver"]
MAX_COSTS = 1000
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def _plain_number(given: Any) -> Any:
    """A number, or one in quotes; 1_000 may be Python's thousand or a slip."""
    if isinstance(given, bool) or (isinstance(given, str) and not _NUMBER.fullmatch(given)):
        raise ValueError("a number is needed, such as 1000.5 without quotes, spaces or '_'")
    return given


Plain = BeforeValidator(_plain_number)
Count = Annotated[int, Plain, Field(ge=0, le=10**15)]
Seconds = Annotated[float, Plain, Field(ge=0)]


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


class CellCost(BaseModel):
    """What one cell of a file cost; its names are those of the cell. At least one number is stated.

    Attributes:
        config: of the cell.
        task: of the cell.
        n: of the cell.
        shots: of the cell.
        track: of the cell; None where the file says none.
        parameters: number of trained parameters.
        train_seconds: wall seconds of training.
        row_seconds: as of `Metadata`.
    """

    # Files of many cells state many: told apart by type alone, without a call of ours a number.
    model_config = _MODEL | ConfigDict(strict=True)

    config: Annotated[str, Field(max_length=200)]
    task: Annotated[str, Field(max_length=200)]
    n: Annotated[int, Field(ge=0, le=10**15)]
    shots: Annotated[int, Field(ge=0, le=10**15)]
    track: Annotated[str, Field(max_length=210)] | None = None
    parameters: Annotated[int, Field(ge=0, le=10**15)] | None = None
    train_seconds: Annotated[float, Field(ge=0)] | None = None
    row_seconds: Annotated[float, Field(ge=0)] | None = None

    @property
    def key(self) -> CellKey:
        """The cell.

        Raises:
            RequestError: a track that is none, or none of such a cell.
        """
        return CellKey(self.config, self.task, self.n, self.shots, self.track)


class Metadata(BaseModel):
    """Who made the predictions, how, and at what cost. Unknown keys are refused.

    Attributes:
        name: of the model, as shown on the board.
        authors: one name an item.
        entry_class: `learned` from shots and Hamiltonians, `hybrid` (a solver gives features or
            corrections), or `solver` (the Hamiltonian is solved, nothing is learnt).
        uses_test_shots: whether the shots of the test rows were used.
        version: of the model. Entries of one name, authors and version are one model of the
            ranking over many cells.
        resources: copies used; None says exactly n·shots of each cell, without pretraining.
        parameters: number of trained parameters.
        train_seconds: wall seconds of training, all cells of the file together.
        row_seconds: processor seconds of answering one test row, training apart: the time that it
            takes on one core. Of single shots, the latency of a decoder.
        costs: the same three numbers of single cells, where they are known.
        hardware: what it ran on.
        code: where the code is.
        paper: where it is described.
        licence: of the predictions.
        seed: of the training.
        notes: anything else.

    >>> import qslbench
    >>> about = qslbench.Metadata(name="my net", authors=("Me",), entry_class="learned",
    ...                           uses_test_shots=False)
    >>> about.entry_class
    'learned'
    """

    model_config = _MODEL

    name: Annotated[Line, Field(min_length=1, max_length=100)]
    authors: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)]
    entry_class: EntryClass
    uses_test_shots: bool
    version: Line = ""
    resources: Resources | None = None
    parameters: Count | None = None
    train_seconds: Seconds | None = None
    row_seconds: Seconds | None = None
    costs: Annotated[tuple[CellCost, ...], Field(max_length=MAX_COSTS)] = ()
    hardware: Line = ""
    code: Line = ""
    paper: Line = ""
    licence: Line = ""
    seed: Annotated[int, Plain, Field(ge=0, lt=2**63)] | None = None
    notes: Annotated[str, Field(max_length=5000), AfterValidator(_printable_lines)] = ""

    def cost_of(self, key: CellKey) -> CellCost | None:
        """What is stated of one cell alone."""
        names = key[:4]
        ours = (c for c in self.costs if (c.config, c.task, c.n, c.shots) == names)
        return next((cost for cost in ours if cost.key == key), None)


def parse_metadata(text: str | bytes) -> Metadata:
    """Metadata from JSON text.

    Raises:
        RequestError: not JSON, a key missing, unknown, given twice or with a value that is not
            allowed.
    """
    where = "the metadata is not accepted"
    if isinstance(text, bytes):
        text = json_text.utf8(text, where)
    try:
        metadata = Metadata.model_validate_json(text.removeprefix("\ufeff"))
    except ValidationError as error:
        raise RequestError(_worded(error)) from None
    json_text.parsed(text.removeprefix("\ufeff"), where)  # JSON without doubt
    # Here and not in the model, so that what is stored can still be read.
    for kind, name in (("name", metadata.name), *(("author", a) for a in metadata.authors)):
        check_name(kind, name)
    return metadata


_PARTS: dict[int | str, type[BaseModel]] = {"resources": Resources, "costs": CellCost}


def _worded(error: ValidationError) -> str:
    """Every fault of the metadata on a line of its own."""
    lines = ["the metadata is not accepted:"]
    for fault in error.errors(include_url=False):
        key = ".".join(str(part) for part in fault["loc"]) or "JSON"
        if fault["type"] == "extra_forbidden":
            model = _PARTS.get(fault["loc"][0]) if len(fault["loc"]) > 1 else None
            model = model or Metadata
            lines.append(f"  {unknown('key', key, model.model_fields)}")
        elif fault["type"] == "missing":
            lines.append(f"  key {key!r} is missing.")
        elif fault["type"] == "json_invalid":
            lines.append(f"  it is not JSON: {fault['ctx']['error']}.")
        else:
            lines.append(f"  {key}: {fault['msg']}; given was {str(fault['input'])[:80]!r}.")
    return "\n".join(lines)
