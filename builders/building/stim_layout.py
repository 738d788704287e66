"""Shots of published experiments in stim's files: a circuit, detection events, observables.

A folder as those beside Google Quantum AI, Nature 614, 676 (2023) and Nature 638, 920 (2025) hold
one experiment:

    circuit_noisy*.stim, circuit_ideal.stim   the circuit; a noisy one is preferred
    detection_events.b8 (.01)                 D bits a shot
    obs_flips_actual.b8 (.01)                 L bits a shot, here one
    *.dem, decoding_results/*/*.dem           detector error models, none needed
    measurements.b8                           outcomes, which are to give the events; not needed
    sweep*.b8                                 bits of the circuit's sweep targets, likewise

The first paper's folders are named such as surface_code_bZ_d3_r05_center_3_5, b the kept basis, the
second's d3_at_q4_7/Z/r10. What else is in them (properties.yml, metadata.json, predictions of
decoders) is not read.

`b8` packs the bits of a shot little-endian into ⌈bits/8⌉ bytes, `01` writes a line of digits a
shot (stim's documents on result formats). How many bits a shot has is what the circuit says.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.codes.circuits import (
    CIRCUIT,
    MODEL,
    events_of_outcomes,
    read_circuit,
    read_model,
)

EVENTS, FLIPS = "detection_events", "obs_flips_actual"
_FORMATS = ("b8", "01")
_RESULTS = "decoding_results"
_NEWLINE, _ZERO = 10, 48
Packed = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Measured:
    """The shots of one folder.

    Attributes:
        detectors: D.
        events: uint8 (R, ⌈D/8⌉), packed little-endian.
        flips: bool (R,).
        texts: the circuit and, where there is one, the error model, by the names of ours.
        files: all that was read.
    """

    detectors: int
    events: NDArray[np.uint8]
    flips: NDArray[np.bool_]
    texts: dict[str, str]
    files: tuple[Path, ...]


def read_shots(folder: Path, model: str = "") -> Measured:
    """Read and check a folder.

    Args:
        folder: with the files above.
        model: name of the error model to take, where there are several, or of its folder.

    Raises:
        RequestError: a file that is missing, or everything that is wrong with those that are there,
            a line a file, with the sizes that were expected and found; or stim is not installed.
    """
    if not folder.is_dir():
        raise RequestError(f"{folder} is not a folder. Give one with {EVENTS}.b8 and a circuit.")
    circuit_file = _circuit(folder)
    model_file = _model(folder, model)
    circuit = read_circuit(circuit_file)
    texts = {CIRCUIT: circuit_file.read_text(encoding="utf-8")}
    problems: list[str] = []
    if model_file is not None:
        faults = read_model(model_file)
        texts[MODEL] = model_file.read_text(encoding="utf-8")
        told = (faults.num_detectors, faults.num_observables)
        wanted = (circuit.num_detectors, circuit.num_observables)
        if told != wanted:
            problems.append(
                f"{model_file.name}: found {told[0]} detectors and {told[1]} observables; expected "
                f"{wanted[0]} and {wanted[1]}"
            )
    events_file, flips_file = _of_shots(folder, EVENTS), _of_shots(folder, FLIPS)
    outcomes = sorted(folder.glob("measurements.b8"))
    sweeps = sorted(folder.glob("sweep*.b8"))
    events = _rows(events_file, circuit.num_detectors, None, problems)
    shots = None if events is None else len(events)
    flips = _rows(flips_file, circuit.num_observables, shots, problems)
    measured = [_rows(path, circuit.num_measurements, shots, problems) for path in outcomes]
    swept = [_rows(path, circuit.num_sweep_bits, shots, problems) for path in sweeps]
    if circuit.num_observables != 1:
        problems.append(f"{circuit_file.name}: {circuit.num_observables} observables; 1 is needed")
    if measured and bool(swept) == bool(circuit.num_sweep_bits) and not problems:
        given = {events_file.name: events, flips_file.name: flips}
        problems += _contradictions(circuit, measured[0], swept[0] if swept else None, given)
    if problems or events is None or flips is None:
        listed = "\n  ".join([f"{folder} is not as its {circuit_file.name} says:", *problems])
        raise RequestError(listed)
    files = (circuit_file, events_file, flips_file, *outcomes, *sweeps)
    return Measured(
        circuit.num_detectors,
        events,
        flips[:, 0].astype(np.bool_),
        texts,
        files if model_file is None else (*files, model_file),
    )


def _circuit(folder: Path) -> Path:
    found = sorted(folder.glob("circuit*.stim")) or sorted(folder.glob("*.stim"))
    noisy = [path for path in found if "noisy" in path.name]
    if not found:
        raise RequestError(
            f"{folder} has no circuit, such as circuit_noisy.stim, which says how many bits a shot "
            "has."
        )
    return (noisy or found)[0]


def _model(folder: Path, name: str) -> Path | None:
    found = sorted(folder.glob("*.dem")) or sorted(folder.glob(f"{_RESULTS}/*/*.dem"))
    names = [path.relative_to(folder).as_posix().removeprefix(f"{_RESULTS}/") for path in found]
    known = ", ".join(names) or "none"
    if name:
        told = name.removeprefix(f"{_RESULTS}/")
        at = [k for k, own in enumerate(names) if told in (own, own.rpartition("/")[0])]
        if len(at) != 1:
            raise RequestError(f"{folder} has no error model {name!r}; there are: {known}.")
        return found[at[0]]
    if len(found) > 1:
        raise RequestError(
            f"{folder} has several error models: {known}. Name one with --variant, and mind that "
            "one that was fitted to these shots has seen those of the test."
        )
    return found[0] if found else None


def _contradictions(
    circuit: Any,
    outcomes: Packed | None,
    sweeps: Packed | None,
    given: dict[str, Packed | None],
) -> list[str]:
    """Files whose shots are not those that the outcomes give, by name, events first."""
    made = events_of_outcomes(circuit, outcomes, sweeps)
    told = []
    for (name, rows), wanted in zip(given.items(), made, strict=True):
        if rows is None:
            continue
        wrong = np.flatnonzero((rows != wanted).any(axis=1))
        if len(wrong):
            told.append(
                f"{name}: {len(wrong)} shots are not what measurements.b8 gives, first shot "
                f"{wrong[0]}"
            )
    return told


def _of_shots(folder: Path, stem: str) -> Path:
    found = [path for form in _FORMATS if (path := folder / f"{stem}.{form}").is_file()]
    if len(found) == 1:
        return found[0]
    names = " or ".join(f"{stem}.{form}" for form in _FORMATS)
    has = "has both of" if found else "has no"
    raise RequestError(f"{folder} {has} {names}: one is needed.")


def _rows(path: Path, bits: int, shots: int | None, problems: list[str]) -> Packed | None:
    """The packed bits of every shot, uint8 (R, ⌈bits/8⌉); None, and what is wrong, else."""
    data = np.fromfile(path, dtype=np.uint8)
    width = -(-bits // 8) if path.suffix == ".b8" else bits + 1
    expected = f"{bits} bits and so {width} bytes a shot"
    if not bits or not len(data) or len(data) % width:
        fit = f"a multiple of {width}" if bits else "none"
        problems.append(f"{path.name}: found {len(data)} bytes; expected {expected}, {fit}")
        return None
    rows = data.reshape(-1, width)
    if shots is not None and len(rows) != shots:
        problems.append(
            f"{path.name}: found {len(data)} bytes, {len(rows)} shots; expected {expected}, "
            f"{shots * width} for the {shots} shots of {EVENTS}"
        )
        return None
    if path.suffix == ".b8":
        return _checked(path, rows, bits, problems)
    return _packed(path, rows, problems)


def _checked(path: Path, rows: Packed, bits: int, problems: list[str]) -> Packed | None:
    spare = -bits % 8
    past = rows[:, -1] >> (8 - spare) if spare else np.zeros(len(rows), dtype=np.uint8)
    wrong = np.flatnonzero(past)
    if len(wrong):
        problems.append(
            f"{path.name}: {len(wrong)} shots set one of the {spare} bits past the last of {bits}, "
            f"first shot {wrong[0]}"
        )
        return None
    return rows


def _packed(path: Path, rows: Packed, problems: list[str]) -> Packed | None:
    digits = rows[:, :-1] - _ZERO
    wrong = np.flatnonzero((digits > 1).any(axis=1) | (rows[:, -1] != _NEWLINE))
    if len(wrong):
        problems.append(
            f"{path.name}: {len(wrong)} lines are not {digits.shape[1]} digits 0 or 1, first line "
            f"{wrong[0] + 1}"
        )
        return None
    return np.packbits(digits, axis=1, bitorder="little")
