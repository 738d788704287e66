"""The cell hands out the first n rows and their first M shots, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from baselines.contract.cell import Cell
from builders.core.errors import RequestError
from builders.folders import loading
from builders.shadows.energy import shadow_energy
from leaderboard.cells import CellKey
from tests.baselines.cells import make_cell, with_parameters, with_shots
from tests.baselines.toy_cells import toy_cell
from tests.builders.synthetic import SyntheticFolder


def test_is_cut_to_its_resources(synthetic_master: SyntheticFolder) -> None:
    data = synthetic_master
    cell = Cell.open(data.public, data.config, "correlation", 5, 16)
    train, test = data.splits["train"], data.splits["test"]
    assert np.array_equal(cell.shots, train["shots"][:5, :16])
    assert np.array_equal(cell.parameters, train["parameters"][:5])
    assert np.array_equal(cell.rows.shots, test["shots"][:, :16])
    assert np.array_equal(cell.rows.row_id, test["row_id"])
    assert np.array_equal(cell.rows.parameters, test["parameters"])
    assert cell.key == CellKey(data.config, "correlation", 5, 16)


def test_labels_are_estimates_from_those_shots(synthetic_master: SyntheticFolder) -> None:
    data = synthetic_master
    cell = Cell.open(data.public, data.config, "renyi2", 4, 8)
    expected = cell.task.estimate(data.splits["train"]["shots"][:4, :8])
    assert np.array_equal(cell.labels, expected)
    assert cell.labels.shape == (4, 7)


def test_holds_no_memory_past_the_cell(synthetic_master: SyntheticFolder) -> None:
    """Not even through a view's base: what a model can reach is what it may use."""
    data = synthetic_master
    cell = Cell.open(data.public, data.config, "correlation", 3, 4)
    for array in (cell.parameters, cell.shots, cell.rows.shots):
        assert array.base is None


def test_reads_no_label_column(
    synthetic_master: SyntheticFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    load = loading.load

    def spy(*args: object, **named: object) -> loading.Dataset:
        asked.append(tuple(named.get("columns", ())))  # type: ignore[arg-type]
        return load(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "load", spy)
    Cell.open(synthetic_master.public, synthetic_master.config, "correlation", 3, 4)
    assert asked == [(), *[("row_id", "parameters", "shots")] * 2]  # train and test


def test_energies_are_estimated_with_each_rows_hamiltonian(
    synthetic_master: SyntheticFolder,
) -> None:
    data = synthetic_master
    cell = Cell.open(data.public, data.config, "energy", 4, 8)
    train = data.splits["train"]
    family = cell.family
    hamiltonians = family.hamiltonians(cell.size, train["parameters"][:4])
    expected = shadow_energy(train["shots"][:4, :8], hamiltonians)[:, None] / 8
    np.testing.assert_allclose(cell.labels, expected, rtol=1e-14)
    assert cell.estimate(cell.rows).shape == (10, 1)


def test_classes_are_exact_and_cut_to_the_first_rows(phase_folder: SyntheticFolder) -> None:
    data = phase_folder
    cell = Cell.open(data.public, data.config, "phase", 7, 4)
    names = np.array(["paramagnetic", "ordered"])
    assert cell.labels.tolist() == names[data.splits["train"]["phase"][:7]].tolist()
    assert len(cell.labels) == 7
    with pytest.raises(RequestError, match="is a classification"):
        cell.estimate(cell.rows)


def test_a_task_that_the_family_lacks_is_refused(synthetic_master: SyntheticFolder) -> None:
    with pytest.raises(RequestError, match=r"unknown task of tfim_1d_n008 'phase'"):
        Cell.open(synthetic_master.public, synthetic_master.config, "phase", 5, 4)


@pytest.mark.parametrize(
    ("n", "shots", "message"),
    [
        (13, 16, r"n=13 .*1 to 12 training rows"),
        (0, 16, r"n=0 is too small"),
        (-1, 16, r"n=-1 is too small"),
        (5, 33, r"shots=33 .*1 to 32 shots"),
        (5, 0, r"shots=0 is too small"),
    ],
)
def test_refuses_more_than_is_stored(
    synthetic_master: SyntheticFolder, n: int, shots: int, message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        Cell.open(synthetic_master.public, synthetic_master.config, "correlation", n, shots)


def test_refuses_unknown_names(synthetic_master: SyntheticFolder) -> None:
    data = synthetic_master
    with pytest.raises(RequestError, match="Did you mean 'correlation'"):
        Cell.open(data.public, data.config, "corelation", 5, 16)
    with pytest.raises(RequestError, match="tfim_1d_n016"):
        Cell.open(data.public, "tfim_1d_n016", "correlation", 5, 16)


def test_checks_its_arrays() -> None:
    cell = make_cell()
    with pytest.raises(ValueError, match="dtype"):
        with_shots(cell, cell.shots.astype(np.int64))
    with pytest.raises(ValueError, match=r"parameters\.shape"):
        with_parameters(cell, cell.parameters[:, :-1])
    with pytest.raises(ValueError, match=r"rows\.copies"):
        with_shots(cell, cell.shots[:, :-1])
    with pytest.raises(ValueError, match=r"given\.shape"):
        replace(cell, given=np.array(["ordered"] * cell.n))
    phases = make_cell(task="phase")
    with pytest.raises(ValueError, match=r"given\.shape"):
        replace(phases, given=np.array(["ordered"]))
    with pytest.raises(ValueError, match="without labels"):
        replace(phases, given=None)
    with pytest.raises(ValueError, match="rows of"):
        replace(cell, rows=make_cell(size=9).rows)


def test_rows_of_an_evolution_are_told_apart_by_their_number() -> None:
    """A forecaster needs to know which rows follow each other; other families have no such rows."""
    cell = toy_cell("pauli_tokens", n=12, test=8)
    assert cell.trajectory is not None
    assert cell.trajectory.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert cell.rows.trajectory is not None
    assert cell.rows.trajectory.tolist() == [3] * 4 + [4] * 4
    assert cell.train.take(np.array([0, 11])).trajectory.tolist() == [0, 2]  # type: ignore[union-attr]
    assert make_cell().trajectory is None
    with pytest.raises(ValueError, match="trajectory"):
        replace(cell.train, trajectory=None)


def test_single_shots_have_events_and_no_tokens() -> None:
    cell = toy_cell("detection_events", n=12, test=8)
    assert cell.record["events"].shape == (12, 1)
    assert cell.record["events"].dtype == np.uint8
    assert cell.rows.copies == 1
    assert cell.labels.dtype == np.bool_
    assert cell.labels.shape == (12, 1)
    assert cell.exact is None
    assert not cell.is_noise_free
    for rows in (cell, cell.rows):
        with pytest.raises(RequestError, match=r"detection_events and holds no random-Pauli"):
            _ = rows.shots
    with pytest.raises(RequestError, match="is a binary"):
        cell.estimate(cell.rows)


def test_where_nothing_is_measured_labels_are_exact() -> None:
    cell = toy_cell("nothing")
    assert (dict(cell.record), cell.rows.copies) == ({}, 0)
    assert cell.exact is cell.labels
    assert not cell.is_noise_free  # nothing is withheld
    assert cell.key == CellKey("toy_graph_v005", "toy_cut", 12, 0)
    with pytest.raises(RequestError, match="nothing and holds no random-Pauli"):
        _ = cell.shots


def test_shots_beside_exact_labels() -> None:
    """A task without an estimate: the record is shown, and what it says of the label is not."""
    cell = toy_cell("pauli_tokens, exact labels", shots=16)
    assert cell.exact is cell.labels
    assert cell.shots.shape == (12, 16, 4)
    assert not cell.is_noise_free
    with pytest.raises(RequestError, match="no estimate from shots"):
        cell.estimate(cell.rows)


def test_a_record_is_cut_and_checked() -> None:
    cell = toy_cell("pauli_tokens", shots=16)
    fewer = cell.train.take(slice(0, 3), 5)
    assert np.array_equal(fewer.shots, cell.shots[:3, :5])
    assert fewer.shots.base is None
    with pytest.raises(ValueError, match="columns"):
        replace(cell.train, record={"events": cell.shots})
    with pytest.raises(ValueError, match="wanted"):
        cell.train.with_shots(cell.shots[:, :, :-1])
    with pytest.raises(ValueError, match="12 rows"):
        replace(cell.train, parameters=cell.parameters[:-1])
