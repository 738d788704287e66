"""Folders in the two layouts of Google's published experiments, their shots made by stim.

What is told of them: names, formats, what is in which file, and that the qubits stand on a chip
whose rows and columns are the diagonals of the code, begin in a state that bits of a file say
(Sycamore: ten of them, each for a block of shots), and are read without resets between.
"""

import json
import re
from pathlib import Path

import numpy as np
import stim

from builders.physics.channel import Channel
from builders.solvers.codes.circuits import memory_circuit

ROUNDS, BLOCKS, BLOCK = 5, 10, 40
SHOTS = BLOCKS * BLOCK
PATHWAYS = ("correlated_matching_decoder_with_si1000_prior", "harmony_decoder_with_si1000_prior")
_RESULTS = "decoding_results"


def sycamore(root: Path) -> Path:
    """As of Nature 614, 676 (2023)."""
    folder = root / f"surface_code_bZ_d3_r{ROUNDS:02d}_center_3_5"
    noisy, measured, swept = _measured(_chip())
    _common(folder, "circuit_noisy.stim", "sweep.b8", noisy, measured, swept)
    _flips(folder / "obs_flips_actual.01", noisy, measured, swept, "01")
    model = noisy.detector_error_model(decompose_errors=True)
    for name in ("circuit_detector_error_model", "pij_from_even_for_odd", "pij_from_odd_for_even"):
        (folder / f"{name}.dem").write_text(f"{model}\n")
    _flips(folder / "obs_flips_predicted_by_pymatching.01", noisy, measured, swept, "01")
    (folder / "properties.yml").write_text(f"basis: Z\ndistance: 3\nrounds: {ROUNDS}\n")
    return folder


def willow(root: Path) -> Path:
    """As of Nature 638, 920 (2025)."""
    folder = root / "google_105Q_surface_code_d3_d5_d7" / "d3_at_q4_7" / "Z" / f"r{ROUNDS:02d}"
    noisy, measured, swept = _measured(_chip())
    _common(folder, "circuit_noisy_si1000.stim", "sweep_bits.b8", noisy, measured, swept)
    _flips(folder / "obs_flips_actual.b8", noisy, measured, swept, "b8")
    model = noisy.detector_error_model(decompose_errors=True)
    for pathway in PATHWAYS:
        home = folder / _RESULTS / pathway
        home.mkdir(parents=True)
        (home / "error_model.dem").write_text(f"{model}\n")
        _flips(home / "obs_flips_predicted.b8", noisy, measured, swept, "b8")
    (folder / "metadata.json").write_text(json.dumps({"shots": SHOTS, "rounds": ROUNDS}))
    return folder


def _chip() -> stim.Circuit:
    """Noise, bits that say how the data qubits begin, and coordinates of a chip's diagonals."""
    circuit = memory_circuit(
        "surface_code:rotated_memory_z", 3, ROUNDS, Channel.parse("uniform:0.005")
    )
    text = str(circuit.flattened())
    data = [int(q) for q in re.findall(r"^M(?:Z)? (.*)$", text, re.MULTILINE)[-1].split()]
    begin = text.index("\nTICK")
    sweeps = "".join(f"\nCX sweep[{k}] {q}" for k, q in enumerate(data))
    text = text[:begin] + sweeps + text[begin:]

    def turned(found: re.Match[str]) -> str:
        x, y = float(found[2]), float(found[3])
        return f"{found[1]}({(x + y) / 2:g}, {(x - y) / 2 + 5:g}"

    return stim.Circuit(re.sub(r"(QUBIT_COORDS|DETECTOR)\(([\d.]+), ([\d.]+)", turned, text))


def _measured(noisy: stim.Circuit) -> tuple[stim.Circuit, np.ndarray, np.ndarray]:
    """The circuit, its outcomes bool (R, M), and the bits at the beginning (R, 9)."""
    patterns = np.random.default_rng(0).integers(0, 2, (BLOCKS, noisy.num_sweep_bits)) > 0
    outcomes = []
    for k, pattern in enumerate(patterns):
        # A pattern's circuit flips the qubits whose bit is 1.
        flips = [f"X {qubit}" for qubit, bit in zip(_swept(noisy), pattern, strict=True) if bit]
        text = re.sub(r"^CX sweep.*$", "\n".join(flips), str(noisy), flags=re.MULTILINE)
        outcomes.append(stim.Circuit(text).compile_sampler(seed=k).sample(BLOCK))
    return noisy, np.concatenate(outcomes), np.repeat(patterns, BLOCK, axis=0)


def _swept(noisy: stim.Circuit) -> list[str]:
    """The qubits that bits flip at the beginning."""
    return re.findall(r"sweep\[\d+\] (\d+)", str(noisy))


def _common(
    folder: Path,
    noisy_name: str,
    sweep_name: str,
    noisy: stim.Circuit,
    measured: np.ndarray,
    swept: np.ndarray,
) -> None:
    folder.mkdir(parents=True)
    (folder / noisy_name).write_text(f"{noisy}\n")
    (folder / "circuit_ideal.stim").write_text(f"{noisy.without_noise()}\n")
    events, _ = _converted(noisy, measured, swept)
    for name, bits in (
        ("measurements.b8", measured),
        (sweep_name, swept),
        ("detection_events.b8", events),
    ):
        _write(folder / name, bits, "b8")


def _flips(
    path: Path, noisy: stim.Circuit, measured: np.ndarray, swept: np.ndarray, form: str
) -> None:
    _write(path, _converted(noisy, measured, swept)[1], form)


def _converted(
    noisy: stim.Circuit, measured: np.ndarray, swept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    return noisy.compile_m2d_converter().convert(
        measurements=measured, sweep_bits=swept, separate_observables=True
    )


def _write(path: Path, bits: np.ndarray, form: str) -> None:
    stim.write_shot_data_file(data=bits, path=path, format=form, num_measurements=bits.shape[1])
