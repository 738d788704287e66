"""The MPO is the Hamiltonian: contracted, against Kronecker products, for every family."""

import numpy as np
import pytest

from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds, isotropic
from builders.solvers.dmrg.mpo import DONE, START, Mpo, build_mpo
from builders.solvers.mps.charges import Qubit
from tests.builders.family_cases import chains
from tests.builders.small_states import dense, drawn

_HADAMARD = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)


def contracted(mpo: Mpo, row: int) -> np.ndarray:
    """One Hamiltonian of the batch as a dense matrix in the basis |0>, |1>."""
    qubit = mpo.qubit
    open_ = {0: np.zeros((mpo.channels[0][0], 1, 1))}
    open_[0][START] = 1.0
    for i, site in enumerate(mpo.sites):
        size = 2 ** (i + 1)
        new = {c: np.zeros((count, size, size)) for c, count in mpo.channels[i + 1].items()}
        for (op, c), weights in site.items():
            matrix = np.zeros((2, 2))
            for out, into, value in qubit.elements(op):
                matrix[out, into] = value
            after = qubit.add(c, qubit.op_charge(op, i))
            moved = np.einsum("wv,wab->vab", weights[row].numpy(), open_[c])
            new[after] += np.stack([np.kron(m, matrix) for m in moved])
        open_ = new
    h = open_[0][DONE]
    if qubit.rotated:
        turn = np.array([[1.0]])
        for _ in mpo.sites:
            turn = np.kron(turn, _HADAMARD)
        h = turn @ h @ turn
    return h


@pytest.mark.parametrize("family", chains())
@pytest.mark.parametrize("n", [2, 3, 6])
def test_mpo_is_the_sum_of_strings(family: str, n: int) -> None:
    cases = [drawn(family, n, seed) for seed in range(3)]
    mpo = build_mpo([c[0] for c in cases], cases[0][1])
    for row, (h, _, _) in enumerate(cases):
        assert contracted(mpo, row) == pytest.approx(dense(h).real, abs=1e-11 * h.scale)


SECTORS = (
    Sector("magnetization"),
    Sector("parity", 1),
    Sector("parity_z", -1),
    Sector("sublattice_parity", 1),
    Sector("none"),
)
# Letters that conserve the sector, alone or together with others of the same coefficients.
ALLOWED = {
    "magnetization": (("Z",), ("ZZ",), ("XX", "YY"), ("XZX", "YZY"), ("ZZZ",), ("XXZZ", "YYZZ")),
    "parity": (("X",), ("ZZ",), ("YY",), ("XX",), ("ZXZ",), ("YXY",), ("YZZY",), ("ZXXZ",)),
    "parity_z": (("Z",), ("XX",), ("YY",), ("ZZ",), ("XZX",), ("YZY",), ("YYXX",), ("XZZX",)),
    "none": (("X",), ("Z",), ("ZX",), ("YY",), ("ZXX",), ("YZY",), ("YYZX",)),
}


def random_terms(kind: str, n: int, seed: int) -> Hamiltonian:
    """Strings of one to four letters on random sites."""
    rng = np.random.default_rng(seed)
    terms = []
    for together in ALLOWED[kind]:
        count = 2 if len(together[0]) == 1 else 5
        sites = np.array([np.sort(rng.permutation(n)[: len(together[0])]) for _ in range(count)])
        values = rng.standard_normal(count)
        terms += [PauliTerms(letters, sites, values) for letters in together]
    return Hamiltonian(n, tuple(terms))


def sublattice_terms(n: int, seed: int) -> Hamiltonian:
    """Random strings with an even number of Y and Z on the even sites, and on the odd ones."""
    rng = np.random.default_rng(seed)
    terms = []
    while len(terms) < 40:
        sites = np.sort(rng.permutation(n)[: rng.integers(1, 5)])
        letters = "".join(rng.choice(list("XYZ"), len(sites)))
        turned = [i % 2 for i, letter in zip(sites, letters, strict=True) if letter != "X"]
        if letters.count("Y") % 2 == 0 and turned.count(0) % 2 == turned.count(1) % 2 == 0:
            terms.append(PauliTerms(letters, sites[None], rng.standard_normal(1)))
    assert {len(t.paulis) for t in terms} == {1, 2, 3, 4}
    return Hamiltonian(n, tuple(terms))


@pytest.mark.parametrize("sector", SECTORS, ids=lambda sector: sector.kind)
def test_random_strings_of_one_to_four_letters(sector: Sector) -> None:
    draw = {"sublattice_parity": sublattice_terms}.get(
        sector.kind, lambda n, seed: random_terms(sector.kind, n, seed)
    )
    hamiltonians = [draw(7, seed) for seed in range(3)]
    mpo = build_mpo(hamiltonians, sector)
    for row, h in enumerate(hamiltonians):
        assert contracted(mpo, row) == pytest.approx(dense(h).real, abs=1e-11)


@pytest.mark.parametrize("kind", ["magnetization", "parity", "none"])
def test_arbitrary_long_range_couplings(kind: str) -> None:
    rng = np.random.default_rng(1)
    pairs = np.array([(i, j) for i in range(6) for j in range(i + 1, 6)])
    terms = list(isotropic(pairs, rng.standard_normal(len(pairs))))
    letter = "Z" if kind == "magnetization" else "X"
    terms.append(PauliTerms(letter, np.arange(6)[:, None], rng.standard_normal(6)))
    if kind != "magnetization":
        terms.append(PauliTerms("YY", pairs, rng.standard_normal(len(pairs))))
    if kind == "none":
        terms.append(PauliTerms("ZX", pairs, rng.standard_normal(len(pairs))))
    h = Hamiltonian(6, tuple(terms))
    mpo = build_mpo([h], Sector(kind, 1 if kind == "parity" else 0))
    assert contracted(mpo, 0) == pytest.approx(dense(h).real, abs=1e-12)


def test_exponential_couplings_need_one_channel() -> None:
    n = 20
    i, j = np.triu_indices(n, 1)
    h = Hamiltonian(n, (PauliTerms("ZZ", np.stack([i, j], 1), 0.7 ** (j - i - 1.0)),))
    mpo = build_mpo([h], Sector("none"))
    assert {sum(c.values()) for c in mpo.channels[1:-1]} == {3}


@pytest.mark.parametrize(
    ("letters", "kind"), [("XX", "magnetization"), ("XZ", "magnetization"), ("Z", "parity")]
)
def test_broken_symmetry_is_refused(letters: str, kind: str) -> None:
    sites = chain_bonds(4) if len(letters) == 2 else np.arange(4)[:, None]
    h = Hamiltonian(4, (PauliTerms(letters, sites, np.ones(len(sites))),))
    with pytest.raises(ValueError, match="do not conserve"):
        build_mpo([h], Sector(kind, 1 if kind == "parity" else 0))


@pytest.mark.parametrize(
    ("letters", "sites"), [("Z", [0]), ("ZZ", [1, 2]), ("ZXZ", [0, 2, 3]), ("XZ", [0, 1])]
)
def test_strings_that_cross_the_sublattices_are_refused(letters: str, sites: list[int]) -> None:
    h = Hamiltonian(5, (PauliTerms(letters, np.array([sites]), np.ones(1)),))
    with pytest.raises(ValueError, match="do not conserve"):
        build_mpo([h], Sector("sublattice_parity", 1))


def test_strings_with_the_same_end_share_their_channels() -> None:
    """Z_i X_j Z_9 for all i < j < 9: at a cut X_j Z_9 is to come for any j, or Z_9 alone."""
    n = 10
    sites = [(i, j, n - 1) for j in range(1, n - 1) for i in range(j)]
    h = Hamiltonian(n, (PauliTerms("ZXZ", np.array(sites), np.ones(len(sites))),))
    mpo = build_mpo([h], Sector("none"))
    open_ = [n - 1 - cut + (cut > 1) for cut in range(1, n)]
    assert [sum(c.values()) - 2 for c in mpo.channels[1:-1]] == open_


def test_cluster_chain_needs_two_channels_a_cut() -> None:
    n = 12
    sites = np.arange(n - 2)[:, None] + np.arange(3)
    h = Hamiltonian(n, (PauliTerms("ZXZ", sites, np.linspace(1, 2, n - 2)),))
    mpo = build_mpo([h], Sector("sublattice_parity", 1))
    assert max(sum(c.values()) for c in mpo.channels) == 4


def test_letters_become_operators_with_a_charge() -> None:
    spin = Qubit.of(Sector("magnetization"))
    assert spin.expand("XX")["S+", "S-"] == spin.expand("YY")["S+", "S-"] == 1.0
    assert spin.expand("XX")["S+", "S+"] == -spin.expand("YY")["S+", "S+"] == 1.0
    assert Qubit.of(Sector("parity", 1)).expand("YY") == {("iY", "iY"): -1.0}
    assert Qubit.of(Sector("parity", 1)).expand("ZX") == {("X", "Z"): 1.0}
    assert Qubit.of(Sector("parity_z", 1)).expand("ZX") == {("Z", "X"): 1.0}


def test_charges_of_the_sublattices() -> None:
    qubit = Qubit.of(Sector("sublattice_parity", -1))
    assert [qubit.charges(i) for i in range(3)] == [(0, 1), (0, 2), (0, 1)]
    assert [qubit.op_charge("X", i) for i in range(3)] == [1, 2, 1]
    assert (qubit.add(1, 3), qubit.subtract(1, 3), qubit.total) == (2, 2, 3)
