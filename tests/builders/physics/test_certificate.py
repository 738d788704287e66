"""Certificates: what stops a build, and what the manifest tells."""

import numpy as np
import pytest

from builders.core.errors import WorkError
from builders.physics.certificate import CLOSED_FORM_LIMIT, EnergyVariance, Exact

IDS = np.array([7, 8, 9])
NONE = np.full(3, np.nan)


def found(variance: list[float], closed_form: np.ndarray = NONE) -> dict[str, np.ndarray]:
    return {"variance": np.array(variance), "closed_form": closed_form}


@pytest.mark.parametrize("bad", [2e-5, 1.0, np.inf, np.nan])
def test_a_row_that_does_not_reach_the_limit_stops_the_build(bad: float) -> None:
    certificate = EnergyVariance()
    certificate.refuse("c", IDS, found([1e-9, 1.9e-5, -1e-12]), 2e-5)
    with pytest.raises(WorkError, match=r"c row 8: energy variance .* above the limit of 2e-05"):
        certificate.refuse("c", IDS, found([1e-9, bad, 1e-9]), 2e-5)


def test_a_row_far_from_its_closed_form_stops_the_build() -> None:
    certificate = EnergyVariance()
    near = np.array([CLOSED_FORM_LIMIT, np.nan, 0.0])
    certificate.refuse("c", IDS, found([0.0] * 3, near), 2e-5)
    with pytest.raises(WorkError, match=r"c row 9: the energy differs from the closed form by 2"):
        certificate.refuse("c", IDS, found([0.0] * 3, np.array([0.0, np.nan, 2e-6])), 2e-5)


def test_the_manifest_tells_the_middle_and_the_worst() -> None:
    certificate = EnergyVariance()
    assert certificate.summary(found([3.0, 1.0, 2.0])) == {
        "relative_variance_median": 2.0,
        "relative_variance_max": 3.0,
    }
    told = certificate.summary(found([3.0, 1.0, 2.0], np.array([np.nan, 1e-9, 1e-8])))
    assert told["closed_form_energy_error_max"] == 1e-8


def test_a_variance_below_zero_is_rounding_or_wrong() -> None:
    """<H²> − <H>² of E = −50 is exact to 1e-10 · 2500."""
    columns = {
        "energy": np.array([-50.0, -50.0, -0.1, -0.1]),
        "energy_variance": np.array([-2.4e-7, -2.6e-7, -0.9e-10, -1.1e-10]),
    }
    ((name, (wrong, how)),) = EnergyVariance().wrong(columns)
    assert (name, how) == ("energy_variance", "negative")
    assert wrong.tolist() == [False, True, False, True]
    assert list(EnergyVariance().wrong({"energy": columns["energy"]})) == []


def test_what_is_exact_stops_nothing() -> None:
    certificate = Exact("all cuts are tried")
    certificate.refuse("c", IDS, {}, 0.0)
    assert certificate.summary({}) == {"exact": "all cuts are tried"}
    assert certificate.columns == ()
    assert list(certificate.wrong({})) == []
