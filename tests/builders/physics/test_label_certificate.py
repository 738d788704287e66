"""The certificate of solved rows: what stops a build, and what a looser limit allows."""

import numpy as np
import pytest

from builders.core.errors import WorkError
from builders.physics.certificate import VARIANCE_LIMIT
from builders.physics.label_certificate import LabelCertificate

IDS = np.array([7, 8, 9])
GOOD = {
    "variance": np.full(3, 1e-9),
    "closed_form": np.full(3, np.nan),
    "label_error_correlation": np.array([5e-4, 1e-7, 2e-4]),
    "label_error_renyi2": np.array([1e-3, 1e-7, 3e-4]),
}


@pytest.mark.parametrize("bad", [5.1e-4, np.inf, np.nan])
def test_rows_that_miss_the_promise_stop_the_build_and_are_named(bad: float) -> None:
    certificate = LabelCertificate()
    certificate.refuse("c", IDS, GOOD, VARIANCE_LIMIT)
    errors = GOOD | {"label_error_correlation": np.array([bad, 1e-7, bad])}
    with pytest.raises(WorkError, match=r"c rows 7, 9: correlation may be off .* --bond"):
        certificate.refuse("c", IDS, errors, VARIANCE_LIMIT)


def test_entropies_have_a_promise_of_their_own() -> None:
    errors = GOOD | {"label_error_renyi2": np.array([0.0, 1.1e-3, 0.0])}
    with pytest.raises(WorkError, match=r"c rows 8: renyi2 may be off by 1\.1e-03"):
        LabelCertificate().refuse("c", IDS, errors, VARIANCE_LIMIT)


def test_a_looser_limit_asks_for_rougher_rows() -> None:
    rough = GOOD | {"label_error_correlation": np.full(3, 0.1), "variance": np.full(3, 1e-3)}
    LabelCertificate().refuse("c", IDS, rough, 1e-2)
    with pytest.raises(WorkError, match="energy variance"):
        LabelCertificate().refuse("c", IDS, rough, 1e-4)


def test_the_manifest_tells_the_middle_and_the_worst() -> None:
    told = LabelCertificate().summary(GOOD)
    assert told["label_error_correlation_median"] == 2e-4
    assert told["label_error_renyi2_max"] == 1e-3
    assert told["relative_variance_max"] == 1e-9


def test_an_error_below_zero_is_wrong() -> None:
    columns = {"label_error_renyi2": np.array([0.0, -1e-9])}
    ((name, (wrong, _)),) = LabelCertificate().wrong(columns)
    assert (name, wrong.tolist()) == ("label_error_renyi2", [False, True])
