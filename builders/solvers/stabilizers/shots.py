"""Random-Pauli shots from a stabilizer state, exact, many shots at once.

A product of generators that has on every qubit either nothing or the letter measured there fixes
the parity of the outcomes on its support. Outcomes are uniform but for these parities, so that a
shot takes two eliminations over bits: one finds the parities, one solves them.
"""

import numpy as np
from numpy.typing import NDArray

from builders.solvers.stabilizers.state import Bits, StabilizerState

_CHUNK = 64  # shots eliminated together: their rows stay in the cache
_WORD = 64

Words = NDArray[np.uint64]


def sample_stabilizer(
    state: StabilizerState, n_shots: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Tokens 2·basis + bit, uint8 (n_shots, N), basis 0, 1, 2 = X, Y, Z, bit 0 for +1.

    Two streams spawned from `rng`, each in the order of shots, so that the first M of more shots
    are the same shots.
    """
    streams = rng.spawn(2)
    n = state.n_sites
    bases = streams[0].integers(0, 3, (n_shots, n))
    bits = streams[1].integers(0, 2, (n_shots, n), dtype=np.uint8)
    x, z = _words(state.x), _words(state.z)
    for start in range(0, n_shots, _CHUNK):
        part = slice(start, start + _CHUNK)
        supports, odd = _parities(x, z, state.phase, bases[part])
        _solve(supports, odd, bits[part])
    return (2 * bases + bits).astype(np.uint8)


def _words(bits: Bits) -> Words:
    """Bits (rows, N) as words (W, rows), qubit 64 w + b at bit b of word w."""
    rows, n = bits.shape
    padded = np.zeros((rows, -(-n // _WORD) * _WORD), dtype=np.uint8)
    padded[:, :n] = bits
    packed = np.packbits(padded, axis=1, bitorder="little")
    return np.ascontiguousarray(packed.view("<u8").astype(np.uint64).T)


def _parities(x: Words, z: Words, phase: Bits, bases: NDArray[np.int64]) -> tuple[Bits, Bits]:
    """Supports (S, m, N) and parities (S, m) that the generators fix in these bases (S, N).

    m is the largest number of any shot; rows of zeros stand where a shot has fewer.
    """
    shots, n = bases.shape
    generators = len(phase)
    letter_x = _words((bases < 2).astype(np.uint8))  # X and Y
    letter_z = _words((bases > 0).astype(np.uint8))  # Y and Z
    xs, zs = (np.repeat(w[:, None], shots, axis=1) for w in (x, z))
    phases = np.tile(phase, (shots, 1))
    left = np.ones((shots, generators), dtype=np.bool_)
    every = np.arange(shots)
    for site in range(n):
        w, b = divmod(site, _WORD)
        against = (xs[w] & letter_z[w][:, None]) ^ (zs[w] & letter_x[w][:, None])
        hit = (against >> np.uint64(b) & np.uint64(1)).astype(np.bool_) & left
        pivot = hit.argmax(axis=1)
        # One generator that has another letter here leaves; it is multiplied into the others.
        left[every, pivot] &= ~hit[every, pivot]
        hit[every, pivot] = False
        s, r = np.nonzero(hit)
        q = pivot[s]
        crossed = np.bitwise_count(zs[:, s, r] & xs[:, s, q]).sum(axis=0, dtype=np.uint8)
        phases[s, r] += phases[s, q] + 2 * crossed  # modulo 256, of which 4 is a divisor
        xs[:, s, r] ^= xs[:, s, q]
        zs[:, s, r] ^= zs[:, s, q]
    most = int(left.sum(axis=1).max())
    order = np.argsort(~left, axis=1, kind="stable")[:, :most]
    kept = np.take_along_axis(left, order, axis=1)
    xs, zs = (np.take_along_axis(a, order[None], axis=2) for a in (xs, zs))
    phases = np.take_along_axis(phases, order, axis=1)
    signs = (phases - np.bitwise_count(xs & zs).sum(axis=0, dtype=np.uint8)) >> 1 & 1
    support = np.moveaxis(np.where(kept, xs | zs, np.uint64(0)), 0, -1)
    octets = np.ascontiguousarray(support.astype("<u8")).view(np.uint8)
    supports = np.unpackbits(octets, axis=-1, bitorder="little", count=n)
    return supports.reshape(shots, most, n), np.where(kept, signs, 0).astype(np.uint8)


def _solve(supports: Bits, odd: Bits, bits: Bits) -> None:
    """Change as few of the uniform `bits` (S, N) as give every support its parity, in place."""
    shots, most, n = supports.shape
    left = np.ones((shots, most), dtype=np.bool_)
    every = np.arange(shots)
    chosen = np.full((shots, most), -1)
    for site in range(n if most else 0):
        column = supports[:, :, site].astype(np.bool_)
        pivot = (column & left).argmax(axis=1)
        has_pivot = column[every, pivot] & left[every, pivot]
        column[every, pivot] = False
        s, r = np.nonzero(column & has_pivot[:, None])
        q = pivot[s]
        supports[s, r] ^= supports[s, q]
        odd[s, r] ^= odd[s, q]
        left[every[has_pivot], pivot[has_pivot]] = False
        chosen[every[has_pivot], pivot[has_pivot]] = site
    s, r = np.nonzero(chosen >= 0)
    ends = chosen[s, r]
    # Every chosen site stands in its own support alone, so that it sets that parity.
    bits[s, ends] = 0
    bits[s, ends] = odd[s, r] ^ ((supports[s, r] & bits[s]).sum(axis=1) & 1).astype(np.uint8)
