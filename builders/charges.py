"""One qubit under a symmetry: the charges of its two states and its operators by charge.

Every tensor of the solver is block sparse in an Abelian charge. One rule covers all sectors:
charges add modulo `modulus` (0: integers, for Σ Z; 2: for Π X; 1: no symmetry).
For Π X the qubit is stored in the basis |+⟩, |−⟩, in which the symmetry is diagonal.
"""

from dataclasses import dataclass

from builders.hamiltonian import Sector

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

Expansion = dict[tuple[str, ...], float]


@dataclass(frozen=True)
class Qubit:
    """Local space of one site.

    Attributes:
        modulus: charges add modulo this number; 0 means plain integers.
        charges: charge of the two stored basis states.
        total: charge of the sector, summed over all sites.
        rotated: whether the stored basis is |+⟩, |−⟩ instead of |0⟩, |1⟩.
    """

    modulus: int
    charges: tuple[int, int]
    total: int
    rotated: bool

    @staticmethod
    def of(sector: Sector) -> "Qubit":
        """The local space that makes `sector` a charge."""
        if sector.kind == "magnetization":
            return Qubit(0, (1, -1), sector.value, False)
        if sector.kind == "parity":
            return Qubit(2, (0, 1), (1 - sector.value) // 2, True)
        return Qubit(1, (0, 0), 0, False)

    def add(self, a: int, b: int) -> int:
        """Sum of two charges."""
        return (a + b) % self.modulus if self.modulus else a + b

    def op_charge(self, op: str) -> int:
        """By how much an operator raises the charge."""
        out, into, _ = _ELEMENTS[op][0]
        return self.add(self.charges[out], -self.charges[into])

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
        if self.modulus == 0 and name in "XY":
            return {"S+": sign, "S-": sign if name == "X" else -sign}
        return {"iY" if name == "Y" else name: sign}
