"""Clifford data regression: twins of circuits, and noise that scales labels undone."""

from dataclasses import replace

import numpy as np
import pytest

from baselines.contract.cell import Cell
from baselines.models import cdr
from baselines.solvers.clifford_twins import clifford_twins
from builders.core.errors import RequestError
from builders.kinds.circuit import QUARTER
from tests.baselines.cells import make_cell
from tests.builders.noisy_circuits import noisy_device

FLIP = 0.1
SLOPE = 1.0 - 4.0 * FLIP / 3.0
DEPOLARIZING = f"depolarizing_{FLIP}"


def circuits(channel: str = DEPOLARIZING, n: int = 18, shots: int = 2000) -> Cell:
    return make_cell(
        family="kicked_ising_1d", size=4, task="magnetization", n=n, shots=shots, channel=channel
    )


def test_twins_are_clifford_circuits_of_as_many_copies() -> None:
    cell = circuits(n=10, shots=64)
    twins, columns = clifford_twins(cell.train, np.random.default_rng(0))
    assert twins.shots.shape == cell.shots.shape
    steps = cell.parameters[:, -1]
    assert np.array_equal(twins.parameters[:, -1], steps)
    theta = twins.parameters[:, :-1]
    assert np.isin(theta, (0.0, QUARTER)).all()
    assert len(np.unique(theta[:6], axis=0)) == 1  # an evolution has one circuit
    # Stabilizer states have ⟨Z⟩ = 0 or ±1.
    assert np.isin(columns["magnetization"], (-1.0, 0.0, 1.0)).all()


def test_clifford_rows_are_their_own_twins() -> None:
    cell = circuits(n=12, shots=8)
    parameters = cell.parameters.copy()
    parameters[:, :-1] = np.where(np.arange(4) % 2, QUARTER, 0.0)
    rows = replace(cell.train, parameters=parameters)
    twins, _ = clifford_twins(rows, np.random.default_rng(0))
    assert twins is rows


def test_noise_that_scales_all_labels_is_undone() -> None:
    """Depolarizing of p scales ⟨Z⟩ by 1 − 4p/3 whatever the circuit: the line is y = x/s."""
    model = cdr.Model().fit(circuits())
    offset, slope = model._usual
    # 72 values, a third of them ±1 at least, each with a noise of variance 3/2000: it leaves a
    # standard error of 0.008 and draws the slope down by 0.005. Without noise it would be 1.
    assert slope == pytest.approx(1.0 / SLOPE, abs=0.04)
    assert offset == pytest.approx(0.0, abs=0.03)


def test_noise_of_gates_is_learnt_from_circuits_that_ran_in_them() -> None:
    """Angles and measurement are the same, gates have next to no errors, or of ten per cent."""
    cell = circuits("device_fake_bad", n=24, shots=500)
    slopes = []
    for scale in (1e-3, 3.0):
        device = noisy_device(4, scale=scale)
        train, rows = (replace(r, device=device) for r in (cell.train, cell.rows))
        slopes.append(cdr.Model().fit(replace(cell, train=train, rows=rows))._usual[1])
    # Some 100 values, a third of them ±1, each with a noise of variance 3/500: 0.015 of each slope.
    assert slopes[1] - slopes[0] > 0.06


def test_the_line_of_exact_values_is_exact() -> None:
    y = np.random.default_rng(0).normal(size=(5, 7))
    np.testing.assert_allclose(cdr.line(0.3 * y + 0.1, y), (-0.1 / 0.3, 1.0 / 0.3), rtol=1e-12)
    assert cdr.line(np.ones((2, 2)), y[:2, :2]) == (pytest.approx(y[:2, :2].mean()), 0.0)


def test_numbers_of_steps_that_were_not_seen_have_the_line_of_all() -> None:
    cell = circuits(n=2, shots=64)
    model = cdr.Model().fit(cell)
    assert sorted(model._lines) == [1.0, 2.0]
    rows = replace(cell.rows, parameters=cell.parameters[[0]].repeat(5, axis=0))
    rows.parameters[:, -1] = 6.0
    offset, slope = model._usual
    raw = cell.estimate(rows)
    np.testing.assert_allclose(model.predict(rows), offset + slope * raw, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("family", "channel", "message"),
    [("quench_tfim_1d", DEPOLARIZING, "no states of such"), ("kicked_ising_1d", "", "none")],
)
def test_other_families_and_records_without_noise_are_refused(
    family: str, channel: str, message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        cdr.Model().fit(make_cell(family=family, size=4, channel=channel))
