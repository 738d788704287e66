"""Circuits on calibrated devices against Qiskit Aer: the model of noise, and shots of 5 qubits."""

from typing import Any

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.calibration import Calibration
from builders.physics.channel import Channel
from builders.physics.gate_noise import noise_of, of_gate
from builders.solvers.circuits.native import kicked_gates
from builders.solvers.circuits.trajectories import sample_noisy
from builders.solvers.devices import backends
from tests.builders.noisy_circuits import as_qiskit, density, kraus, token_probabilities
from tests.builders.solvers.circuits.test_trajectories import THETA, kicked, z_score

pytest.importorskip("qiskit_aer")
pytest.importorskip("qiskit_ibm_runtime")

SIZE = Size(5)
EDGES = families.load("kicked_ising_1d").couplings_of(SIZE)
DEVICES = ["fake_manila", "fake_sherbrooke", "fake_torino", "fake_fez"]
"""5, 127, 133 and 156 qubits, gates cx, ecr, cz and cz."""


def device_of(name: str) -> Calibration:
    found = backends.calibrated(Channel("device", device=name), SIZE, EDGES)
    assert found is not None
    return found


def aer_density(name: str, device: Calibration, gates: list[Any]) -> np.ndarray:
    """By Aer's own model of the device's gates on these qubits, site 0 the first factor."""
    from qiskit.circuit.library import SXGate
    from qiskit.transpiler import Target
    from qiskit_aer import AerSimulator
    from qiskit_aer.noise import NoiseModel
    from qiskit_aer.noise.device import basic_device_gate_errors

    assert device.gates is not None
    whole, kind, sites = backends.load(name).target, device.gates.gate, range(5)
    # The part of the device that is used: Aer takes minutes for all of it.
    part = Target(num_qubits=5, qubit_properties=[whole.qubit_properties[q] for q in device.qubits])
    part.add_instruction(SXGate(), {(k,): whole["sx"][device.qubits[k],] for k in sites})
    on = {(a, b): whole[kind][device.qubits[a], device.qubits[b]] for a, b in device.gates.pairs}
    part.add_instruction(whole.operation_from_name(kind), on)
    model = NoiseModel(["rz", "sx", kind])
    for gate, qubits, error in basic_device_gate_errors(target=part):
        model.add_quantum_error(error, gate, qubits)
    circuit = as_qiskit(gates, kind, sites, 5)
    # Qiskit's last qubit is the first factor.
    circuit.save_density_matrix(qubits=list(sites)[::-1])
    simulator = AerSimulator(method="density_matrix", noise_model=model, max_parallel_threads=1)
    return np.asarray(simulator.run(circuit, shots=1).result().data(0)["density_matrix"])


@pytest.mark.parametrize("name", DEVICES)
def test_noisy_states_are_those_of_aers_model_of_the_device(name: str) -> None:
    device = device_of(name)
    gates = kicked_gates(THETA, 3, EDGES, device)
    ours, theirs = density(gates, 5), aer_density(name, device, gates)
    # Some 60 gates, whose depolarizing Aer has from fidelities of Kraus operators rounded to 1e-9.
    assert np.abs(ours - theirs).max() < 1e-7
    ideal = kicked(THETA, 3, EDGES)
    assert np.abs(ours - np.outer(ideal, ideal.conj())).max() > 1e-3


@pytest.mark.parametrize("name", ["fake_manila", "fake_sherbrooke", "fake_torino"])
def test_shots_of_five_qubits_are_those_of_aers_density_matrix(name: str) -> None:
    """Chi-square over the strings of 5 qubits, and their mean likelihood in the ideal state."""
    device = device_of(name)
    gates = kicked_gates(THETA, 6, EDGES, device)
    noisy, shots = token_probabilities(aer_density(name, device, gates)), 100_000
    state = kicked(THETA, 6, EDGES)
    ideal = token_probabilities(np.outer(state, state.conj()))
    tokens = sample_noisy(gates, 5, shots, np.random.default_rng(2)) @ 6 ** np.arange(5)[::-1]
    assert abs(z_score(np.bincount(tokens, minlength=6**5), noisy)) < 5
    # One number of many cells sees weak noise, which lowers it, better than chi-square does.
    mean = noisy @ ideal
    error = np.sqrt((noisy @ ideal**2 - mean**2) / shots)
    assert abs(ideal[tokens].mean() - mean) < 5 * error
    assert ideal @ ideal - mean > 5 * error


@pytest.mark.parametrize(("t1", "t2"), [(90.0, 30.0), (50.0, 50.0), (50.0, 80.0), (40.0, 80.0)])
def test_relaxation_is_qiskits(t1: float, t2: float) -> None:
    from qiskit.quantum_info import Kraus, SuperOp, average_gate_fidelity
    from qiskit_aer.noise import depolarizing_error, thermal_relaxation_error

    noise = of_gate(0.05, 3.0, ((t1, t2),))
    want = thermal_relaxation_error(t1, t2, 3.0)
    ours = SuperOp(Kraus(kraus(*noise.relaxation[0])))
    assert ours.data == pytest.approx(SuperOp(want).data, abs=1e-9)
    # The whole has the infidelity that was measured.
    whole = SuperOp(depolarizing_error(noise.depolarizing, 1)).compose(ours)
    assert 1 - average_gate_fidelity(whole) == pytest.approx(0.05, abs=1e-12)


def test_numbers_of_gates_are_those_of_the_backend() -> None:
    device = device_of("fake_sherbrooke")
    target = backends.load("fake_sherbrooke").target
    gates = device.gates
    assert gates is not None
    assert {tuple(sorted(pair)) for pair in gates.pairs} == {tuple(edge) for edge in EDGES.tolist()}
    for (a, b), error, length in zip(gates.pairs, gates.pair_error, gates.pair_length, strict=True):
        of = target["ecr"][device.qubits[a], device.qubits[b]]
        assert (error, length) == (of.error, of.duration)
    for qubit, error, length in zip(device.qubits, gates.error, gates.length, strict=True):
        of = target["sx"][qubit,]
        assert (error, length) == (of.error, of.duration)
    single, pairs = noise_of(device)
    assert (len(single), len(pairs)) == (5, 4)


def test_devices_with_other_couplings_are_refused() -> None:
    triangle = np.array([[0, 1], [0, 2], [1, 2]])
    with pytest.raises(RequestError, match="no 3 qubits whose gates are calibrated"):
        backends.calibrated(Channel.parse("device:FakeTorino"), Size(3), triangle)
    six = families.load("kicked_ising_1d").couplings_of(Size(6))
    with pytest.raises(RequestError, match="too few for 6 sites"):
        backends.calibrated(Channel.parse("device:FakeManila"), Size(6), six)
