"""Calibrated devices: what is read of them, where sites are placed, refusals."""

import sys
from itertools import pairwise

import numpy as np
import pytest

from builders.core.errors import RequestError, UnknownError
from builders.core.names import Size
from builders.physics.channel import Channel
from builders.solvers.devices import backends
from builders.solvers.devices.layout import Device, qubits_of, walks

pytest.importorskip("qiskit_ibm_runtime")

SHERBROOKE = Channel.parse("device:FakeSherbrooke")


def device_of(name: str) -> Device:
    backend = backends.load(name)
    n = backend.num_qubits
    edges = frozenset(tuple(sorted(edge)) for edge in backend.coupling_map)
    return Device(name, edges, (0.0,) * n, (True,) * n)


@pytest.mark.parametrize(
    ("name", "qubits"),
    [("fake_sherbrooke", 127), ("fake_torino", 133), ("fake_fez", 156), ("fake_manila", 5)],
)
def test_numbers_are_those_of_the_backend(name: str, qubits: int) -> None:
    backend = backends.load(name)
    assert backend.num_qubits == qubits
    read = backends.calibrated(Channel("device", device=name), Size(5))
    assert read is not None
    assert (read.device, read.version) == (name, backend.backend_version)
    assert read.source.startswith("qiskit-ibm-runtime ")
    for k, qubit in enumerate(read.qubits):
        target = backend.target["measure"][(qubit,)]
        # The target has the mean of both errors, and the times in seconds too.
        assert (read.p01[k] + read.p10[k]) / 2 == pytest.approx(target.error, rel=1e-9)
        assert read.length[k] == pytest.approx(target.duration, rel=1e-9)
        assert read.t1[k] == pytest.approx(backend.target.qubit_properties[qubit].t1, rel=1e-9)
        assert read.t2[k] == pytest.approx(backend.target.qubit_properties[qubit].t2, rel=1e-9)


def test_aer_relaxes_and_misreads_as_we_do() -> None:
    """One qubit of the device in all six eigenstates, by Aer's density matrix and noise model."""
    from qiskit.quantum_info import DensityMatrix, Kraus
    from qiskit_aer.noise import thermal_relaxation_error

    from builders.physics.site_channel import place

    read = backends.calibrated(SHERBROOKE, Size(2))
    assert read is not None
    channel = place(SHERBROOKE, 2, read)
    t2 = min(read.t2[0], 2 * read.t1[0])
    error = thermal_relaxation_error(read.t1[0], t2, read.length[0])
    for label, token in zip("+-rl01", range(6), strict=True):
        rho = DensityMatrix.from_label(label).evolve(Kraus(error))
        plus = DensityMatrix.from_label("+r0"[token >> 1])
        zero = np.trace(plus.data @ rho.data).real
        as_one = zero * read.p01[0] + (1 - zero) * (1 - read.p10[0])
        flip = channel.flips[token >> 1, 0, token & 1]
        assert as_one == pytest.approx(1 - flip if token & 1 else flip, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("fake_sherbrooke", 109),  # 7 rows of 14 and 15 qubits, 6 of 24 between them
        ("fake_fez", 129),
        ("fake_nighthawk", 120),  # a square lattice
        ("fake_lima", 4),
    ],
)
def test_a_chain_lies_on_a_path_of_connected_qubits(name: str, longest: int) -> None:
    device = device_of(name)
    found = walks(device)
    assert max(map(len, found)) == longest
    for sites in {2, 4, longest}:
        qubits = qubits_of(device, Size(sites))
        assert len(set(qubits)) == sites
        assert all(tuple(sorted(pair)) in device.edges for pair in pairwise(qubits))
        assert qubits == qubits_of(device, Size(sites))


def test_the_path_with_the_best_readout_is_taken() -> None:
    line = frozenset((k, k + 1) for k in range(5))
    errors = (0.1, 0.01, 0.02, 0.3, 0.01, 0.01)
    device = Device("line", line, errors, (True,) * 6)
    assert set(qubits_of(device, Size(2))) == {4, 5}
    # Means .32/3, .33/3, .13/3 and .33/3 of the four stretches of three.
    assert set(qubits_of(device, Size(3))) == {0, 1, 2}
    without = Device("line", line, errors, (True, True, True, True, False, True))
    assert set(qubits_of(without, Size(2))) == {1, 2}
    assert set(qubits_of(without, Size(4))) == {0, 1, 2, 3}


def test_other_sites_are_the_best_qubits_in_order() -> None:
    line = frozenset((k, k + 1) for k in range(5))
    device = Device("line", line, (0.1, 0.01, 0.02, 0.3, 0.01, 0.01), (True,) * 6)
    assert qubits_of(device, Size.parse("2x2")) == (1, 2, 4, 5)
    # No path is as long as all qubits of this one.
    whole = qubits_of(device_of("fake_sherbrooke"), Size(127))
    assert whole == tuple(range(127))


def test_unknown_small_and_missing_devices_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownError, match="Did you mean 'fake_sherbrooke'"):
        backends.calibrated(Channel.parse("device:FakeSherbrok"), Size(4))
    with pytest.raises(RequestError, match="has 127 calibrated qubits, too few for 128 sites"):
        backends.calibrated(SHERBROOKE, Size(128))
    assert backends.calibrated(Channel.parse("depolarizing:0.1"), Size(4)) is None
    backends.names.cache_clear()
    monkeypatch.setitem(sys.modules, "qiskit_ibm_runtime", None)
    with pytest.raises(RequestError, match=r"pip install 'qslbench\[circuits\]'"):
        backends.calibrated(SHERBROOKE, Size(4))


def test_every_device_that_is_offered_names_itself() -> None:
    named = backends.names()
    assert len(named) > 50
    assert {"fake_sherbrooke", "fake_torino", "fake_fez", "fake_manila"} <= named.keys()
    for name in named:
        assert Channel.parse(f"device:{named[name]}").device == name
