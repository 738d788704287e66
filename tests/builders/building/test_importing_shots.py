"""Published experiments in stim's files: what is read, and what each malformed file is told."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import stim

import builders
from builders import families
from builders.building.importing_shots import WantedShots, import_shots
from builders.core.errors import RequestError
from builders.dataset import manifest
from builders.folders.verify import verify_folder
from builders.kinds.code import CodeFamily
from builders.physics.channel import Channel
from builders.solvers.codes.circuits import memory_circuit

FAMILY = families.load("surface_code")
SIZE = FAMILY.geometry.parse("3r2")
SHOTS = 500
CONFIG = "surface_code_d03r02-experiment_toy"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as an experiment publishes it, its shots sampled by stim itself."""
    folder = tmp_path_factory.mktemp("experiment")
    circuit = memory_circuit("surface_code:rotated_memory_z", 3, 2, Channel.parse("uniform:0.02"))
    (folder / "circuit_noisy.stim").write_text(str(circuit))
    (folder / "circuit_ideal.stim").write_text(str(circuit.without_noise()))
    (folder / "pij.dem").write_text(str(circuit.detector_error_model(decompose_errors=True)))
    circuit.compile_detector_sampler(seed=1).sample_write(
        SHOTS,
        filepath=str(folder / "detection_events.b8"),
        format="b8",
        obs_out_filepath=str(folder / "obs_flips_actual.01"),
        obs_out_format="01",
    )
    return folder


def imported(source: Path, out: Path, **wanted: int | str) -> None:
    assert isinstance(FAMILY, CodeFamily)
    import_shots(source, FAMILY, SIZE, out, None, WantedShots("toy", **wanted))  # type: ignore[arg-type]


def test_shots_come_in_their_order_and_are_scored_from_the_private_folder(
    source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "data"
    imported(source, out)
    assert verify_folder(out).problems == ()
    loaded = builders.load(out, CONFIG)
    hidden = builders.load(tmp_path / "data-private", CONFIG)["test"]
    raw = np.fromfile(source / "detection_events.b8", dtype=np.uint8).reshape(SHOTS, 2)
    events = np.concatenate([loaded["train"]["events"], loaded["test"]["events"]])
    assert np.array_equal(events, raw)
    flips = [int(line) for line in (source / "obs_flips_actual.01").read_text().split()]
    ours = np.concatenate([loaded["train"]["observable"], hidden["observable"]])
    assert np.array_equal(ours, np.array(flips, dtype=np.bool_))
    assert stim.Circuit(loaded.texts["circuit.stim"]).num_detectors == 16
    assert loaded.texts["model.dem"] == (source / "pij.dem").read_text()
    entry = manifest.read(out).config(CONFIG)
    assert sorted(entry.imported or ()) == sorted(
        ["circuit_noisy.stim", "detection_events.b8", "obs_flips_actual.01", "pij.dem"]
    )
    assert entry.rows == {"train": 400, "test": 100}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def shorter(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def spoilt(path: Path) -> None:
    path.write_bytes(b"7" + path.read_bytes()[1:])


def not_utf8(path: Path) -> None:
    path.write_bytes(b"\xff\xfe" + path.read_bytes())


def of_one_fault(path: Path) -> None:
    path.write_text("error(0.1) D0 L0\n")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("detection_events.b8", cut, r"found 999 bytes; expected 16 bits and so 2 bytes a shot, a"),
        ("obs_flips_actual.01", cut, r"obs_flips_actual.01: found 999 bytes; expected 1 bits"),
        ("obs_flips_actual.01", shorter, r"found 980 bytes, 490 shots; .* 1000 for the 500 shots"),
        ("obs_flips_actual.01", spoilt, r"1 lines are not 1 digits 0 or 1, first line 1"),
        ("obs_flips_actual.01", Path.unlink, r"has no obs_flips_actual.b8 or obs_flips_actual.01"),
        ("circuit_noisy.stim", spoilt, r"circuit_noisy.stim cannot be read as a stim circuit"),
        ("pij.dem", spoilt, r"pij.dem cannot be read as an error model"),
        ("pij.dem", not_utf8, r"pij.dem cannot be read as an error model"),
        ("pij.dem", of_one_fault, r"pij.dem: found 1 detectors and 1 observables; expected 16 and"),
    ],
)
def test_a_malformed_file_is_named(source: Path, tmp_path: Path, name: str, change, said) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(source, copy)
    change(copy / name)
    with pytest.raises(RequestError, match=said) as refusal:
        imported(copy, tmp_path / "data")
    assert name.partition(".")[0] in str(refusal.value)
    assert not (tmp_path / "data").exists()


def test_another_size_and_too_many_shots_are_refused(source: Path, tmp_path: Path) -> None:
    assert isinstance(FAMILY, CodeFamily)
    size = FAMILY.geometry.parse("5")
    with pytest.raises(RequestError, match="16 detectors; surface_code of size 5 has 120"):
        import_shots(source, FAMILY, size, tmp_path / "data", None, WantedShots("toy"))
    with pytest.raises(RequestError, match="500 together at most"):
        imported(source, tmp_path / "data", train=400, test=101)
    with pytest.raises(RequestError, match=r"no error model 'none\.dem'"):
        imported(source, tmp_path / "data", model="none.dem")
