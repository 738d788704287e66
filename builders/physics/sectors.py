"""All sectors of a symmetry, and the one that somebody asks for."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from builders.core.errors import RequestError
from builders.physics.hamiltonian import Hamiltonian, Sector

STATED = "stated"
"""Asks for the sector that the family states."""


def sectors_of(stated: Sector, n_sites: int) -> tuple[Sector, ...]:
    """Every sector of the symmetry of `stated`, in the order in which equal energies are decided.

    The stated ones come first; then magnetizations by their size, the positive one of two before
    the negative, and parities with +1 before -1, the even sublattice first.
    """
    every: list[Sector] = []
    if stated.kind == "magnetization":
        values = range(-n_sites, n_sites + 1, 2)
        every = [Sector(stated.kind, m) for m in sorted(values, key=lambda m: (abs(m), -m))]
    elif stated.kind == "sublattice_parity":
        every = [Sector(stated.kind, a, b) for a, b in product((1, -1), repeat=2)]
    elif stated.kind in ("parity", "parity_z"):
        every = [Sector(stated.kind, sign) for sign in (1, -1)]
    return tuple(dict.fromkeys((*stated.choices(), *every)))


def asked_sectors(
    family: str, stated: Sector, n_sites: int, asked: int | str | Sector | None
) -> tuple[Sector, ...]:
    """The sectors of which the lowest state is meant: all of them without a wish.

    Args:
        family: its name, for messages.
        stated: the family's sector.
        n_sites: N.
        asked: a sector; a magnetization; `+1` or `-1`; two of these for sublattices, `+1,-1`;
            `stated`.

    Raises:
        RequestError: a sector that there is not.
    """
    known = sectors_of(stated, n_sites)
    if asked is None:
        return known
    if asked == STATED:
        return stated.choices()
    if isinstance(asked, Sector):
        wanted = asked if asked in known else None
    else:
        wanted = _parsed(stated, asked)
    if wanted not in known:
        raise RequestError(
            f"sector {str(asked)!r}: {family} at {n_sites} sites has {_allowed(stated, n_sites)}, "
            f"and {STATED!r} ({stated}). Without a sector the lowest of all is taken."
        )
    return (wanted,)


def distinct_sectors(h: Hamiltonian, sectors: Sequence[Sector]) -> tuple[Sector, ...]:
    """The sectors whose lowest levels differ, as far as a symmetry of H tells that others agree.

    Turning all spins over exchanges Σ Z and −Σ Z where no string has an odd number of Z. An
    isotropic H has all of a multiplet's levels at the smallest |Σ Z|, where its lowest one is.
    """
    if sectors[0].kind != "magnetization":
        return tuple(sectors)
    if any(t.paulis.count("Z") % 2 and t.coefficients.any() for t in h.terms):
        return tuple(sectors)
    if is_isotropic(h) and abs(sectors[0].value) <= 1:
        return tuple(sectors[:1])
    sizes: dict[int, Sector] = {}
    for sector in sectors:
        sizes.setdefault(abs(sector.value), sector)
    return tuple(sizes.values())


def is_isotropic(h: Hamiltonian) -> bool:
    """Whether H is a sum of X_iX_j + Y_iY_j + Z_iZ_j, each with one coefficient."""
    pairs = {paulis: np.zeros((h.n_sites,) * 2) for paulis in ("XX", "YY", "ZZ")}
    for term in h.terms:
        if term.paulis in pairs:
            np.add.at(pairs[term.paulis], tuple(term.sites.T), term.coefficients)
        elif term.paulis != "I" and term.coefficients.any():
            return False
    first, second, third = pairs.values()
    return np.array_equal(first, second) and np.array_equal(first, third)


def _parsed(stated: Sector, asked: int | str) -> Sector | None:
    try:
        numbers = [int(part) for part in str(asked).split(",")]
    except ValueError:
        return None
    if stated.kind == "none" or len(numbers) != (2 if stated.odd is not None else 1):
        return None
    if stated.kind != "magnetization" and any(number not in (1, -1) for number in numbers):
        return None
    return Sector(stated.kind, *numbers)


def _allowed(stated: Sector, n_sites: int) -> str:
    return {
        "magnetization": f"{-n_sites}, {2 - n_sites}, ..., {n_sites} (sum Z)",
        "parity": "+1 and -1 (prod X)",
        "parity_z": "+1 and -1 (prod Z)",
        "sublattice_parity": (
            "+1,+1 and +1,-1 and -1,+1 and -1,-1 (prod X on sites 0, 2, ... and on 1, 3, ...)"
        ),
    }.get(stated.kind, "no symmetry that divides its states")
