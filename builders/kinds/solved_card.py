"""What the card of a solved family says beyond its declaration: sector, solver settings, checks."""

from typing import TYPE_CHECKING

from builders.physics.hamiltonian import Sector
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.solvers.exact.diagonalization import MAX_SITES

if TYPE_CHECKING:
    from builders.kinds.ground_state import GroundStateFamily

BOUNDS = "every row: physical bounds of its labels, no row twice"


def sections(family: "GroundStateFamily") -> dict[str, str]:
    """Title → Markdown."""
    return {"Sector": _sector(family), "Solver": _solver(family)}


def checks(family: "GroundStateFamily") -> list[str]:
    """One item each."""
    base = HamiltonianFamily
    known = (
        (type(family).exact_energy is not base.exact_energy)
        and "every row: ground-state energy against a closed form",
        (type(family).total_spin is not base.total_spin)
        and "total spin of the ground state known by a theorem",
        (type(family).order_strings is not base.order_strings)
        and "phases from expectation values of the state itself",
        family.mirror and "mirror parity of even chains made definite",
    )
    return [
        BOUNDS,
        "every row: energy variance and label errors below the limits of the build",
        f"exact diagonalisation up to {MAX_SITES} sites",
        *(item for item in known if item),
    ]


def _sector(family: "GroundStateFamily") -> str:
    sizes_of: dict[str, list[str]] = {}
    for name in family.sizes:
        sectors = family.sectors(family.geometry.parse(name))
        values = " or ".join(map(_value, sectors)) + (", the lowest" if len(sectors) > 1 else "")
        sizes_of.setdefault(f"`{sectors[0].kind}` {values}", []).append(name)
    return "; ".join(f"{words} at {', '.join(sizes)}" for words, sizes in sizes_of.items()) + "."


def _value(sector: Sector) -> str:
    both = (sector.value,) if sector.odd is None else (sector.value, sector.odd)
    signed = [f"{value:+d}" if value else "0" for value in both]
    return f"({', '.join(signed)})" if len(both) > 1 else signed[0]


def _solver(family: "GroundStateFamily") -> str:
    rows = ["| size | bond | steps a bond | tolerance | rows a block |", "|---|---|---|---|---|"]
    for size in dict.fromkeys((family.sizes[0], family.sizes[-1])):
        settings = family.solver_settings(family.geometry.parse(size))
        numbers = (settings.bond, settings.steps, f"{settings.tolerance:g}", settings.block)
        rows.append(f"| {size} | {' | '.join(map(str, numbers))} |")
    return (
        "What bounds the size is the bond dimension that the labels need: rows are solved with the "
        "settings below, a row that misses its limits stops the build, and `qslbench solve` grows "
        f"the bond to {family.max_bond} at most.\n\n" + "\n".join(rows)
    )
