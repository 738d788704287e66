"""The base of records that are read from JSON files: unknown keys are refused."""

from pydantic import BaseModel, ConfigDict, ValidationError


class Strict(BaseModel):
    """A frozen record without unknown keys and without numbers that JSON has not."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def first_fault(error: ValidationError) -> str:
    """Where a record is wrong first, what is wrong, and what stands there."""
    faults = error.errors(include_url=False)
    where = ".".join(map(str, faults[0]["loc"])) or "the whole"
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    given = repr(faults[0]["input"])
    shown = given if len(given) <= _SHOWN else f"{given[:_SHOWN]}…"
    return f"{where}: {faults[0]['msg']}, given {shown}{more}"


_SHOWN = 60
