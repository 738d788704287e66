"""block2 against exact diagonalisation and against our own DMRG, which share no solver code.

Energies and variances are those of our MPO in the state that block2 found: a wrong sign, site
order or charge on either side shows in them.
"""

import ast
import functools
import hashlib
import subprocess
import sys
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import builders
from builders.core import scratch
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.solvers.block2 import solver as block2_solver
from builders.solvers.block2.rows import solve_warm_block2
from builders.solvers.block2.solver import block2_warm_start, solve_block2
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.exact.diagonalization import exact_ground_state
from tests.builders.small_states import drawn
from tests.paths import ROOT

needs_block2 = pytest.mark.skipif(
    find_spec("block2") is None, reason="block2 is not installed: pip install 'qslbench[block2]'"
)
FAMILIES = ("heisenberg_1d", "xxz_1d")
# States of a weight below 1e-10 are cut off at each bond: that is the energy, its root the labels.
_ENERGY, _LABEL = 1e-9, 3e-5


def tensors(batch: Batch) -> list[bytes]:
    """The states of a batch, row by row, to the last bit."""
    rows = {
        k: b"".join(
            bytes(f"{i} {q} {tuple(a.shape)}", "ascii") + a[at].numpy().tobytes()
            for i, site in enumerate(state.sites)
            for q, a in site.items()
        )
        for numbers, state in batch.groups
        for at, k in enumerate(numbers)
    }
    return [rows[k] for k in sorted(rows)]


@needs_block2
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("n", [2, 3, 8, 9, 10])
def test_warm_rows_agree_with_exact_diagonalisation(family: str, n: int) -> None:
    cases = [drawn(family, n, seed) for seed in range(3)]
    batch = solve_block2(
        [c[0] for c in cases], cases[0][1], bond=32, warm_start=block2_warm_start(family, Size(n))
    )
    labels = batch.labels()
    assert [numbers for numbers, _ in batch.groups] == [(0,), (1,), (2,)]
    for row, (h, sector, _) in enumerate(cases):
        exact = exact_ground_state(h, sector)
        assert batch.energy[row] == pytest.approx(exact.energy, rel=_ENERGY)
        assert 0 <= batch.relative_variance[row] < 1e-7
        variance = batch.relative_variance[row] * n * h.scale**2
        assert batch.energy_variance[row] == pytest.approx(variance, rel=1e-12)
        for name in ("correlation", "renyi2", "renyi2_blocks"):
            expected = getattr(exact, name)()
            assert labels[name][row] == pytest.approx(expected, abs=_LABEL), name


@needs_block2
@pytest.mark.parametrize("magnetization", [-3, -1, 1, 5])
def test_fields_and_other_sectors(magnetization: int) -> None:
    # With random fields neither turning all spins nor counting sites backwards is a symmetry.
    rng = np.random.default_rng(magnetization + 10)
    n, bonds = 7, chain_bonds(7)
    far = np.array([[0, 4], [2, 6]])
    exchange = rng.standard_normal(n - 1)
    h = Hamiltonian(
        n,
        (
            PauliTerms("XX", bonds, exchange),
            PauliTerms("YY", bonds, exchange),
            PauliTerms("ZZ", far, rng.standard_normal(2)),
            PauliTerms("Z", np.arange(n)[:, None], rng.standard_normal(n)),
        ),
    )
    sector = Sector("magnetization", magnetization)
    batch = solve_block2([h], sector, bond=32, half_sweeps=8)
    exact = exact_ground_state(h, sector)
    assert batch.energy[0] == pytest.approx(exact.energy, rel=_ENERGY)
    assert batch.relative_variance[0] < 1e-7
    assert batch.labels()["correlation"][0] == pytest.approx(exact.correlation(), abs=_LABEL)


@needs_block2
@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_agrees_with_torch_at_32_sites(family: str) -> None:
    hamiltonians = [drawn(family, 32, seed)[0] for seed in range(3)]
    ours = solve_warm(family, Size(32), hamiltonians)
    theirs = solve_warm_block2(family, Size(32), hamiltonians)
    assert theirs.energy == pytest.approx(ours.energy, rel=1e-6)
    # What a data set promises of each label; here the truncation of either side enters.
    tolerance = {"correlation": 5e-4, "renyi2": 1e-3, "renyi2_blocks": 1e-3}
    labels = theirs.labels()
    for name, values in ours.labels().items():
        assert labels[name] == pytest.approx(values, abs=tolerance[name]), name


@needs_block2
@pytest.mark.parametrize("warm", [True, False])
def test_a_row_is_the_same_to_the_last_bit_in_any_company(warm: bool) -> None:
    hamiltonians = [drawn("xxz_1d", 12, seed)[0] for seed in range(3)]
    start = block2_warm_start("xxz_1d", Size(12)) if warm else None
    solve = partial(
        solve_block2, sector=Sector("magnetization", 0), bond=16, half_sweeps=4, warm_start=start
    )
    first, again, reversed_ = map(solve, (hamiltonians, hamiltonians, hamiltonians[::-1]))
    assert tensors(first) == tensors(again) == tensors(reversed_)[::-1]
    assert np.array_equal(first.energy, reversed_.energy[::-1])
    assert tensors(solve(hamiltonians[2:])) == tensors(first)[2:]


def digest() -> str:
    """Of rows that were solved from the start, the warm start's and a cold one included."""
    h = drawn("heisenberg_1d", 11, 0)[0]
    warm = solve_warm_block2("heisenberg_1d", Size(11), [h])
    cold = solve_block2([h], Sector("magnetization", 1), bond=16, half_sweeps=4)
    return hashlib.sha256(b"".join(tensors(warm) + tensors(cold))).hexdigest()


@needs_block2
@pytest.mark.slow
def test_another_process_finds_the_same_bits() -> None:
    code = "from tests.builders.solvers.block2.test_block2 import digest; print(digest())"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    # Nor does block2 print anything.
    assert (done.stdout, done.stderr) == (f"{digest()}\n", "")


@needs_block2
def test_rows_in_one_group_have_the_same_certificate() -> None:
    hamiltonians = [drawn("xxz_1d", 10, seed)[0] for seed in range(3)]
    sector, warm_start = Sector("magnetization", 0), block2_warm_start("xxz_1d", Size(10))
    apart, together = (
        solve_block2(hamiltonians, sector, bond=12, warm_start=warm_start, stack=stack)
        for stack in (False, True)
    )
    assert [numbers for numbers, _ in together.groups] == [(0, 1, 2)]
    assert together.energy == pytest.approx(apart.energy, rel=1e-13)
    assert (apart.relative_variance > 1e-9).all()
    assert together.energy_variance == pytest.approx(apart.energy_variance, rel=1e-6)


@needs_block2
def test_a_poor_row_is_solved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    hamiltonians = [drawn("heisenberg_1d", 24, seed)[0] for seed in range(3)]
    first = solve_warm_block2("heisenberg_1d", Size(24), hamiltonians)
    assert [numbers for numbers, _ in first.groups] == [(0, 1, 2)]
    worst = int(first.relative_variance.argmax())
    limit = np.sort(first.relative_variance)[-2:].mean()
    monkeypatch.setattr("builders.solvers.dmrg.solver.AGAIN_ABOVE", limit)
    second = solve_warm_block2("heisenberg_1d", Size(24), hamiltonians)
    kept = tuple(k for k in range(3) if k != worst)
    assert [numbers for numbers, _ in second.groups] == [kept, (worst,)]
    assert second.relative_variance[worst] < first.relative_variance[worst]
    for k in kept:
        assert second.energy[k] == first.energy[k]
    assert np.abs(second.labels()["correlation"] - first.labels()["correlation"]).max() < 5e-4


@needs_block2
@pytest.mark.parametrize("fails", [False, True])
def test_scratch_is_removed(fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def failing(*_: object) -> None:
        seen.extend(path.name for path in tmp_path.iterdir())
        raise ZeroDivisionError

    monkeypatch.setattr(scratch, "parent_folder", lambda: tmp_path)
    h, sector, _ = drawn("xxz_1d", 6, 0)
    if fails:
        monkeypatch.setattr(block2_solver, "_exported", failing)
        with pytest.raises(ZeroDivisionError):
            solve_block2([h], sector, bond=8)
        assert [name.startswith("qslbench-scratch-") for name in seen] == [True]
    else:
        solve_block2([h], sector, bond=8)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("module", ["block2", "pyblock2.driver"])
def test_without_block2_the_message_says_what_to_do(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not there
    monkeypatch.delitem(sys.modules, "pyblock2.driver.core", raising=False)
    h, sector, _ = drawn("xxz_1d", 6, 0)
    with pytest.raises(RequestError) as refusal:
        solve_block2([h], sector, bond=8)
    for words in ("block2", "pip install 'qslbench[block2]'", "--solver torch"):
        assert words in str(refusal.value)


def test_what_it_does_not_solve_is_refused() -> None:
    h, sector, _ = drawn("tfim_1d", 6, 0)
    with pytest.raises(RequestError, match=r"'parity'.*magnetization.*--solver torch"):
        solve_block2([h], sector, bond=8)
    chain, sector, _ = drawn("xxz_1d", 6, 0)
    with pytest.raises(ValueError, match="half_sweeps=3"):
        solve_block2([chain], sector, bond=8, half_sweeps=3)


@needs_block2
def test_families_that_need_more_than_sweeps_are_refused(tmp_path) -> None:
    from builders.building.build import build
    from builders.dataset.spec import BuildSpec

    spec = BuildSpec("random_field_heisenberg_1d", Size(16), {"train": 1, "test": 1}, 8, 0)
    with pytest.raises(RequestError, match="look for other orders"):
        build(spec, tmp_path / "data", solver="block2")
    with pytest.raises(RequestError, match="start from 3 states"):
        build(replace(spec, family="cluster_ising_1d"), tmp_path / "data", solver="block2")


@needs_block2
def test_terms_and_pilots_that_do_not_fit_are_refused() -> None:
    bonds, sector = chain_bonds(4), Sector("magnetization", 0)
    with pytest.raises(RequestError, match="terms XXX"):
        solve_block2(
            [Hamiltonian(4, (PauliTerms("XXX", np.array([[0, 1, 2]]), np.ones(1)),))],
            sector,
            bond=8,
        )
    with pytest.raises(RequestError, match="XX and YY have different coefficients"):
        solve_block2([Hamiltonian(4, (PauliTerms("XX", bonds, np.ones(3)),))], sector, bond=8)
    h, _, _ = drawn("xxz_1d", 6, 0)
    with pytest.raises(ValueError, match="not for 6 sites"):
        solve_block2([h], sector, bond=8, warm_start=block2_warm_start("xxz_1d", Size(8)))


def test_no_other_file_imports_block2() -> None:
    found = set()
    for path in Path(builders.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {name.split(".")[0] for name in names} & {"block2", "pyblock2"}:
                found.add(path.name)
    assert found == {"session.py"}


def test_a_build_with_block2_is_verified_with_block2(tmp_path) -> None:
    pytest.importorskip("block2", reason="the extra block2 is not installed")
    from builders import load
    from builders.building.blocks import rebuild_rows
    from builders.building.build import build
    from builders.core.names import Size
    from builders.dataset.spec import BuildSpec
    from builders.folders.verify import verify_rows

    spec = BuildSpec("xxz_1d", Size(6), {"train": 6, "test": 3}, 4, 0)
    for solver in ("torch", "block2"):
        build(spec, tmp_path / solver, workers=1, solver=solver)
    data = {s: load(tmp_path / s, spec.config) for s in ("torch", "block2")}
    entry = data["block2"].manifest.configs[spec.config]
    assert entry.solver == "block2"
    assert "block2" in entry.versions
    # Two solvers, the same parameters: labels are float32, states good to 1e-6 at least.
    own, other = (data[s]["train"]["correlation"] for s in ("torch", "block2"))
    assert other == pytest.approx(own, abs=1e-5)
    again = functools.partial(rebuild_rows, solver="block2")
    assert verify_rows(tmp_path / "block2", spec.config, 4, again).problems == ()
