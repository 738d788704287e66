"""The build runner: the same bytes whatever the workers, the row counts or the interruptions."""

import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders import families, load
from builders.building import build as build_module
from builders.building.blocks import RowBlock, make_block, rebuild_rows
from builders.building.build import build
from builders.core.errors import RequestError, WorkError
from builders.core.names import Size
from builders.dataset.spec import VARIANCE_LIMIT, BuildSpec
from builders.folders.verify import verify_folder, verify_rows
from builders.physics.hamiltonian_family import HamiltonianFamily
from tests.paths import ROOT

BLOCK = families.load("heisenberg_1d").block(Size(6))
TRAIN = BLOCK + 10  # a whole block and a part of one


TEST_SEED = 3_141_592_653_589_793  # of the rows with hidden labels


def spec(train: int = TRAIN, test: int = 10, shots: int = 8, seed: int = 0) -> BuildSpec:
    rows = {"train": train, "test": test}
    return BuildSpec("heisenberg_1d", Size(6), rows, shots, seed, test_seed=TEST_SEED)


def data_hashes(folder: Path) -> dict[str, str]:
    """Hash of every data file, and of what else must not change from build to build."""
    found = sorted(folder.rglob("*.parquet"))
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "data"
    build(spec(), out, workers=1)
    return out


def test_built_folder_passes_all_checks(built: Path) -> None:
    assert verify_folder(built).problems == ()
    assert verify_folder(built.with_name("data-private")).problems == ()
    dataset = load(built, "heisenberg_1d_n006")
    assert dataset["train"]["shots"].shape == (TRAIN, 8, 6)
    assert "correlation" not in dataset["test"]
    certificate = dataset.manifest.configs[dataset.config].certificate
    assert 0 <= certificate["relative_variance_max"] < 1e-9
    assert not list(built.parent.glob(".data-building"))


def test_two_runs_and_two_workers_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    build(spec(), tmp_path / "data", workers=2)
    for name in ("data", "data-private"):
        assert data_hashes(tmp_path / name) == data_hashes(built.with_name(name))


def test_rows_do_not_depend_on_how_many_there_are(built: Path, tmp_path: Path) -> None:
    build(spec(train=7, test=3), tmp_path / "data", workers=1)
    few = load(tmp_path / "data", "heisenberg_1d_n006")
    many = load(built, "heisenberg_1d_n006")
    for split, columns in few.splits.items():
        for name, values in columns.items():
            assert np.array_equal(values, many[split][name][: len(values)]), name


def test_another_seed_gives_other_rows(built: Path) -> None:
    rows = make_block(spec(seed=1), RowBlock("train", 0))
    first = load(built, "heisenberg_1d_n006")["train"]["parameters"][0]
    assert not np.array_equal(rows["parameters"][0], first)


def test_more_shots_begin_with_the_same_shots(built: Path) -> None:
    more = make_block(spec(shots=20), RowBlock("train", 0))
    stored = load(built, "heisenberg_1d_n006")["train"]["shots"][:BLOCK]
    assert np.array_equal(more["shots"][:, :8], stored)


def test_rows_are_rebuilt_bit_for_bit(built: Path) -> None:
    assert verify_rows(built, "heisenberg_1d_n006", 5, rebuild_rows).problems == ()
    rows = rebuild_rows(spec(), "test", [1_000_003, 1_000_001])
    assert rows["row_id"].tolist() == [1_000_003, 1_000_001]


def test_killed_build_resumes_to_the_same_bytes(built: Path, tmp_path: Path) -> None:
    script = f"""
import time
from pathlib import Path
from builders.building import build as b
from builders.core.names import Size
from builders.dataset.spec import BuildSpec

real = b.make_block

def slow(*a, **k):
    rows = real(*a, **k)
    print("block", flush=True)
    time.sleep(0.3)
    return rows

b.make_block = slow
rows = dict(train={TRAIN}, test=10)
spec = BuildSpec("heisenberg_1d", Size(6), rows, 8, 0, test_seed={TEST_SEED})
b.build(spec, Path({str(tmp_path / "data")!r}), workers=1)
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
    ) as child:
        assert child.stdout is not None
        for _ in range(2):  # the second block is solved: the first one's checkpoint is written
            assert child.stdout.readline() == b"block\n"
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert not (tmp_path / "data").exists()
    kept = list((tmp_path / ".data-building").rglob("*.npz"))
    assert len(kept) == 1
    solved: list[RowBlock] = []
    real = build_module.make_block

    def counted(what: BuildSpec, block: RowBlock, **given: Any) -> dict[str, np.ndarray]:
        solved.append(block)
        return real(what, block, **given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_module, "make_block", counted)
        build(spec(), tmp_path / "data", workers=1, resume=True)
    assert solved == [RowBlock("train", 1), RowBlock("test", 0)]
    assert data_hashes(tmp_path / "data") == data_hashes(built)


def test_a_row_above_the_variance_limit_stops_the_build(tmp_path: Path) -> None:
    exact = replace(spec(), variance_limit=1e-12, bond=2)
    with pytest.raises(WorkError, match="above the limit of 1e-12"):
        build(exact, tmp_path / "data", workers=1)
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_a_bond_of_ones_own_is_kept_and_verified(tmp_path: Path) -> None:
    usual = BuildSpec("xxz_1d", Size(12), {"train": 3}, 4, 0)
    loose = replace(usual, variance_limit=1e-2, bond=6)
    for name, asked in (("usual", usual), ("loose", loose)):
        build(asked, tmp_path / name, workers=1)
    folders = (tmp_path / "usual", tmp_path / "loose")
    entries = [load(x, usual.config).manifest.configs[usual.config] for x in folders]
    assert [entry.spec for entry in entries] == [usual, loose]
    assert [entry.tolerances["bond"] for entry in entries] == [40, 6]
    exact, rough = (entry.certificate["relative_variance_max"] for entry in entries)
    assert exact < VARIANCE_LIMIT < rough < loose.variance_limit
    told = ["less exact than usual" in (x / "README.md").read_text("utf-8") for x in folders]
    assert told == [False, True]
    assert verify_rows(tmp_path / "loose", usual.config, 2, rebuild_rows).problems == ()


def test_a_solver_stuck_in_another_state_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HamiltonianFamily, "exact_energy", lambda *_: -1.0)
    # A lattice is solved row by row: one is solved again and again, not a block of them.
    one = BuildSpec("heisenberg_2d", Size.parse("2x2"), {"train": 1}, 4, 0)
    with pytest.raises(WorkError, match="closed form"):
        build(one, tmp_path / "data", workers=1)


def test_bad_requests(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="workers 0"):
        build(spec(), tmp_path / "data", workers=0)
    with pytest.raises(RequestError, match="at most 1024 sites"):
        build(BuildSpec("tfim_1d", Size(2000), {"train": 1}, 1, 0), tmp_path / "data")
    with pytest.raises(RequestError, match="Did you mean 'torch'"):
        build(spec(), tmp_path / "data", solver="torhc")
    for wrong in ({"train": 0}, {"train": -1}, {"valid": 3}):
        with pytest.raises(RequestError):
            BuildSpec("tfim_1d", Size(4), wrong, 1, 0)
    for shots, seed in ((0, 0), (70_000, 0), (1, -1), (1, 2**63)):
        with pytest.raises(RequestError):
            BuildSpec("tfim_1d", Size(4), {"train": 1}, shots, seed)
    for limit, bond in ((0.0, 8), (1.0, 8), (float("nan"), None), (1e-3, 1), (1e-3, 5000)):
        with pytest.raises(RequestError, match="allowed are"):
            BuildSpec("tfim_1d", Size(4), {"train": 1}, 1, 0, limit, bond)
    with pytest.raises(RequestError, match="say with --variance-limit"):
        BuildSpec("tfim_1d", Size(4), {"train": 1}, 1, 0, bond=8)
    with pytest.raises(RequestError, match=r"toric_code are made \(stabilizer\)"):
        build(BuildSpec("toric_code", Size(32), {"train": 1}, 1, 0, 1e-3), tmp_path / "data")
