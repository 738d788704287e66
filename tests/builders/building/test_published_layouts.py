"""Import of folders as Google's published experiments have them."""

from pathlib import Path

import numpy as np
import pytest
import stim

import builders
from baselines.contract.cell import Cell
from baselines.decoders.error_model import layout_of
from baselines.models.pymatching import Model as Matching
from builders import families
from builders.building.importing_shots import WantedShots, import_shots
from builders.core.errors import RequestError
from builders.dataset import manifest
from builders.folders.verify import verify_folder
from builders.kinds.code import CodeFamily
from tests.builders.building.experiment_folders import PATHWAYS, ROUNDS, SHOTS, sycamore, willow

FAMILY = families.load("surface_code")
CONFIG = f"surface_code_d03r{ROUNDS:02d}-experiment_toy"
MODELS = {
    sycamore: "circuit_detector_error_model.dem",
    willow: f"decoding_results/{PATHWAYS[0]}/error_model.dem",
}


def imported(source: Path, out: Path, model: str) -> None:
    assert isinstance(FAMILY, CodeFamily)
    size = FAMILY.geometry.parse(f"3r{ROUNDS}")
    import_shots(source, FAMILY, size, out, None, WantedShots("toy", model=model))


@pytest.mark.parametrize("layout", [sycamore, willow])
def test_a_published_layout_is_read_verified_and_decoded(layout, tmp_path: Path) -> None:
    source, out = layout(tmp_path / "source"), tmp_path / "data"
    with pytest.raises(RequestError, match=r"several error models: .* Name one with --variant"):
        imported(source, out, "")
    imported(source, out, MODELS[layout])
    assert verify_folder(out).problems == ()
    entry = manifest.read(out).config(CONFIG)
    assert entry.rows == {"train": SHOTS * 4 // 5, "test": SHOTS // 5}
    names = set(entry.imported or ())
    assert {MODELS[layout], "measurements.b8", "detection_events.b8"} < names
    assert any(name.startswith("sweep") for name in names)
    loaded = builders.load(out, CONFIG)
    hidden = builders.load(tmp_path / "data-private", CONFIG)["test"]
    cell = Cell.open(out, CONFIG, "decoding", SHOTS * 4 // 5, 1)
    said = Matching(seed=0).fit(cell).predict(cell.rows)
    # About .03 of the shots are told wrong, and .2 of the observables are flipped.
    assert np.mean(np.ravel(said) != hidden["observable"]) < 0.1 < hidden["observable"].mean()
    assert stim.Circuit(loaded.texts["circuit.stim"]).num_sweep_bits == 9


def test_on_a_chip_turned_by_45_degrees_kinds_of_checks_are_told_apart(tmp_path: Path) -> None:
    source, out = sycamore(tmp_path / "source"), tmp_path / "data"
    imported(source, out, MODELS[sycamore])
    layout = layout_of(Cell.open(out, CONFIG, "decoding", 10, 1).rows)
    # Half of the 8 checks are of either kind, and one kind alone is compared at both ends.
    assert sorted(np.bincount(layout.kind).tolist()) == [(ROUNDS - 1) * 4, (ROUNDS + 1) * 4]
    assert len(set(layout.kind[layout.t == 0])) == 1


@pytest.mark.parametrize("name", PATHWAYS)
def test_an_error_model_is_named_by_its_folder_too(tmp_path: Path, name: str) -> None:
    source = willow(tmp_path / "source")
    imported(source, tmp_path / "data", name)
    with pytest.raises(RequestError, match=r"no error model 'libra'; there are: correlated_match"):
        imported(source, tmp_path / "other", "libra")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("detection_events.b8", r"1 shots are not what measurements.b8 gives, first shot 3"),
        ("measurements.b8", r"detection_events.b8: 1 shots are not what measurements.b8 gives"),
        ("sweep.b8", r"obs_flips_actual.01: 1 shots are not what measurements.b8 gives"),
    ],
)
def test_files_that_contradict_each_other_are_named(tmp_path: Path, file: str, said: str) -> None:
    source = sycamore(tmp_path / "source")
    data = np.fromfile(source / file, dtype=np.uint8).reshape(SHOTS, -1)
    data[3, 0] ^= 1
    data.tofile(source / file)
    with pytest.raises(RequestError, match=said):
        imported(source, tmp_path / "data", MODELS[sycamore])
