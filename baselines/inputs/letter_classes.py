"""Which Pauli letters play the same part in a Hamiltonian."""

from builders.physics.hamiltonian import Hamiltonian, Sector

_LETTERS = "XYZ"


def letter_classes(H: Hamiltonian, sector: Sector | None = None) -> list[list[str]]:
    """Letters that can be exchanged without a change of H, as lists that hold every letter once.

    Args:
        H: a Hamiltonian.
        sector: where it is given, a state with Σ Z ≠ 0 sets Z apart.
    """
    strings = _strings(H)
    alone = "Z" if sector is not None and sector.is_polarized else ""
    classes: list[list[str]] = []
    for letter in _LETTERS:
        for members in classes:
            swap = str.maketrans(letter + members[0], members[0] + letter)
            exchanged = {(p.translate(swap), sites): c for (p, sites), c in strings.items()}
            if alone not in (letter, members[0]) and exchanged == strings:
                members.append(letter)
                break
        else:
            classes.append([letter])
    return classes


def _strings(H: Hamiltonian) -> dict[tuple[str, tuple[int, ...]], float]:
    out: dict[tuple[str, tuple[int, ...]], float] = {}
    for term in H.terms:
        for sites, coefficient in zip(term.sites.tolist(), term.coefficients.tolist(), strict=True):
            key = (term.paulis, tuple(sites))
            out[key] = out.get(key, 0.0) + coefficient
    return {key: value for key, value in out.items() if value}
