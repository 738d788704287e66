"""The arithmetic of benchmarks; what they measure is not run here."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import same_bytes
from benchmarks.baselines import merged
from benchmarks.decoders import ratio
from benchmarks.floors import floor
from builders import load
from builders.building.build import build
from builders.cards.measurements import Baselines, Score
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from tests.builders.forging import forge_columns


def record(*scores: tuple[str, float], seed: int = 1, data_format: int = 2) -> Baselines:
    made = tuple(
        Score(
            baseline=name, config="tfim_1d_n008", task="correlation", n=20, shots=64,
            metric="rmse_entrywise", value=value, low=value, high=value,
        )
        for name, value in scores
    )  # fmt: skip
    return Baselines(
        command="python", hardware="a machine", data_seed=seed, data_format=data_format,
        scores=made,
    )  # fmt: skip


def test_new_scores_take_the_place_of_old_ones_alone() -> None:
    found = merged(record(("ridge", 0.2), ("knn", 0.3)), record(("ridge", 0.1), ("svr", 0.4)))
    assert {s.baseline: s.value for s in found.scores} == {"ridge": 0.1, "knn": 0.3, "svr": 0.4}


def test_scores_of_other_data_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="seed 2"):
        merged(record(("ridge", 0.2)), record(("ridge", 0.1), seed=2))
    with pytest.raises(ValueError, match=r"do not go into a record of seed 1 \(format 1"):
        merged(record(("ridge", 0.2), data_format=1), record(("ridge", 0.1)))


def test_floor_of_pairs_that_share_all_letters() -> None:
    """As many weights as values leave the variance of an estimate of C, 3/M."""
    assert floor({"XXYYZZ": 6.0}, 2, 300, 3, 0.0) == pytest.approx(np.sqrt(3.0 / 300))


def test_floor_of_products_of_means() -> None:
    """δC = √2 |m| δm / 3, with δm² = 3 (1 − m²)/M · p/(n N)."""
    found = floor({"X": 2.0}, 10, 300, 4, 0.5)
    assert found == pytest.approx(np.sqrt(2 * 0.5 / 9 * 3 * 0.5 / 300 * 2 / 40))


def test_a_ratio_of_error_rates_on_the_same_shots() -> None:
    """20 errors over 10, all of these among those: spread 1.96 √(1/20 + 1/10 − 20/200)."""
    first, second = np.arange(100) < 20, np.arange(100) < 10
    high = 2.0 * np.exp(1.96 * np.sqrt(0.05))
    assert ratio(first, second) == f"2.00 [{4.0 / high:.2f}, {high:.2f}]"
    assert ratio(first, ~first & second) == "–"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows that cost nothing, the seed of the hidden ones drawn."""
    out = tmp_path_factory.mktemp("bytes") / "data"
    rows = {"train": 6, "test": 3, "test_ood": 2}
    build(BuildSpec("toric_code", Size(18), rows, 4, 3), out, workers=1)
    return out


def compared(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[str]]:
    """Exit status of `benchmarks.same_bytes`, and its lines."""
    monkeypatch.setattr(sys, "argv", ["same_bytes", str(folder)])
    with pytest.raises(SystemExit) as ended:
        same_bytes.main()
    return int(ended.value.code or 0), capsys.readouterr().out.splitlines()


def test_rows_of_a_new_folder_are_made_again_to_the_same_bytes(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines = compared(built, monkeypatch, capsys)
    assert status == 0
    # A row: 1 parameter, 4 · 18 tokens, 18² correlations, 2 · 17 entropies, energy and variance,
    # phase and margin.
    values = 1 + 72 + 324 + 34 + 2 + 2
    assert lines == [
        f"toric_code_n018 {split}: {rows} rows, {rows * values} values, all equal"
        for split, rows in (("train", 6), ("test", 3), ("test_ood", 2))
    ]


@pytest.mark.parametrize(
    ("folder", "split", "column"),
    [("data", "train", "energy"), ("data", "test", "shots"), ("data-private", "test", "renyi2")],
)
def test_a_value_that_was_changed_is_found(
    folder: str,
    split: str,
    column: str,
    built: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("data", "data-private"):
        shutil.copytree(built.with_name(name), tmp_path / name)
    arrays = dict(load(tmp_path / folder, "toric_code_n018")[split])
    arrays[column].reshape(-1)[-1] += 1
    file = f"data/toric_code_n018/{split}-00000-of-00001.parquet"
    forge_columns(tmp_path / folder, file, "toric_code_n018", arrays)
    status, lines = compared(tmp_path / "data", monkeypatch, capsys)
    assert status == 1
    (found,) = [line for line in lines if "all equal" not in line]
    assert found.startswith(f"toric_code_n018 {split}: ")
    assert found.endswith(f"differ: {column}")
    assert len(lines) == 3
