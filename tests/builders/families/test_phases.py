"""Phases and shifted distributions: what families say, and how it reaches files and commands."""

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

import qslbench
from builders import families, load
from builders.building.blocks import RowBlock, make_block
from builders.building.build import build
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset import checks, index, manifest, parquet
from builders.dataset.manifest import ConfigEntry
from builders.dataset.spec import BuildSpec
from builders.folders.verify import verify_folder, verify_rows
from builders.kinds.prepared import PreparedFamily
from builders.physics.family import Family
from builders.physics.hamiltonian_family import HamiltonianFamily
from builders.physics.phase import Phase, phase_columns
from builders.physics.rows import BuildSettings
from builders.solvers.exact.free_fermion import tfim_ground_state
from tests.builders.family_cases import draw, sizes, small, solvable
from tests.builders.synthetic import SPEC, make_split

NONE = np.empty(0)


STATES = [n for n in families.names() if hasattr(families.load(n), "phases")]


@pytest.fixture(params=STATES)
def family(request: pytest.FixtureRequest) -> Family:
    return families.load(request.param)


@pytest.fixture(params=solvable())
def solved(request: pytest.FixtureRequest) -> HamiltonianFamily:
    return families.solvable(request.param)


def told(name: str, **parameters: list[float]) -> Phase:
    """The phase of a chain whose phase the parameters alone decide."""
    family, size = families.load(name), Size(len(next(iter(parameters.values()))) + 1)
    return family.phase(size, family.check(size, parameters), NONE, np.zeros(size.sites - 1))


def test_phases_and_the_task_go_together(family: Family) -> None:
    assert len(family.phases) != 1
    assert len(set(family.phases)) == len(family.phases)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in family.phases)
    assert "phase" not in family.tasks or family.phases
    assert bool(family.phase_rule) == bool(family.phases)
    # All prepared states of one size have the same energy.
    assert "energy" in family.tasks or isinstance(family, PreparedFamily)


def test_order_strings_are_in_order_and_inside(solved: HamiltonianFamily) -> None:
    for size in sizes(solved):
        for letters, sites in solved.order_strings(size):
            assert letters
            assert not set(letters) - set("XYZ")
            assert len(letters) == len(sites)
            assert list(sites) == sorted(set(sites))
            assert sites[0] >= 0
            assert sites[-1] < size.sites


def test_shifted_parameters_pass_the_check_and_are_others(family: Family) -> None:
    size = small(family)
    if not family.distribution_ood:
        with pytest.raises(RequestError, match=f"{family.name} has no shifted distribution"):
            family.check_ood()
        return
    shifted = family.draw_ood(size, np.random.default_rng(3))
    family.check(size, shifted)
    again = family.draw_ood(size, np.random.default_rng(3))
    assert family.flatten(again).tobytes() == family.flatten(shifted).tobytes()
    assert family.flatten(shifted).tobytes() != family.flatten(draw(family, size, 3)).tobytes()


def test_the_pilot_of_shifted_rows_draws_those_rows(solved: HamiltonianFamily) -> None:
    if solved.warm_start_ood:
        other, size = families.solvable(solved.warm_start_ood), small(solved)
        assert other.sector(size) == solved.sector(size)
        shifted = solved.draw_ood(size, np.random.default_rng(1))
        assert solved.flatten(shifted).tobytes() == other.flatten(draw(other, size, 1)).tobytes()
        assert other.solver_settings(size).block == solved.solver_settings(size).block


@pytest.mark.slow
def test_shifted_rows_of_long_chains_are_built_exactly() -> None:
    """From its own warm start tfim_1d misses ordered rows of 127 sites by 1e-6 of the energy."""
    found = make_block(
        BuildSpec("tfim_1d", Size(127), {"test_ood": 4}, 2, 0, test_seed=0), RowBlock("test_ood", 0)
    )
    assert found["check_closed_form"].max() < 1e-8
    for k in range(4):
        couplings = found["parameters"][k, :126]
        exact = tfim_ground_state(couplings, np.ones(127))
        # What every label of the data promises.
        np.testing.assert_allclose(found["correlation"][k], exact.correlation(), rtol=0, atol=5e-4)
        np.testing.assert_allclose(
            found["renyi2_blocks"][k], exact.renyi2_blocks(), rtol=0, atol=1e-3
        )


@pytest.mark.parametrize("margin", [-0.1, np.inf, np.nan])
def test_a_margin_is_finite_and_not_negative(margin: float) -> None:
    with pytest.raises(ValueError, match="margin"):
        Phase("ordered", margin)


def test_columns_of_rows_are_indices_and_margins() -> None:
    family, size = families.load("tfim_1d"), Size(3)
    drawn = [{"J": np.full(2, j), "h": np.ones(3)} for j in (np.e, 1 / np.e)]
    rows = [family.phase(size, row, NONE, np.zeros(2)) for row in drawn]
    found = phase_columns(family.phases, rows)
    assert found["phase"].dtype == np.int64
    assert found["phase"].tolist() == [1, 0]
    np.testing.assert_allclose(found["phase_margin"], 1.0, rtol=1e-15)
    assert phase_columns((), rows) == {}


def test_a_phase_that_the_family_does_not_name_is_an_error(monkeypatch) -> None:
    family, size = families.load("tfim_1d"), Size(3)
    monkeypatch.setattr(type(family), "phases", ("paramagnetic", "ferromagnetic"))
    row = family.check(size, {"J": np.full(2, 3.0), "h": np.ones(3)})
    with pytest.raises(ValueError, match="'ordered'"):
        family.make(size, [row], [np.random.default_rng(0)], BuildSettings("torch"))


def test_tfim_phase_by_hand() -> None:
    """Mean of ln J against mean of ln h: (ln 4 + ln ½)/2 = ½ ln 2 and ln 3."""
    found = told("tfim_1d", J=[4.0, -0.5], h=[1.0, 1.0, 1.0])
    assert (found.name, found.margin) == ("ordered", pytest.approx(0.5 * np.log(2.0), rel=1e-14))
    found = told("tfim_1d", J=[4.0, 0.5], h=[3.0, 3.0, -3.0])
    expected = np.log(3.0) - 0.5 * np.log(2.0)
    assert (found.name, found.margin) == ("paramagnetic", pytest.approx(expected, rel=1e-14))


def test_tfim_phase_has_a_finite_margin_where_a_coupling_is_zero() -> None:
    found = told("tfim_1d", J=[0.0, 1.0], h=[1.0, 1.0, 1.0])
    assert found.name == "paramagnetic"
    assert np.isfinite(found.margin)
    assert told("tfim_1d", J=[1.0, 1.0], h=[0.0, 0.0, 0.0]).name == "ordered"


def test_tfim_phase_agrees_with_the_order_parameter() -> None:
    """⟨Z Z⟩ across half of 64 sites: of order one in the ordered phase, else exponentially small.

    A uniform chain has (1 − (h/J)²)^{1/4} ≥ 0.5 for margins above 0.03 (Pfeuty 1970), or decays
    as e^{−r·margin} in the typical row; rows with a margin above 0.25 are told.
    """
    seen = set()
    for name in ("tfim_1d", "tfim_1d_wide", "tfim_1d_ordered"):
        family, size = families.load(name), Size(64)
        for seed in range(6):
            row = draw(family, size, seed)
            found = family.phase(size, row, NONE, NONE)
            if found.margin > 0.25:
                far = tfim_ground_state(row["J"], row["h"]).zz()[16, 48]
                assert (far > 0.1) == (found.name == "ordered"), (name, seed, found, far)
                seen.add(found.name)
    assert seen == {"paramagnetic", "ordered"}


@pytest.mark.parametrize("name", ["tfim_1d_critical", "xxz_1d_critical"])
def test_a_phase_task_has_both_phases_in_equal_parts(name) -> None:
    family, size = families.load(name), Size(127)
    rows = [family.phase(size, draw(family, size, seed), NONE, NONE).name for seed in range(200)]
    share = np.mean([row == family.phases[0] for row in rows])
    # Standard error 0.035; the mean of ln J is 0.003 below that of ln g.
    assert 0.36 < share < 0.64


def test_tfim_wide_is_ordered_as_often_as_it_says() -> None:
    family = families.load("tfim_1d_wide")
    for sites, low, high in ((8, 0.13, 0.29), (127, 0.0, 0.01)):
        size = Size(sites)
        rows = [draw(family, size, seed) for seed in range(300)]
        ordered = [family.phase(size, row, NONE, NONE).name == "ordered" for row in rows]
        assert low <= np.mean(ordered) <= high  # four standard errors of 0.21 at N = 8


def test_xxz_phase_by_hand() -> None:
    assert told("xxz_1d_critical", J=[1.0, 1.0], delta=[1.25, 1.25]) == Phase("neel", 0.25)
    assert told("xxz_1d_critical", J=[1.0, 1.0], delta=[0.5, 0.5]) == Phase("luttinger_liquid", 0.5)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory):
    out = tmp_path_factory.mktemp("phases") / "data"
    rows = {"train": 30, "test": 4, "test_ood": 6}
    build(BuildSpec("tfim_1d", Size(6), rows, 8, 0), out, workers=1)
    return out


def test_a_build_writes_phases_and_the_shifted_split(built) -> None:
    for folder in (built, built.with_name("data-private")):
        assert verify_folder(folder).problems == ()
    public, private = (
        load(built, "tfim_1d_n006"),
        load(built.with_name("data-private"), "tfim_1d_n006"),
    )
    assert public["train"]["phase"].dtype == np.int64
    assert not public["train"]["phase"].any()
    np.testing.assert_allclose(
        public["train"]["phase_margin"],
        -np.log(public["train"]["parameters"][:, :5]).mean(axis=1),
        rtol=1e-13,
    )
    assert list(public["test_ood"]) == ["row_id", "parameters", "shots"]
    assert public["test_ood"]["row_id"].tolist() == list(range(2_000_000, 2_000_006))
    assert public["test_ood"]["parameters"][:, :5].min() >= 1.0
    assert private["test_ood"]["phase"].tolist() == [1] * 6
    entry = manifest.read(built).config("tfim_1d_n006")
    assert entry.classes == {"phase": ("paramagnetic", "ordered")}
    assert "U[1, 3]" in (entry.distribution_ood or "")
    assert "Split `test_ood`: J_i ~ U[1, 3]" in (built / "README.md").read_text(encoding="utf-8")
    table = parquet.read_table(built / index.NAME, ["split", "phase"]).to_pylist()
    assert {(r["split"], r["phase"]) for r in table} == {
        ("train", "paramagnetic"), ("test", None), ("test_ood", None),
    }  # fmt: skip


def test_rows_of_the_shifted_split_are_rebuilt_bit_by_bit(built) -> None:
    from builders.building.blocks import rebuild_rows

    private = built.with_name("data-private")
    assert verify_rows(private, "tfim_1d_n006", [1_000_002, 2_000_003], rebuild_rows).problems == ()


def test_a_wrong_phase_is_a_problem() -> None:
    family = families.load("tfim_1d")
    arrays = make_split(SPEC, "train")
    assert checks.problems(SPEC, "train", arrays, family) == []
    arrays["phase"][3], arrays["phase_margin"][5] = 2, -1e-9
    found = checks.problems(SPEC, "train", arrays, family)
    assert "column phase: 1 of 12 rows are outside 0 to 1, first row_id 3" in found[0]
    assert "column phase_margin: 1 of 12 rows are negative, first row_id 5" in found[1]


def test_an_index_of_an_earlier_version_gets_the_new_columns(tmp_path) -> None:
    from dataclasses import replace

    old = index.rows_of(SPEC, "train", make_split(SPEC, "train")).drop_columns(["phase"])
    every = index.every_column(families.load(SPEC.family))
    entry = ConfigEntry.model_construct(family=SPEC.family, certificate={"v_score": {}})
    cols = [c for c in every if c.name != "phase"]
    parquet.write_table(tmp_path / index.NAME, old, cols)
    other = replace(SPEC, size=Size(4))
    new = index.rows_of(other, "train", make_split(other, "train"))
    table = index.merge(tmp_path / index.NAME, other.config, [new], [entry])
    assert table.column_names == [c.name for c in every]
    assert table.num_rows == 24
    assert table["phase"].null_count == 12
    assert table["v_score"].null_count == 0


def run(*args: object) -> str:
    done = CliRunner().invoke(qslbench.cli, [str(a) for a in args], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_commands_tell_the_phase(tmp_path) -> None:
    file = tmp_path / "chain.json"
    file.write_text(json.dumps({"parameters": {"J": [2, 2, 2], "h": [1, 1, 1, 1]}}))
    args = ("solve", "tfim_1d", "--size", 4, "--parameters", file)
    found = json.loads(run(*args, "--json"))
    assert found["phase"] == "ordered"
    assert found["phase_margin"] == pytest.approx(np.log(2.0), rel=1e-14)
    assert "ordered, 0.693 from the boundary" in run(*args)
    rows = {row["name"]: row for row in json.loads(run("list", "families", "--json"))}
    assert rows["tfim_1d"]["phases"] == ["paramagnetic", "ordered"]
    assert "renyi2" in rows["tfim_1d_wide"]["tasks"]
    assert rows["xxz_1d"]["phases"] == []
    assert rows["xxz_1d"]["distribution_ood"]


def test_build_refuses_a_shifted_split_that_is_not_there(tmp_path) -> None:
    rows = {"train": 2, "test": 2, "test_ood": 2}
    with pytest.raises(RequestError, match=r"tfim_1d_wide has no shifted .* --test-ood out"):
        build(BuildSpec("tfim_1d_wide", Size(6), rows, 8, 0), tmp_path / "data")
    assert not (tmp_path / "data").exists()
