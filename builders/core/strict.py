"""The base of records that are read from JSON files: unknown keys are refused."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A frozen record without unknown keys and without numbers that JSON has not."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
