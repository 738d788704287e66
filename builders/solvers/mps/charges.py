"""One qubit under a symmetry: the charges of its two states and its operators by charge.

Every tensor of the solver is block sparse in an Abelian charge. For Σ Z the charges are integers;
for parities they are bits, one for each parity, which add without carry. A site carries charge in
the parity of its own sublattice alone, so that charges depend on whether the site is even or odd.
For products of X the qubit is stored in the basis |+⟩, |−⟩, in which the symmetry is diagonal.

A total spin is a charge too: the states of N spins ½ with total spin J and one S_z are the paths of
the spins j_1 … j_N = J of the first 1, 2 … sites, of which neighbours differ by ½. The charge
of the sites on the left is 2j then, and the state of a site says what it adds to that, 0 for +1
and 1 for −1. Matrix elements of operators depend on the charge, as in
`builders.solvers.dmrg.spin_mpo`.
"""

from dataclasses import dataclass

from builders.physics.hamiltonian import Sector

# Real operators by their non-zero elements (final state, initial state, value). iY stands for Y,
# of which an even number occurs.
_ELEMENTS: dict[str, tuple[tuple[int, int, float], ...]] = {
    "I": ((0, 0, 1.0), (1, 1, 1.0)),
    "X": ((0, 1, 1.0), (1, 0, 1.0)),
    "iY": ((0, 1, 1.0), (1, 0, -1.0)),
    "Z": ((0, 0, 1.0), (1, 1, -1.0)),
    "S+": ((0, 1, 1.0),),
    "S-": ((1, 0, 1.0),),
}

# Twice S_z of a site's two states, and twice what they add to the spin of a path.
HALVES = (1, -1)

Expansion = dict[tuple[str, ...], float]


@dataclass(frozen=True)
class Qubit:
    """Local space of the sites of a chain.

    Attributes:
        sector: what the charges stand for.
        integer: charges add as integers, for Σ Z; otherwise bit by bit without carry.
        even: charge of the two stored basis states on the sites 0, 2, ….
        odd: the same on the sites 1, 3, ….
        total: charge of the sector, summed over all sites.
        rotated: whether the stored basis is |+⟩, |−⟩ instead of |0⟩, |1⟩.
        paths: whether charges are twice the spins of a path, which are never negative.
    """

    sector: Sector
    integer: bool
    even: tuple[int, int]
    odd: tuple[int, int]
    total: int
    rotated: bool
    paths: bool = False

    @staticmethod
    def of(sector: Sector) -> "Qubit":
        """The local space that makes `sector` a charge; of an open one, its first choice."""
        if sector.kind == "magnetization":
            return Qubit(sector, True, HALVES, HALVES, sector.value, False)
        if sector.kind == "spin":
            return Qubit(sector, True, HALVES, HALVES, sector.value, False, paths=True)
        odd = int(sector.value == -1)
        if sector.kind == "parity":
            return Qubit(sector, False, (0, 1), (0, 1), odd, True)
        if sector.kind == "parity_z":
            return Qubit(sector, False, (0, 1), (0, 1), odd, False)
        if sector.kind == "sublattice_parity":
            both = odd + 2 * int(sector.odd == -1)
            return Qubit(sector, False, (0, 1), (0, 2), both, True)
        return Qubit(sector, False, (0, 0), (0, 0), 0, False)

    def charges(self, i: int) -> tuple[int, int]:
        """Charge of the two stored basis states of site i."""
        return self.odd if i % 2 else self.even

    def has(self, q: int) -> bool:
        """Whether the sites on the left of a cut can have the charge q."""
        return q >= 0 or not self.paths

    def states(self, q: int) -> int:
        """Number of states that one bond state of charge q stands for."""
        return q + 1 if self.paths else 1

    def add(self, a: int, b: int) -> int:
        """Sum of two charges."""
        return a + b if self.integer else a ^ b

    def subtract(self, a: int, b: int) -> int:
        """The charge that gives a when b is added."""
        return a - b if self.integer else a ^ b

    def op_charge(self, op: str, i: int) -> int:
        """By how much an operator on site i raises the charge."""
        out, into, _ = _ELEMENTS[op][0]
        return self.subtract(self.charges(i)[out], self.charges(i)[into])

    def elements(self, op: str) -> tuple[tuple[int, int, float], ...]:
        """Non-zero elements (final state, initial state, value)."""
        return _ELEMENTS[op]

    def expand(self, paulis: str) -> Expansion:
        """A Pauli string as a sum of products of operators with definite charge.

        Products that change the total charge stay in the sum: they cancel between the strings
        of a Hamiltonian that has the symmetry, and the caller checks that they do.
        """
        sign = (-1.0) ** (paulis.count("Y") // 2)
        out: Expansion = {(): sign}
        for letter in paulis:
            parts = self._letter(letter)
            out = {
                (*ops, op): value * factor
                for ops, value in out.items()
                for op, factor in parts.items()
            }
        return out

    def _letter(self, letter: str) -> dict[str, float]:
        # In the basis |+>, |-> the letters X and Z change places and Y changes sign.
        sign = -1.0 if self.rotated and letter == "Y" else 1.0
        name = {"X": "Z", "Z": "X"}.get(letter, letter) if self.rotated else letter
        if self.integer and name in "XY":
            return {"S+": sign, "S-": sign if name == "X" else -sign}
        return {"iY" if name == "Y" else name: sign}
