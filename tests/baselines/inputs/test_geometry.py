"""Sites of parameters, features of pairs and their symmetries, on chains and lattices."""

from typing import ClassVar

import numpy as np
import pytest

from baselines.inputs.geometry import site_distances, support
from baselines.inputs.pair_features import PairFeatures
from baselines.inputs.pairs import Pairs
from baselines.inputs.shared_base import pair_base
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, isotropic
from builders.physics.parameters import Parameter, Parameters
from leaderboard import tasks
from tests.baselines.lattice import GRID, Lattice


def test_distances_by_hand() -> None:
    assert site_distances(Size(3)).tolist() == [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    # Sites of 2x3, row by row: 0 1 2 / 3 4 5.
    assert site_distances(Size.parse("2x3"))[0].tolist() == [0, 1, 2, 1, 2, 3]


def test_support_of_bonds_and_fields() -> None:
    found = support(families.load("tfim_1d"), Size(4))
    assert found.sites.tolist() == [[0, 1], [1, 2], [2, 3], [0, 0], [1, 1], [2, 2], [3, 3]]
    assert found.entry.tolist() == list(range(7))
    assert found.kind.tolist() == [0, 0, 0, 1, 1, 1, 1]


def test_support_where_two_parameters_share_a_string() -> None:
    """xxz: Σ J_i (XX + YY + Δ_i ZZ), J and Δ of a bond act on the same sites."""
    found = support(families.load("xxz_1d"), Size(3))
    assert found.sites.tolist() == [[0, 1], [1, 2], [0, 1], [1, 2]]


def test_support_of_a_matrix_of_couplings() -> None:
    found = support(families.load("heisenberg_1d"), Size(5))
    assert found.sites.tolist() == np.stack(np.triu_indices(5, 1), axis=1).tolist()


def test_support_on_a_lattice() -> None:
    found = support(GRID, Size.parse("2x2"))
    assert found.sites.tolist() == [[0, 2], [0, 1], [1, 3], [2, 3]]
    assert found.common.tolist() == [4]


class Blurred(Lattice):
    parameters: ClassVar = (Parameter("J", lambda s: (s.sites,), "each string holds two of them"),)

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        J = parameters["J"]
        bonds = np.stack([np.arange(size.sites - 1), np.arange(1, size.sites)], axis=1)
        return Hamiltonian(size.sites, tuple(isotropic(bonds, J[:-1] + J[1:])))


def test_entries_that_share_a_string_are_refused() -> None:
    with pytest.raises(RequestError, match="share a Pauli string"):
        support(Blurred(), Size(4))


def features_of(
    config: str, size: str, task: str = "correlation"
) -> tuple[PairFeatures, np.ndarray]:
    family = GRID if config == "lattice" else families.load(config)
    shape = Size.parse(size)
    rng = np.random.default_rng(0)
    rows = np.stack([family.flatten(family.draw(shape, rng)) for _ in range(6)])
    return PairFeatures(family, Pairs.of(tasks.load(task), shape), rows), rows


def test_features_of_the_mirror_image() -> None:
    """A reflected chain shows every pair what its image saw."""
    found, rows = features_of("tfim_1d", "9")
    mirrored = np.concatenate([rows[:, :8][:, ::-1], rows[:, 8:][:, ::-1]], axis=1)
    pairs = Pairs.of(tasks.load("correlation"), Size(9))
    code = {tuple(p): k for k, p in enumerate(pairs.sites.tolist())}
    image = [code[8 - j, 8 - i] for i, j in pairs.sites.tolist()]
    np.testing.assert_allclose(found(mirrored), found(rows)[:, image], atol=1e-6)


def test_features_of_the_transposed_lattice() -> None:
    """Rows and columns exchanged: a symmetry that no numbering along a chain has."""
    found, rows = features_of("lattice", "3x3")
    size = Size.parse("3x3")
    sites = support(GRID, size).sites
    flip = np.arange(9).reshape(3, 3).T.ravel()
    bond = {tuple(sorted(b)): k for k, b in enumerate(sites.tolist())}
    turned = rows.copy()
    for k, (u, v) in enumerate(sites.tolist()):
        turned[:, k] = rows[:, bond[tuple(sorted((flip[u], flip[v])))]]
    pairs = Pairs.of(tasks.load("correlation"), size)
    code = {tuple(p): k for k, p in enumerate(pairs.sites.tolist())}
    image = [code[tuple(sorted((flip[i], flip[j])))] for i, j in pairs.sites.tolist()]
    np.testing.assert_allclose(found(turned), found(rows)[:, image], atol=1e-6)


def test_features_see_what_is_near_alone() -> None:
    """RADIUS = 3: the last bond of 20 sites moves no local feature of the first pair."""
    found, rows = features_of("tfim_1d", "20", "renyi2")
    other = rows.copy()
    other[:, 18] += 0.01
    seen = found(rows)[:, 0] != found(other)[:, 0]
    # Only the mean and the maximum of the whole row may move.
    assert seen.any(axis=0).sum() <= 2


def test_base_keeps_what_pairs_really_differ_by() -> None:
    pairs = Pairs.of(tasks.load("correlation"), Size(10))
    rng = np.random.default_rng(0)
    truth = np.sin(pairs.edge)  # the same for mirror images
    exact = np.tile(truth, (5, 1))
    np.testing.assert_allclose(pair_base(pairs, exact)[1], truth, atol=1e-12)
    # Equal pairs under noise: the base has no more error than the plain mean of each pair.
    noisy = 0.3 + rng.normal(size=(50, len(truth)))
    _, base = pair_base(pairs, noisy)
    plain = np.mean((noisy.mean(axis=0) - 0.3) ** 2)
    assert np.mean((base - 0.3) ** 2) < 0.5 * plain


def test_a_string_of_three_sites_has_its_outer_ones() -> None:
    class Cluster(Lattice):
        parameters: ClassVar = (Parameter("K", lambda s: (s.sites - 2,), "ZXZ"),)

        def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
            left = np.arange(size.sites - 2)[:, None] + np.arange(3)
            return Hamiltonian(size.sites, (PauliTerms("ZXZ", left, -parameters["K"]),))

    assert support(Cluster(), Size(4)).sites.tolist() == [[0, 2], [1, 3]]
