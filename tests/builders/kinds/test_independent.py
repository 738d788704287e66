"""Rows held against a second solver: what agrees, what refutes a row, and what refutes nothing."""

from pathlib import Path

import numpy as np
import pytest

from builders import families, load
from builders.building.build import build
from builders.core.errors import WorkError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from builders.kinds import independent
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.label_certificate import DIFFERENCES, UNSETTLED
from builders.physics.parameters import Parameters
from builders.physics.rows import BuildSettings
from builders.physics.state_labels import PROMISED

# One family of each way to a second solution: closed form, exact diagonalisation, block2, our own.
CASES = [("tfim_1d", "16"), ("xxz_1d", "8"), ("xxz_1d", "16"), ("rydberg_1d", "19")]


def solved(name: str, size: str) -> tuple[GroundStateFamily, Size, list[Parameters], dict]:
    family = families.load(name)
    assert isinstance(family, GroundStateFamily)
    shape = Size.parse(size)
    parameters = [family.draw(shape, np.random.default_rng(seed)) for seed in (1, 2)]
    columns = family.make(shape, parameters, [], BuildSettings("torch")).columns
    return family, shape, parameters, columns


@pytest.mark.parametrize(("name", "size"), CASES)
def test_another_solver_agrees_with_rows(name: str, size: str) -> None:
    if (name, size) == ("xxz_1d", "16"):
        pytest.importorskip("block2")
    family, shape, parameters, columns = solved(name, size)
    told = family.compared(shape, parameters, columns, BuildSettings("torch"))
    assert (told[UNSETTLED] == 0.0).all()
    for column, allowed in zip(DIFFERENCES, PROMISED, strict=True):
        assert (told[column] < 0.1 * allowed).all(), told[column]


def test_rows_of_another_state_are_refuted_and_named() -> None:
    family, shape, parameters, columns = solved("tfim_1d", "6")
    # The labels of one row beside the Hamiltonian of the other, at an energy that is too high.
    wrong = {
        "energy": columns["energy"][::-1] + 1.0,
        "correlation": columns["correlation"][::-1],
        "renyi2": columns["renyi2"][::-1],
    }
    told = family.compared(shape, parameters, wrong, BuildSettings("torch"))
    assert (told[UNSETTLED] == 0.0).all()
    good = {"variance": 1e-9, "closed_form": np.nan}
    good |= dict.fromkeys(("label_error_correlation", "label_error_renyi2"), 1e-5)
    exactness = told | {name: np.full(2, value) for name, value in good.items()}
    with pytest.raises(WorkError, match="c rows 7, 8: another solver comes to an energy as low"):
        family.certificate.refuse("c", np.array([7, 8]), exactness, 2e-5)


def test_a_second_solver_that_ends_above_the_row_refutes_nothing() -> None:
    family, shape, parameters, columns = solved("tfim_1d", "6")
    better = {
        "energy": columns["energy"] - 1.0,
        "correlation": columns["correlation"][::-1],
        "renyi2": columns["renyi2"][::-1],
    }
    told = family.compared(shape, parameters, better, BuildSettings("torch"))
    assert (told[UNSETTLED] == 1.0).all()
    assert all(np.isnan(told[column]).all() for column in DIFFERENCES)


def test_a_row_of_a_sector_that_was_left_out_is_refuted(monkeypatch: pytest.MonkeyPatch) -> None:
    family, shape = families.load("cluster_ising_1d"), Size(7)
    assert isinstance(family, GroundStateFamily)
    # An antiferromagnetic pattern along X of seven sites is not in the sector (+1, +1).
    parameters = [family.check(shape, {"h1": 0.1, "h2": -1.4})]
    monkeypatch.setattr(type(family), "row_sectors", lambda self, size, _: self.sectors(size)[:1])
    columns = family.make(shape, parameters, [], BuildSettings("torch")).columns
    told = family.compared(shape, parameters, columns, BuildSettings("torch"))
    assert told[UNSETTLED] == 0.0
    assert told[DIFFERENCES[0]] > PROMISED[0]


def test_without_another_solver_nothing_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    family, shape, parameters, columns = solved("tfim_1d", "6")
    monkeypatch.setattr(independent, "reference", lambda *_: None)
    told = family.compared(shape, parameters, columns, BuildSettings("torch"))
    assert all(np.isnan(values).all() for values in told.values())


def test_the_first_of_twenty_rows_of_a_split_is_compared(tmp_path: Path) -> None:
    spec = BuildSpec("tfim_1d", Size(4), {"train": 21, "test": 5}, 2, seed=0, test_seed=10**15)
    build(spec, tmp_path / "data", workers=1)
    certificate = load(tmp_path / "data", spec.config).manifest.configs[spec.config].certificate
    assert certificate["independent_rows"] == 3  # 2 of train, 1 of test
    assert certificate["independent_rows_unsettled"] == 0
    assert certificate["independent_correlation_max"] < 1e-6


def test_a_build_stops_at_a_refuted_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = solved("tfim_1d", "4")[3]

    class Wrong:
        energy = -100.0

        def correlation(self) -> np.ndarray:
            return other["correlation"][0]

        def renyi2(self) -> np.ndarray:
            return other["renyi2"][0]

    monkeypatch.setattr(independent, "reference", lambda *_: Wrong())
    spec = BuildSpec("tfim_1d", Size(4), {"train": 3, "test": 2}, 2, seed=0, test_seed=10**15)
    with pytest.raises(WorkError, match="tfim_1d_n004 rows 0: another solver"):
        build(spec, tmp_path / "data", workers=1)
    assert not (tmp_path / "data").exists()
