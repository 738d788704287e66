"""Where the rows of a config come from, and how exact they are, as the manifest tells it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from builders.core.errors import RequestError
from builders.dataset.manifest import ConfigEntry, Provenance
from builders.dataset.schema import Arrays
from builders.physics.certificate import QUANTILES


def with_quantiles(provenance: Provenance, splits: Mapping[str, Arrays], column: str) -> Provenance:
    """The certificate with the distribution of its column over all rows, where it has one."""
    parts = [a[column] for a in splits.values() if column in a]
    if not parts:
        return provenance
    values = np.quantile(np.concatenate(parts), list(QUANTILES.values()))
    named = dict(zip(QUANTILES, values.tolist(), strict=True))
    return replace(provenance, certificate={**provenance.certificate, column: named})


def without_withheld(provenance: Provenance) -> Provenance:
    """Without the hashes of files that hold hidden labels."""
    if provenance.imported is None:
        return provenance
    shown = {k: v for k, v in provenance.imported.items() if k not in provenance.withheld}
    return replace(provenance, imported=shown)


def check(out: Path, old: ConfigEntry, provenance: Provenance) -> None:
    """Refuse to put imported rows where built ones are, and the other way round.

    Raises:
        RequestError: the config of that name in `out` is of the other origin.
    """
    was, comes = old.imported is not None, provenance.imported is not None
    if was != comes:
        words = ("imported", "built here") if was else ("built here", "imported")
        raise RequestError(
            f"{out} has a config {old.spec.config} whose rows were {words[0]}; these were "
            f"{words[1]}. Give another folder."
        )
