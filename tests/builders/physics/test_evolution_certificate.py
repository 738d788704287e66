"""The certificate of evolved states: what stops a build, and which values cannot be."""

import numpy as np
import pytest

from builders.core.errors import WorkError
from builders.physics.certificate import VARIANCE_LIMIT
from builders.physics.evolution_certificate import LIMITS, TWICE_THE_BOND, EvolutionCertificate

IDS = np.array([7, 8, 9])
GOOD = {name: np.array([0.0, 0.5, 1.0]) * limit for name, limit in LIMITS.items()}
GOOD[TWICE_THE_BOND] = np.array([0.2, np.nan, 1.0])


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("bad", [1.1, np.nan, np.inf])
def test_rows_past_a_limit_stop_the_build_and_are_named(name: str, bad: float) -> None:
    certificate = EvolutionCertificate()
    certificate.refuse("c", IDS, GOOD, VARIANCE_LIMIT)
    wrong = GOOD | {name: np.array([bad, 0.0, bad]) * LIMITS[name]}
    with pytest.raises(WorkError, match=rf"c rows 7, 9: {name} is .* bond is too small"):
        certificate.refuse("c", IDS, wrong, VARIANCE_LIMIT)
    certificate.refuse("c", IDS, wrong, 1e-2)  # rougher rows were asked for


def test_rows_that_twice_the_bond_denies_stop_the_build_and_are_named() -> None:
    wrong = GOOD | {TWICE_THE_BOND: np.array([np.inf, np.nan, 1.2])}
    with pytest.raises(WorkError, match=r"c rows 7, 9: labels at twice the bond differ by inf"):
        EvolutionCertificate().refuse("c", IDS, wrong, VARIANCE_LIMIT)


def test_the_manifest_tells_the_middle_and_the_worst() -> None:
    told = EvolutionCertificate().summary(GOOD)
    for name, limit in LIMITS.items():
        assert (told[f"{name}_median"], told[f"{name}_max"]) == (0.5 * limit, limit)
    assert (told[f"{TWICE_THE_BOND}_rows"], told[f"{TWICE_THE_BOND}_max"]) == (2, 1.0)
    none = EvolutionCertificate().summary(GOOD | {TWICE_THE_BOND: np.full(3, np.nan)})
    assert none[f"{TWICE_THE_BOND}_rows"] == 0
    assert f"{TWICE_THE_BOND}_max" not in none


def test_what_cannot_be_negative_is_found() -> None:
    columns = {name.name: np.array([-1.0, 1.0]) for name in EvolutionCertificate.columns}
    found = dict(EvolutionCertificate().wrong(columns))
    assert set(found) == {c.name for c in EvolutionCertificate.columns} - {"energy"}
    assert all(wrong.tolist() == [True, False] for wrong, _ in found.values())
