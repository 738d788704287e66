"""What cards say of noisy shots: the channel, the device's numbers and their day, the gates."""

from dataclasses import replace
from pathlib import Path

from builders.cards import card, noise_text
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.spec import BuildSpec
from builders.physics.gate_calibration import GateCalibration
from tests.builders.channel_oracle import calibration_of
from tests.builders.synthetic import make_folder

GATES = GateCalibration("cz", ((0, 1), (2, 1)), (0.01, 0.03), (6e-8,) * 2, (1e-4,) * 3, (3e-8,) * 3)
DEVICE = calibration_of(3, gates=GATES, date="2025-02-26")
BASE = BuildSpec("kicked_ising_1d", Size(3), {"train": 6, "test": 6}, shots=4, seed=3, test_seed=5)


def test_numbers_of_a_device_are_told_with_their_units() -> None:
    told = noise_text.summary(DEVICE)
    assert (told["device"], told["calibrated"]) == ("fake_bad, backend version 1.0", "2025-02-26")
    assert told["a bit 0 is read as 1"] == "0.05 (0.02 to 0.08)"
    assert told["T1"] == "4 (2 to 6) µs"
    assert told["error of CZ on 2 couplings"] == "0.02 (0.01 to 0.03)"
    assert told["length of √X"] == "30 ns"
    assert noise_text.summary(calibration_of(3))["calibrated"] == "not recorded"
    assert not any("√X" in what for what in noise_text.summary(calibration_of(3)))


def test_a_card_says_what_the_shots_went_through(tmp_path: Path) -> None:
    noisy = replace(BASE, channel="device_fake_bad", calibration=DEVICE)
    weak = replace(BASE, channel="depolarizing_0.05")
    public = make_folder(tmp_path, BASE, weak, noisy).public
    text = (public / "README.md").read_text(encoding="utf-8")
    assert "- `kicked_ising_1d_n003-depolarizing_0.05`: Before it is measured" in text
    assert text.count("Labels are those of the noiseless state.") == 2
    assert "Device of `kicked_ising_1d_n003-device_fake_bad`" in text
    assert "| error of CZ on 2 couplings | 0.02 (0.01 to 0.03) |" in text
    assert "noise is what the channel says and in configs with a channel alone" in text
    # Read back, the day stays with the numbers.
    kept = manifest.read(public)
    assert kept.configs[noisy.config].calibration == DEVICE
    tags = card.front_matter(kept)["tags"]
    assert {"dynamics", "device-noise"} <= set(tags)
    assert "ground-states" not in tags


def test_a_card_of_ideal_shots_says_so(tmp_path: Path) -> None:
    text = (make_folder(tmp_path, BASE).public / "README.md").read_text(encoding="utf-8")
    assert "free of device noise" in text
    assert "Steps: 1, 2, 3, 4, 5, 6." in text
    assert "calibrated error, on as many qubits as the device has" in text
