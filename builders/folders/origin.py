"""Where the rows of a config come from, and how exact they are, as the manifest tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.manifest import ConfigEntry, Provenance
from builders.dataset.schema import Arrays
from builders.physics.certificate import QUANTILES
from builders.physics.family import Family


def with_quantiles(
    provenance: Provenance, family: Family, size: Size, splits: Mapping[str, Arrays]
) -> Provenance:
    """The certificate with the distribution of its column over all rows, where it has one, and of
    every figure of the family.

    Figures are told to two digits: hidden rows are among them, and with the exact quantiles of
    the column those of a figure would give back a hidden label.
    """
    column = family.certificate.quantiles
    told = {column: _quantiles([a[column] for a in splits.values() if column in a])}
    for figure in family.figures:
        values = [figure.values(family, size, arrays) for arrays in splits.values()]
        exact = _quantiles([v for v in values if v is not None])
        told[figure.name] = {name: float(f"{value:.2g}") for name, value in exact.items()}
    known = {name: quantiles for name, quantiles in told.items() if quantiles}
    return replace(provenance, certificate={**provenance.certificate, **known})


def _quantiles(parts: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    values = np.concatenate([*parts, np.empty(0)])
    values = values[np.isfinite(values)]
    if not values.size:
        return {}
    found = np.quantile(values, list(QUANTILES.values()))
    return dict(zip(QUANTILES, found.tolist(), strict=True))


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
