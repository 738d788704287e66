"""Configs with a channel: the same states as without it, their shots read through it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import qslbench
from builders import families, load
from builders.building.blocks import (
    RowBlock,
    make_block,
    make_rows,
    public_columns,
    rebuild_rows,
    streams,
)
from builders.building.build import build
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.spec import BuildSpec
from builders.folders.verify import verify_folder, verify_rows
from builders.physics.channel import Channel
from tests.builders import channel_oracle as oracle
from tests.paths import ROOT

TEST_SEED = 3_141_592_653_589_793
# Prepared, so that rows cost little.
CLEAN = BuildSpec("toric_code", Size(8), {"train": 12, "test": 3}, 16, 5, test_seed=TEST_SEED)
NOISY = replace(CLEAN, channel="depolarizing_0.3")
DEVICE = replace(
    CLEAN, channel="device_fake_bad", calibration=oracle.calibration_of(CLEAN.size.sites)
)


def rows_of(spec: BuildSpec, split: str = "train") -> dict[str, np.ndarray]:
    return rebuild_rows(spec, split, list(spec.row_ids(split)))


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("noisy", [NOISY, DEVICE])
def test_the_same_seeds_give_the_same_states_and_other_bits(noisy: BuildSpec, split: str) -> None:
    clean, read = rows_of(CLEAN, split), rows_of(noisy, split)
    assert clean.keys() == read.keys()
    for name in clean.keys() - {"shots"}:
        assert np.array_equal(clean[name], read[name]), name
    assert np.array_equal(clean["shots"] >> 1, read["shots"] >> 1)
    flipped = (clean["shots"] != read["shots"]).mean()
    probability = noisy.site_channel.flips.mean()
    # As many ones as zeros in stabilizer states, and as many of each basis.
    assert abs(flipped - probability) < 4 * np.sqrt(probability / clean["shots"].size)


def test_noise_to_zero_gives_the_ideal_shots() -> None:
    silent = rows_of(replace(CLEAN, channel="readout_0_0"))
    clean = rows_of(CLEAN)
    assert all(np.array_equal(clean[name], silent[name]) for name in clean)


def test_the_stream_of_the_channel_moves_no_other() -> None:
    three = np.random.default_rng(77).spawn(3)
    of_row = streams(77)
    assert len(of_row) == 4
    for old, new in zip(three, of_row, strict=False):
        assert np.array_equal(old.integers(2**63, size=8), new.integers(2**63, size=8))


def test_rows_do_not_depend_on_the_block_that_they_are_made_in() -> None:
    family = families.load("toric_code")
    seeds = NOISY.row_seeds("train", NOISY.row_ids("train"))
    settings = NOISY.settings("train", "")
    together = public_columns(
        make_rows(family, NOISY.size, 16, seeds, settings, NOISY.site_channel)
    )
    alone = make_rows(family, NOISY.size, 16, seeds[7:8], settings, NOISY.site_channel)
    for name, array in together.items():
        assert np.array_equal(array[7], alone[name][0]), name
    block = make_block(NOISY, RowBlock("train", 1))
    size = family.block(NOISY.size)
    assert np.array_equal(block["shots"], together["shots"][size : 2 * size])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("noisy") / "data"
    for spec in (CLEAN, NOISY, DEVICE):
        build(spec, out, workers=1)
    return out


def test_a_noisy_folder_passes_all_checks_and_says_what_it_went_through(built: Path) -> None:
    assert verify_folder(built).problems == ()
    for spec in (NOISY, DEVICE):
        assert verify_rows(built, spec.config, 4, rebuild_rows).problems == ()
        entry = manifest.read(built).config(spec.config)
        assert entry.spec == replace(spec, test_seed=None)
        assert manifest.read(built.with_name("data-private")).config(spec.config).spec == spec
        sentence = Channel.parse(spec.channel).sentence
        assert sentence in (built / "README.md").read_text("utf-8")
        assert sentence in (built / "croissant.json").read_text("utf-8")
        assert np.array_equal(load(built, spec.config).channel.flips, spec.site_channel.flips)
    assert load(built, CLEAN.config).channel is None
    assert manifest.read(built).config(CLEAN.config).calibration is None


def test_a_device_is_verified_without_qiskit(built: Path) -> None:
    """The calibration travels in the manifest: the backend is not even there."""
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
for name in ("qiskit", "qiskit_aer", "qiskit_ibm_runtime"):
    sys.modules[name] = None
import qslbench
sys.argv = ["qslbench", "verify", {str(built)!r}, "--rows", "3"]
qslbench.main()
"""
    run = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "0 problems" in done.stdout


def test_a_calibration_that_is_missing_or_changed_is_found(built: Path, tmp_path: Path) -> None:
    found = manifest.read(built)
    entry = found.config(DEVICE.config)
    for update, said in (
        ({"calibration": None}, "needs a calibration of its device"),
        ({"calibration": oracle.calibration_of(3)}, "a calibration of 3 qubits, 8 sites"),
    ):
        with pytest.raises(RequestError, match=said):
            _ = entry.model_copy(update=update).site_channel
    other = oracle.calibration_of(8, p01=(0.4,) * 8)
    wrong = replace(DEVICE, calibration=other)
    again = rebuild_rows(wrong, "train", [0, 1])
    stored = load(built, DEVICE.config)["train"]
    assert not np.array_equal(again["shots"], stored["shots"][:2])
    assert np.array_equal(again["parameters"], stored["parameters"][:2])
    text = found.to_text().replace('"fake_bad"', '"fake_good"')
    with pytest.raises(RequestError, match="was changed after it was written"):
        manifest.parse(text, tmp_path)


def test_a_channel_needs_random_pauli_shots(monkeypatch: pytest.MonkeyPatch) -> None:
    from builders.physics.record import Nothing

    monkeypatch.setattr(type(families.load("toric_code")), "record", Nothing())
    with pytest.raises(RequestError, match="does not act on the record of toric_code, nothing"):
        replace(NOISY, shots=0)


def test_a_device_is_looked_up_when_it_is_built(tmp_path: Path) -> None:
    pytest.importorskip("qiskit_ibm_runtime")
    spec = replace(CLEAN, rows={"train": 2}, test_seed=None, channel="device_fake_sherbrooke")
    with pytest.raises(RequestError, match="needs a calibration"):
        _ = spec.site_channel
    build(spec, tmp_path / "data", workers=1)
    entry = manifest.read(tmp_path / "data").config(spec.config)
    assert entry.calibration is not None
    assert len(entry.calibration.qubits) == 8
    assert verify_folder(tmp_path / "data").problems == ()
    with pytest.raises(RequestError, match="Did you mean 'fake_fez'"):
        build(replace(spec, channel="device_fake_fes"), tmp_path / "data", workers=1)
    with pytest.raises(RequestError, match="has 5 calibrated qubits, too few for 8 sites"):
        build(replace(spec, channel="device_fake_manila"), tmp_path / "data", workers=1)


def test_configs_are_listed_with_their_channel(built: Path) -> None:
    listed = ["list", "configs", "--data", str(built)]
    done = CliRunner().invoke(qslbench.cli, [*listed, "--json"], catch_exceptions=False)
    channels = {row["name"]: row["channel"] for row in json.loads(done.stdout)}
    assert channels == {spec.config: spec.channel or None for spec in (CLEAN, NOISY, DEVICE)}
    shown = CliRunner().invoke(qslbench.cli, listed, catch_exceptions=False).stdout
    assert "16 shots through depolarizing:0.3, seed 5" in shown
