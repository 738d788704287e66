"""The lowest sector of one Hamiltonian by DMRG: no more sectors, and no further, than needed.

Magnetizations are walked from the stated one to both sides while the energy falls or stays, and
from the two polarised product states, whose energies are sums, unless some bonds favour parallel
spins and others do not: parts of a chain are magnetized then, and energies rise before they fall,
so that every sector is visited, or none where that takes too long. Other symmetries have four
sectors at most. A sector is left where its energy, less its error, lies above the lowest one found;
that is compared from the second bond on, since the first may be stuck in a state above.
"""

from collections.abc import Sequence

import numpy as np

from builders.core.errors import RequestError, WorkError
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian, Sector
from builders.solvers.dmrg.vouched import Say, Search, Starts, no_starts, silent

_BETTER = 0.3  # of the uncertainty of another energy: one is better known below it
_SECONDS = 0.2  # of a processor for one sector, a site: two bonds, sometimes three
_LONGEST = 10.0  # minutes


def lowest_search(
    h: Hamiltonian,
    sectors: Sequence[Sector],
    max_bond: int,
    starts: Starts = no_starts,
    say: Say = silent,
) -> Search:
    """The vouched search of the lowest of some sectors.

    Args:
        h: the Hamiltonian.
        sectors: definite ones; of those whose energies agree within `SAME_ENERGY` the first.
        max_bond: where growing stops.
        starts: gives more states of a sector to start from.
        say: is told of every sector and bond.

    Raises:
        RequestError: the level is degenerate inside its sector, or too many sectors can be lowest.
        WorkError: its labels are not known, or two sectors cannot be told apart.
    """
    finder = _Finder(h, sectors, max_bond, starts, say)
    if len(sectors) == 1:
        finder.search(sectors[0])
    elif sectors[0].kind == "magnetization" and not parts_are_magnetized(h):
        finder.walk_from(sectors[0])
        for end in (-h.n_sites, h.n_sites):
            sector = Sector("magnetization", end)
            if sector in sectors and polarised_energy(h, end > 0) < finder.lowest * h.scale:
                finder.walk_from(sector)
    else:
        _refuse_long(h, sectors)
        for sector in sectors:
            finder.decide(finder.search(sector))
    return finder.vouched()


def _refuse_long(h: Hamiltonian, sectors: Sequence[Sector]) -> None:
    """Refuse to visit so many sectors that it would take longer than `_LONGEST`.

    Judged by sizes and not by the clock, so that the same request is always refused.
    """
    minutes = len(sectors) * h.n_sites * _SECONDS / 60.0
    if sectors[0].kind == "magnetization" and minutes > _LONGEST:
        raise RequestError(
            f"some bonds of this chain favour parallel spins and others do not, so that its lowest "
            f"state can have any sum Z: to solve all {len(sectors)} takes about {minutes:.0f} "
            f"minutes of a processor, and {_LONGEST:.0f} are allowed. `--sector` solves one of "
            "them; the lowest of those that you solve is yours to choose."
        )


def parts_are_magnetized(h: Hamiltonian) -> bool:
    """Whether some bonds are lowest with parallel spins, J_ZZ < −|J_XX|, and others are not."""
    pairs = {paulis: np.zeros((h.n_sites,) * 2) for paulis in ("XX", "ZZ")}
    for term in h.terms:
        if term.paulis in pairs:
            np.add.at(pairs[term.paulis], tuple(term.sites.T), term.coefficients)
    xx, zz = pairs.values()
    parallel = zz < -np.abs(xx)
    return bool(parallel.any() and (((xx != 0) | (zz != 0)) & ~parallel).any())


def polarised_energy(h: Hamiltonian, up: bool) -> float:
    """The energy of the state of all spins up or all down, in the units of H."""
    total = 0.0
    for term in h.terms:
        if not set(term.paulis) - {"Z", "I"}:
            sign = -1.0 if not up and term.paulis.count("Z") % 2 else 1.0
            total += sign * float(term.coefficients.sum())
    return total


class _Finder:
    def __init__(
        self,
        h: Hamiltonian,
        sectors: Sequence[Sector],
        max_bond: int,
        starts: Starts,
        say: Say,
    ) -> None:
        self.h, self.sectors, self.max_bond = h, list(sectors), max_bond
        self.starts, self.say = starts, say
        self.found: dict[Sector, Search] = {}

    def search(self, sector: Sector) -> Search:
        if sector not in self.found:
            self.found[sector] = Search(self.h, sector, self.max_bond, self.starts, self.say)
        return self.found[sector]

    @property
    def best(self) -> Search:
        return min(self.found.values(), key=lambda s: s.run.energy)

    @property
    def lowest(self) -> float:
        return self.best.run.energy

    @property
    def same(self) -> float:
        return SAME_ENERGY * self.h.n_sites

    def decide(self, search: Search) -> None:
        """Grow a sector, and the lowest one, until it is above it, or lower, or the same.

        The lower one first, which is wanted larger in any case, while it is not the better known.
        """
        while True:
            best = self.best if self.best is not search else self._second(search)
            if best is None:
                return
            error = search.run.room + best.run.room
            if abs(search.run.energy - best.run.energy) > error or error < 0.1 * self.same:
                return
            lower, higher = sorted((search, best), key=lambda s: s.run.energy)
            grown = lower if lower.run.room > _BETTER * higher.run.room else higher
            if not grown.grow():
                return

    def _second(self, search: Search) -> Search | None:
        others = [s for s in self.found.values() if s is not search]
        return min(others, key=lambda s: s.run.energy) if others else None

    def walk_from(self, start: Sector) -> None:
        """Visit magnetizations on both sides of one, as long as they are not higher."""
        self.decide(self.search(start))
        for step in (2, -2):
            value = start.value + step
            while (sector := Sector("magnetization", value)) in self.sectors:
                if sector in self.found:
                    break
                before = self.lowest
                search = self.search(sector)
                self.decide(search)
                if search.run.energy > before + self.same:
                    break
                value += step

    def vouched(self) -> Search:
        """The search of the lowest sector, its labels known."""
        near = self._near()
        for search in near:
            search.vouch()
        near = [s for s in self._near() if s in near]
        least = min(s.run.energy for s in near)
        first = near[0]
        error = max(s.run.room for s in near)
        if len(near) > 1 and abs(first.run.energy - least - self.same) <= error:
            raise WorkError(
                f"DMRG could not vouch for a sector: the energies of {first.sector} and "
                f"{self.best.sector} are {(first.run.energy - least) * self.h.scale:.1e} apart, as "
                "far as they may be off. `--sector` takes one, `--bond` gives more."
            )
        return next(s for s in near if s.run.energy <= least + self.same)

    def _near(self) -> list[Search]:
        """Searches that can be the lowest one or as low, in the order of the sectors."""
        room = self.same + self.best.run.room
        limit = self.lowest + room
        found = [self.found[s] for s in self.sectors if s in self.found]
        return [s for s in found if s.run.energy - s.run.room <= limit]


def bytes_needed(channels: int, bond: int) -> float:
    """About how much memory a bond takes: operators at all cuts and vectors at one.

    Args:
        channels: of its MPO, over all cuts.
        bond: bond dimension; charges divide it into three at least.
    """
    vectors = 200.0
    return 8.0 * float(np.square(float(bond))) * (2.0 * channels + vectors) / 3.0
