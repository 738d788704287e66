"""Error models as text, and what is sampled from them, against enumeration and against stim."""

from itertools import product

import numpy as np
import pytest
import stim

from builders.core.errors import RequestError
from builders.physics.channel import Channel
from builders.solvers.codes.circuits import MODEL, memory_circuit, memory_texts
from builders.solvers.codes.error_model import ErrorModel, parse_model
from builders.solvers.codes.sampling import sample

SMALL = """
error(0.1) D0 D1
error(0.2) D1 ^ D9 L0
error(0.3) D0 D1  # the same flips once more
error(0.05) D0 ^ D0 D9
detector(1, 2, 0) D1
logical_observable L0
"""
SURFACE = "surface_code:rotated_memory_z"
SHOTS = 200_000


def bits(model: ErrorModel, shots: int, seed: int) -> np.ndarray:
    """Events and observables, bool (R, D + L)."""
    made = sample(model, shots, np.random.default_rng(seed))
    events = np.unpackbits(made.events, axis=1, count=model.detectors, bitorder="little")
    return np.concatenate([events.astype(np.bool_), made.flips], axis=1)


def test_faults_that_flip_the_same_are_one() -> None:
    model = parse_model(SMALL)
    assert (model.detectors, model.observables, len(model)) == (10, 1, 3)
    assert model.flips == ((0, 1), (1, 9, 10), (9,))
    # 0.1 or 0.3, but not both.
    assert model.probabilities == pytest.approx([0.1 * 0.7 + 0.3 * 0.9, 0.2, 0.05])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("repeat 3 {", "line 1: 'repeat 3 {' is neither"),
        ("error(0.1) D0\nerror(0.5) D1", "line 2: 0.5 is not from 0 to below 0.5"),
        ("error(0.1) X3", "line 1: 'X3' names no detectors"),
    ],
)
def test_what_is_no_model_without_loops_is_refused(text: str, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        parse_model(text)


def test_shots_of_a_small_model_have_the_probabilities_of_all_its_sets_of_faults() -> None:
    model = parse_model(SMALL)
    expected: dict[int, float] = {}
    for struck in product((False, True), repeat=len(model)):
        chance = np.prod(np.where(struck, model.probabilities, 1 - model.probabilities))
        row = 0
        for flipped, hit in zip(model.flips, struck, strict=True):
            row ^= hit * sum(1 << bit for bit in flipped)
        expected[row] = expected.get(row, 0.0) + float(chance)
    rows, counts = np.unique(bits(model, SHOTS, 1) @ (1 << np.arange(11)), return_counts=True)
    assert set(rows.tolist()) == set(expected)
    wanted = SHOTS * np.array([expected[row] for row in rows.tolist()])
    # Chi-square of 7 degrees of freedom: 1 in 10⁵ is above 36.
    assert ((counts - wanted) ** 2 / wanted).sum() < 36


@pytest.mark.parametrize("channel", ["uniform:0.01", "biased:0.01,0.9"])
def test_rates_and_pairs_of_events_are_those_of_stims_sampler(channel: str) -> None:
    circuit = memory_circuit(SURFACE, 3, 3, Channel.parse(channel))
    model = parse_model(memory_texts(SURFACE, 3, 3, channel)[MODEL])
    ours = bits(model, SHOTS, 2).astype(np.float64)
    theirs = circuit.compile_detector_sampler(seed=3).sample(SHOTS, append_observables=True)
    theirs = theirs.astype(np.float64)
    error = np.sqrt(np.concatenate(model.rates()) / SHOTS)
    # 25 rates and 300 pairs: five standard errors, and √2 of them between two samplers.
    assert np.all(np.abs(ours.mean(axis=0) - np.concatenate(model.rates())) < 5 * error)
    pairs, others = ours.T @ ours / SHOTS, theirs.T @ theirs / SHOTS
    off = np.abs(pairs - others) / np.sqrt((pairs + others) / SHOTS + 1e-12)
    assert off.max() < 5


def test_the_model_is_exact_for_both_channels() -> None:
    """stim refuses a channel of exclusive faults that no independent ones make."""
    for channel in ("uniform:0.3", "biased:0.499999,0.333333", "biased:0.499999,1"):
        memory_texts(SURFACE, 3, 1, channel)


def test_biased_noise_of_a_third_is_that_of_depolarized_qubits() -> None:
    """One round of idle qubits alone: DEPOLARIZE1(p) and X, Y, Z of p/3 each are the same."""
    uniform = memory_circuit(SURFACE, 3, 2, Channel.parse("uniform:0.03"))
    biased = memory_circuit(SURFACE, 3, 2, Channel.parse("biased:0.03,0.333333"))
    names = [i.name for i in stim.Circuit(str(biased)).flattened()]
    assert "DEPOLARIZE2" not in names
    assert "DEPOLARIZE1" not in names
    one, other = (_single_qubit_only(c).detector_error_model() for c in (uniform, biased))
    assert one.approx_equals(other, atol=1e-6)


def _single_qubit_only(circuit: stim.Circuit) -> stim.Circuit:
    """Without faults of gates: noise between TICKs that follows no gate of two qubits."""
    kept, coupled = stim.Circuit(), False
    for instruction in circuit.flattened():
        coupled = instruction.name in ("CX", "CZ") or (coupled and instruction.name != "TICK")
        noise = instruction.name.startswith(("DEPOLARIZE", "PAULI"))
        if not (coupled and noise):
            kept.append(instruction)
    return kept


def test_a_seed_gives_these_bytes_whatever_comes_before() -> None:
    model = parse_model(memory_texts(SURFACE, 3, 3, "uniform:0.01")[MODEL])
    first = sample(model, 64, np.random.default_rng(7))
    sample(model, 1000, np.random.default_rng(8))
    again = sample(model, 64, np.random.default_rng(7))
    assert first.events.tobytes() == again.events.tobytes()
    assert first.flips.tobytes() == again.flips.tobytes()
