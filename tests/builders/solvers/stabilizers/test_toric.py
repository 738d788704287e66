"""The toric code: degeneracy, energy, topological entropy, and rows of the family."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import builders
from builders import families, solve
from builders.building.blocks import rebuild_rows
from builders.building.build import build
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.checks import duplicates
from builders.dataset.spec import BuildSpec
from builders.folders.verify import verify_folder, verify_rows
from builders.solvers.stabilizers.rows import StabilizerRows
from builders.solvers.stabilizers.state import as_numbers, rank
from builders.solvers.stabilizers.toric import (
    behind_circuit,
    loops,
    matchings,
    plaquettes,
    sectors,
    stars,
    topological_entropy,
    topological_state,
    trivial_state,
)

LENGTHS = (2, 4, 6, 10)


def bits(length: int, strings: list[tuple[str, tuple[int, ...]]]) -> np.ndarray:
    """Strings as rows (x | z)."""
    n = 2 * length**2
    out = np.zeros((len(strings), 2 * n), dtype=np.uint8)
    for k, (letter, sites) in enumerate(strings):
        assert len(set(sites)) == len(sites)
        out[k, np.array(sites) + (n if letter == "Z" else 0)] = 1
    return out


@pytest.mark.parametrize("length", LENGTHS)
def test_the_ground_level_is_four_fold(length: int) -> None:
    n = 2 * length**2
    terms = stars(length) + plaquettes(length)
    assert len(terms) == n
    # Each star shares two edges or none with each plaquette: all terms commute.
    rows = bits(length, terms)
    crossed = rows[:, :n].astype(int) @ rows[:, n:].T
    assert not ((crossed + crossed.T) % 2).any()
    # 2^(N − rank) states have all terms +1.
    assert 2 ** (n - rank(as_numbers(rows))) == 4
    assert rank(as_numbers(bits(length, terms + loops(length)))) == n


@pytest.mark.parametrize("length", LENGTHS)
def test_the_energy_is_minus_the_number_of_terms(length: int) -> None:
    state = topological_state(length)
    terms = stars(length) + plaquettes(length)
    energy = -sum(state.expectation(p * len(sites), sites) for p, sites in terms)
    assert energy == -(length**2) - length**2
    for letter, sites in loops(length):
        assert state.expectation(letter * length, sites) == 1
    # The dual loop of X crosses a loop of Z once.
    assert state.expectation("X" * length, tuple(2 * length * r for r in range(length))) == 0


@pytest.mark.parametrize("length", LENGTHS[1:])
def test_the_topological_entropy_is_one_bit(length: int) -> None:
    regions = sectors(length)
    assert sum(map(len, regions)) == len(set.union(*regions)) == 2 * (length - 2) ** 2
    assert topological_entropy(topological_state(length), regions) == 1
    assert topological_entropy(trivial_state(length), regions) == 0


@pytest.mark.parametrize("length", LENGTHS)
def test_matchings_pair_edges_that_share_a_vertex(length: int) -> None:
    ends = np.zeros((2 * length**2, length**2), dtype=int)
    for vertex, (_, sites) in enumerate(stars(length)):
        ends[list(sites), vertex] = 1
    found = matchings(length)
    for pairs in found:
        assert sorted(pairs.ravel()) == list(range(2 * length**2))
        assert ((ends[pairs[:, 0]] & ends[pairs[:, 1]]).sum(axis=1) >= 1).all()
    if length > 2:  # on the smallest torus edges share both ends
        assert len({tuple(p) for pairs in found for p in pairs}) == 4 * length**2


def test_a_circuit_spreads_one_step_a_layer() -> None:
    # What is farther apart than both light cones reach stays uncorrelated.
    for depth in (1, 2):
        state = behind_circuit(trivial_state(10), 10, depth, np.random.default_rng(depth))
        pairs = matchings(10).reshape(-1, 2)
        near = np.eye(200, dtype=bool)
        near[pairs[:, 0], pairs[:, 1]] = near[pairs[:, 1], pairs[:, 0]] = True
        cone = np.linalg.matrix_power(near.astype(int), 2 * depth) > 0
        entropies = np.array([[state.entropy({i, j}) for j in range(200)] for i in (0, 101)])
        single = np.array([state.entropy({i}) for i in range(200)])
        apart = single[[0, 101], None] + single
        far = ~cone[[0, 101]]
        assert far.any()
        assert (entropies[far] == apart[far]).all()
        assert (entropies[~far] < apart[~far]).any()


@pytest.fixture(scope="module")
def rows() -> StabilizerRows:
    family, size = families.load("toric_code"), Size(32)
    rngs = [np.random.default_rng(k) for k in range(40)]
    return family.prepare(size, [family.draw(size, rng) for rng in rngs], rngs)


def test_rows_hold_both_phases_and_one_energy(rows: StabilizerRows) -> None:
    names = [phase.name for phase in rows.phases]
    # A fair coin: 20 ± 4 · √10.
    assert 8 <= names.count("topological") <= 32
    assert names.count("topological") + names.count("trivial") == 40
    assert (rows.energy == -32.0).all()
    assert (rows.energy_variance == 0.0).all()
    assert all(phase.margin == 0.5 for phase in rows.phases)


def test_depth_does_not_tell_the_phase() -> None:
    family, size = families.load("toric_code"), Size(200)
    rngs = [np.random.default_rng(k) for k in range(400)]
    depths = np.array([family.draw(size, rng)["depth"] for rng in rngs])
    assert np.bincount(depths.astype(int)).size == 5
    assert np.abs(np.bincount(depths.astype(int)) - 80).max() < 4 * np.sqrt(64)
    coins = np.array([int(rng.integers(2)) for rng in rngs])
    assert abs(np.corrcoef(depths, coins)[0, 1]) < 4 / np.sqrt(400)


def test_shadows_of_a_row_estimate_its_labels() -> None:
    state = behind_circuit(trivial_state(4), 4, 1, np.random.default_rng(1))
    exact = state.correlation()
    assert np.abs(exact[~np.eye(32, dtype=bool)]).max() > 0
    shots = StabilizerRows((state,), np.zeros(1), ()).sample(4000, [np.random.default_rng(2)])
    estimate = builders.shadow_correlation(shots)[0]
    # Standard error √((3 − C²)/M); 496 entries: 4.5 of them.
    assert np.abs(estimate - exact).max() < 4.5 * np.sqrt(3 / 4000)


@pytest.mark.parametrize("size", [Size(30), Size(10), Size(2), Size(2048), Size.parse("4x4")])
def test_sizes_are_those_of_a_torus(size: Size) -> None:
    with pytest.raises(RequestError, match="toric_code"):
        families.load("toric_code").check_size(size)


@pytest.mark.parametrize("depth", [-1.0, 0.5])
def test_depth_is_a_whole_number(depth: float) -> None:
    with pytest.raises(RequestError, match=f"a whole number from 0; given {depth:g}"):
        families.load("toric_code").check(Size(32), {"depth": depth})


def test_solve_refuses_what_has_no_hamiltonian() -> None:
    with pytest.raises(RequestError, match=r"no Hamiltonian.*qslbench build toric_code"):
        solve("toric_code", 32, {"depth": 1})


SPEC = BuildSpec("toric_code", Size(32), {"train": 12, "test": 6, "test_ood": 5}, 32, 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("toric") / "data"
    build(SPEC, out, workers=1)
    return out


def test_a_build_holds_phases_and_is_verified(folder: Path) -> None:
    assert verify_folder(folder).problems == ()
    data = builders.load(folder, SPEC.config)
    train, hidden = data["train"], data["test"]
    assert set(train["phase"]) == {0, 1}
    assert "phase" not in hidden
    assert (train["energy"] == -32).all()
    assert data.manifest.configs[SPEC.config].solver == "stabilizer"
    # Deeper circuits in the shifted split; the rows differ although their parameters may not.
    assert train["parameters"].max() < 2 <= data["test_ood"]["parameters"].min()
    topological = train["phase"] == 1
    untouched = train["parameters"][:, 0] == 0
    # In |0...0> pairs have C = 1/3; the toric code has no pair correlations.
    off = ~np.eye(32, dtype=bool)
    for is_topological, value in ((False, 1 / 3), (True, 0.0)):
        rows = train["correlation"][untouched & (topological == is_topological)]
        assert len(rows)
        assert (rows[:, off] == np.float32(value)).all()


def test_a_row_is_rebuilt_bit_by_bit(folder: Path) -> None:
    rebuild = partial(rebuild_rows, solver="stabilizer")
    assert verify_rows(folder, SPEC.config, 8, rebuild).problems == ()
    assert verify_rows(folder.with_name("data-private"), SPEC.config, 8, rebuild).problems == ()


def test_rows_with_the_same_shots_are_found(folder: Path) -> None:
    family, data = families.load("toric_code"), builders.load(folder, SPEC.config)
    splits = {split: dict(arrays) for split, arrays in data.splits.items()}
    assert duplicates(SPEC.config, splits, family) == []
    splits["test"]["shots"] = splits["test"]["shots"].copy()
    splits["test"]["shots"][2] = splits["train"]["shots"][4]
    assert duplicates(SPEC.config, splits, family) == [
        "toric_code_n032: test row 1000002 has the shots of train row 4."
    ]


def test_another_solver_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="toric_code needs none"):
        build(SPEC, tmp_path / "data", workers=1, solver="block2")
