"""Random-Pauli shots of noisy circuits: each shot measures a pure state of its own.

Every shot draws what the noise of each gate does to it, see `builders.physics.gate_noise`. Up to
its first event its state is the ideal one, which all shots share. From there on it has a vector of
2^N amplitudes of its own: exact for every N, and what limits N. The rotation into the measured
basis is written into the last pulses of a qubit: no gate, no noise.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builders.solvers.circuits.native import Gate
from builders.solvers.exact.state_vector import measure

Complex = NDArray[np.complex128]
Floats = NDArray[np.float64]

_AMPLITUDES = 2**16
"""Of the states that are kept at a time, so that they stay in the cache; no effect on the shots."""
_PAULIS = np.array([np.eye(2), [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], np.diag([1, -1])])


def sample_noisy(
    gates: Sequence[Gate], n_sites: int, n_shots: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Tokens 2·basis + bit, uint8 (n_shots, n_sites), from all qubits in |0⟩.

    Bases and outcomes take the numbers that `sample_vector` would take of `rng`, so that shots
    without an event are its shots; the noise takes a third stream. Every stream runs in the order
    of shots: the first M of more shots are the same shots.
    """
    streams = rng.spawn(3)
    bases = streams[0].integers(0, 3, (n_shots, n_sites))
    uniforms = streams[1].random((n_shots, n_sites))
    numbers = sum(1 + len(g.sites) for g in gates if g.noise is not None)
    tokens = np.empty(bases.shape, dtype=np.uint8)
    step = max(8, _AMPLITUDES >> n_sites)
    for start in range(0, n_shots, step):
        part = slice(start, min(start + step, n_shots))
        drawn = streams[2].random((part.stop - start, numbers))
        for rows, states in _states(gates, n_sites, drawn):
            at = start + rows
            tokens[at] = 2 * bases[at] + measure(states, bases[at], uniforms[at])
    return tokens


def _states(
    gates: Sequence[Gate], n_sites: int, drawn: Floats
) -> list[tuple[NDArray[np.int64], Complex]]:
    """Shots and their states, complex (S, 2^N): those with events, and those without."""
    first = _first_events(gates, drawn)
    order = np.argsort(first, kind="stable")
    noisy = int((first < len(gates)).sum())
    # Row 0 is the ideal state; shot order[k] joins as row k + 1 at its first event.
    states = np.zeros((1 + noisy, 2**n_sites), dtype=complex)
    states[0, 0] = 1.0
    mine, joined, number = drawn[order[:noisy]], 0, 0
    for k, gate in enumerate(gates):
        _apply(states[: 1 + joined], gate.sites, gate.unitary)
        if gate.noise is None:
            continue
        joining = int((first <= k).sum())
        states[1 + joined : 1 + joining] = states[0]
        joined = joining
        used = 1 + len(gate.sites)
        _disturb(states[1 : 1 + joined], gate, mine[:joined, number : number + used])
        number += used
    ideal = np.broadcast_to(states[:1], (len(order) - noisy, states.shape[1]))
    both = [(order[:noisy], states[1:]), (order[noisy:], ideal)]
    return [(rows, of_rows) for rows, of_rows in both if len(rows)]


def _first_events(gates: Sequence[Gate], drawn: Floats) -> NDArray[np.int64]:
    """Of each shot the first gate with an event behind it, int64 (S,); len(gates) for none."""
    of_gate, limits = [], []
    for k, gate in enumerate(gates):
        if gate.noise is not None:
            chances = [gate.noise.pauli, *(q for q, _ in gate.noise.relaxation)]
            limits += chances
            of_gate += [k] * len(chances)
    hit = drawn < np.array(limits)
    gate_of = np.array([*of_gate, len(gates)])
    return np.asarray(gate_of[np.where(hit.any(axis=1), hit.argmax(axis=1), len(of_gate))])


def _disturb(states: Complex, gate: Gate, drawn: Floats) -> None:
    """The noise behind a gate, in place; a number below a chance also says which event it is."""
    noise = gate.noise
    assert noise is not None
    strings = 4 ** len(gate.sites) - 1
    hit = np.nonzero(drawn[:, 0] < noise.pauli)[0]
    if len(hit):
        string = 1 + np.minimum((drawn[hit, 0] / noise.pauli * strings).astype(int), strings - 1)
        for place, site in enumerate(gate.sites):
            letters = string >> 2 * place & 3
            for letter in (1, 2, 3):
                _change(states, hit[letters == letter], (site,), _PAULIS[letter])
    for place, (site, (q, kept)) in enumerate(zip(gate.sites, noise.relaxation, strict=True)):
        rows = np.nonzero(drawn[:, 1 + place] < q)[0]
        if len(rows):
            part = states[rows]
            _relax(part, site, kept, drawn[rows, 1 + place] / q)
            states[rows] = part


def _change(
    states: Complex, rows: NDArray[np.int64], sites: tuple[int, ...], unitary: Complex
) -> None:
    """A gate on some of the states, in place."""
    if len(rows):
        part = states[rows]
        _apply(part, sites, unitary)
        states[rows] = part


def _relax(states: Complex, site: int, kept: float, uniform: Floats) -> None:
    """K0 or K1 of the mixture's second channel, in place, states normalised again."""
    halves = states.reshape(len(states), 2**site, 2, -1)
    excited = (np.abs(halves[:, :, 1]) ** 2).sum(axis=(1, 2))
    jumps = uniform < (1.0 - kept**2) * excited
    halves[jumps, :, 0] = halves[jumps, :, 1]
    halves[jumps, :, 1] = 0.0
    halves[~jumps, :, 1] *= kept
    states /= np.linalg.norm(states, axis=1, keepdims=True)


def _apply(states: Complex, sites: tuple[int, ...], unitary: Complex) -> None:
    """A gate on one or two sites of all states (S, 2^N), in place."""
    low, high = min(sites), max(sites)
    if len(sites) == 1:
        halves = states.reshape(len(states), 2**low, 2, -1)
        parts = [halves[:, :, s] for s in (0, 1)]
    else:
        view = states.reshape(len(states), 2**low, 2, 2 ** (high - low - 1), 2, -1)
        bits = [(a, b) if sites[0] == low else (b, a) for a in (0, 1) for b in (0, 1)]
        parts = [view[:, :, a, :, b] for a, b in bits]
    if np.array_equal(unitary, np.diag(np.diagonal(unitary))):
        for part, factor in zip(parts, np.diagonal(unitary), strict=True):
            if factor != 1.0:
                part *= factor
        return
    old = [part.copy() for part in parts]
    for part, row in zip(parts, unitary, strict=True):
        terms = [factor * values for factor, values in zip(row, old, strict=True) if factor]
        part[...] = sum(terms[1:], start=terms[0])
