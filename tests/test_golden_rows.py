"""Rows are those that were kept: the way from a seed to a row changes nothing unawares."""

from collections.abc import Callable

import numpy as np
import pytest

from builders import families
from builders.building import blocks
from builders.building.blocks import Streams
from builders.dataset import spec as spec_module
from tests import golden_rows


@pytest.mark.parametrize("name", golden_rows.names())
def test_rows_are_those_that_were_kept(name: str) -> None:
    assert golden_rows.differences(name) == []


def test_every_kept_row_is_of_a_family() -> None:
    kept = {path.stem for path in golden_rows.FOLDER.iterdir()}
    assert kept == set(golden_rows.names()) <= set(families.names())
    assert sum(path.stat().st_size for path in golden_rows.FOLDER.iterdir()) < 300_000


def test_a_family_whose_rows_are_not_kept_is_told_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(golden_rows, "FOLDER", golden_rows.FOLDER / "none")
    (said,) = golden_rows.differences("xy_1d")
    assert "tests/golden/rows/none/xy_1d.json" in said
    assert "`python -m tests.golden_rows --write xy_1d`" in said


def seed_without(left_out: str) -> Callable[[str, str, int, int], int]:
    """Row seeds that do not depend on one of the four things that they depend on."""
    real = spec_module.row_seed

    def row_seed(config: str, recipe: str, seed: int, row_id: int) -> int:
        given = {"config": config, "recipe": recipe, "seed": seed, "row_id": row_id}
        return real(**{**given, left_out: type(given[left_out])()})

    return row_seed


@pytest.mark.parametrize("left_out", ["config", "recipe", "seed", "row_id"])
def test_a_row_seed_that_leaves_something_out_is_found(
    left_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spec_module, "row_seed", seed_without(left_out))
    assert "train: column seed differs" in golden_rows.differences("toric_code")
    assert "test: column seed differs" in golden_rows.differences("toric_code")


@pytest.mark.parametrize(
    ("swapped", "columns"),
    [
        (("parameters", "record"), {"parameters", "shots"}),
        (("parameters", "preparation"), {"parameters", "shots", "correlation"}),
        (("record", "preparation"), {"shots", "correlation"}),
    ],
)
def test_streams_that_are_swapped_are_found(
    swapped: tuple[str, str], columns: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = blocks.streams

    def streams(seed: int) -> Streams:
        of_seed = real(seed)
        one, other = swapped
        return of_seed._replace(**{one: getattr(of_seed, other), other: getattr(of_seed, one)})

    monkeypatch.setattr(blocks, "streams", streams)
    found = " ".join(golden_rows.differences("toric_code"))
    assert [c for c in columns if f"column {c} " not in found] == []
    assert "column seed" not in found


@pytest.mark.parametrize(("column", "step"), [("energy", 1e-8), ("correlation", 2.0**-21)])
def test_labels_that_drift_are_found(
    column: str, step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times what is allowed, and a number that rounding may change is let pass."""
    real = golden_rows.made

    def drifted(by: float) -> list[str]:
        def made(name: str) -> dict[str, dict[str, np.ndarray]]:
            rows = real(name)
            array = rows["test"][column]
            rows["test"][column] = (array + array.dtype.type(by)).astype(array.dtype)
            return rows

        monkeypatch.setattr(golden_rows, "made", made)
        return golden_rows.differences("toric_code")

    assert drifted(1e-12) == []
    assert f"test: column {column} differs by up to" in " ".join(drifted(step))


def test_another_recipe_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    family = families.load("toric_code")
    monkeypatch.setattr(type(family), "recipe", family.recipe + 1)
    assert golden_rows.differences("toric_code")[0] == "recipe is '2.2', was '2.1'"
