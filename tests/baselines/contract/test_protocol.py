"""Protocols: every cell once, resumable, and no way past the cell."""

import gc
import json
import mmap
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import baselines
from baselines import protocols
from baselines.commands.protocol import command
from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.point_cells import open_cell
from baselines.contract.pool import Pool
from baselines.contract.protocol import Available, Point, jobs
from baselines.contract.rows import Rows
from baselines.contract.variant import Variant
from baselines.running import protocol_run
from baselines.running.peak_memory import start_peak
from baselines.running.protocol_run import plan, read_record, run_plan
from baselines.running.protocol_scores import paired_difference, score_plan
from baselines.running.protocol_summary import summarise
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from builders.folders import loading
from leaderboard import read_submission
from leaderboard.kinds.errors import RMSE, Errors
from leaderboard.scoring import evaluate
from leaderboard.submission.validate import validate
from tests.builders.synthetic import SyntheticFolder, make_folder

BOTH = ("correlation", "renyi2")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """tfim_1d, N = 6, 40 training and 6 test rows, 128 shots."""
    spec = BuildSpec("tfim_1d", Size(6), {"train": 40, "test": 6}, shots=128, seed=3, test_seed=13)
    return make_folder(tmp_path_factory.mktemp("protocol"), spec)


def points(name: str, train: int = 100, shots: int = 512) -> list[Point]:
    return list(protocols.load(name).points(Available("tfim_1d_n048", train, shots, BOTH)))


def test_names() -> None:
    assert {"budget", "gspe", "noise_free", "qpc", "randomisation"} <= set(protocols.names())
    with pytest.raises(RequestError, match="Did you mean 'gspe'"):
        protocols.load("gsp")


@pytest.mark.parametrize("name", protocols.names())
@pytest.mark.parametrize(("train", "shots"), [(100, 512), (50, 128), (1, 1)])
def test_no_point_asks_for_more_than_there_is(name: str, train: int, shots: int) -> None:
    found = points(name, train, shots)
    assert len(set(found)) == len(found)
    assert all(1 <= p.n <= train and 0 <= p.shots <= shots for p in found)


def test_grids_of_the_study() -> None:
    assert len(points("gspe")) == 2 * 5 * 4
    assert {p.n for p in points("noise_free", train=100_000)} == {
        *(20, 40, 60, 80, 100), *(1_000, 10_000, 100_000)
    }  # fmt: skip
    assert all(p.shots == 0 for p in points("noise_free"))
    pairs = points("randomisation")
    assert {replace(p, tokens="measured") for p in pairs if p.tokens == "random"} == {
        p for p in pairs if p.tokens == "measured"
    }


def test_a_budget_is_spent_wholly() -> None:
    totals = {}
    for p in points("budget"):
        if p.task == "renyi2":
            totals.setdefault(p.n * p.shots, []).append(p.n)
    assert set(totals) == {1_600, 3_200, 6_400, 12_800}
    assert all(len(split) >= 4 for split in totals.values())


def test_models_without_randomness_run_once() -> None:
    models = [Variant(name) for name in ("ridge", "random_forest", "majority")]
    found = jobs([Point("tfim_1d_n008", "renyi2", 1, 1)], models, seeds=3)
    assert [(j.baseline, j.seed) for j in found] == [
        ("ridge", 0),
        *(("random_forest", s) for s in range(3)),
    ]
    assert len({j.name for j in found}) == 4


def test_random_tokens_are_uniform_and_the_same_for_all(data: SyntheticFolder) -> None:
    point = Point(data.config, "correlation", 40, 128, tokens="random")
    first, second = (open_cell(str(data.public), point) for _ in range(2))
    assert np.array_equal(first.shots, second.shots)
    assert np.array_equal(first.rows.shots, second.rows.shots)
    measured = open_cell(str(data.public), replace(point, tokens="measured"))
    assert np.array_equal(first.parameters, measured.parameters)
    # 5/6 of the tokens change; 40·128·6 of them, four standard errors.
    assert abs(np.mean(first.shots != measured.shots) - 5 / 6) < 4 * np.sqrt(5 / 36 / 30720)
    counts = np.bincount(first.shots.ravel(), minlength=6) / first.shots.size
    np.testing.assert_allclose(counts, 1 / 6, atol=4 * np.sqrt(5 / 36 / 30720))


def test_a_noise_free_cell_holds_exact_labels_and_no_shots(data: SyntheticFolder) -> None:
    cell = open_cell(str(data.public), Point(data.config, "correlation", 7, 0))
    exact = data.splits["train"]["correlation"][:7].reshape(7, -1)
    assert np.array_equal(cell.labels, exact)
    assert cell.shots.shape == (7, 0, 6)
    assert cell.rows.shots.shape == (6, 0, 6)
    assert cell.key.shots == 0


def test_exact_labels_that_are_not_numbers_are_refused(
    data: SyntheticFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leaderboard.kinds.regression import Regression

    broken = np.full((40, 36), np.nan)
    monkeypatch.setattr(Regression, "labels", lambda *_: broken)
    with pytest.raises(RequestError, match=r"40 training rows is not finite, first row 0"):
        Cell.open(data.public, data.config, "correlation", 5, None)


def reachable(start: object) -> Iterator[object]:
    """Everything that can be had from an object, code and modules aside."""
    seen: set[int] = set()
    stack = [start]
    while stack:
        one = stack.pop()
        if id(one) in seen or isinstance(one, ModuleType | type) or callable(one):
            continue
        seen.add(id(one))
        yield one
        stack += gc.get_referents(one)
        if isinstance(one, np.ndarray) and one.base is not None:
            stack.append(one.base)


class Spy(Baseline):
    """Takes all it can get from what it is given."""

    title = "Spy"
    taken: list[object]

    def _fit(self, cell: Cell) -> None:
        type(self).taken = list(reachable(cell))
        self._length_of = cell.task.length(cell.size)

    def _predict(self, rows: Rows) -> np.ndarray:
        type(self).taken += list(reachable(rows))
        return np.zeros((len(rows), self._length_of))


def test_a_model_cannot_read_past_its_cell(
    data: SyntheticFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = baselines.load
    monkeypatch.setattr(baselines, "load", lambda name: Spy if name == "spy" else load(name))
    wanted = plan("gspe", data.public, tmp_path, models=["spy"], tasks=["correlation"])
    run_plan(wanted, workers=1)
    last = wanted.jobs[-1].point
    assert (last.n, last.shots) == (20, 64)
    text = [x for x in Spy.taken if isinstance(x, str | bytes | Path)]
    assert text  # names of parameters and tasks: the walk went somewhere
    assert not [x for x in text if str(data.public) in str(x)]
    arrays = [x for x in Spy.taken if isinstance(x, np.ndarray)]
    train, test = data.splits["train"], data.splits["test"]
    kept = {"train": train["shots"][:20, :64], "test": test["shots"][:, :64]}
    assert any(np.array_equal(x, kept["train"]) for x in arrays)
    # Rows past n, shots past M and exact labels are nowhere, in no shape.
    for hidden in (
        train["shots"][20],
        train["shots"][0, 64:],
        test["shots"][0, 64:],
        train["parameters"][20],
        train["correlation"][0, 0, 1:],
        test["correlation"][0, 0, 1:],
    ):
        assert not [x for x in arrays if contains(x, hidden)]
        assert not [x for x in Spy.taken if isinstance(x, bytes) and hidden.tobytes() in x]
    assert contains(train["shots"], train["shots"][20])  # the search finds what is there


def contains(array: np.ndarray, part: np.ndarray) -> bool:
    kind = np.promote_types(array.dtype, part.dtype) if array.dtype.kind in "fiu" else None
    if kind is None or array.size < part.size:
        return False
    return part.astype(kind).tobytes() in np.ascontiguousarray(array, dtype=kind).tobytes()


def test_inputs_are_read_only(data: SyntheticFolder) -> None:
    """A cell is kept for the next baseline: writing into it fails at once."""
    cell = open_cell(str(data.public), Point(data.config, "correlation", 4, 64))
    with pytest.raises(ValueError, match="read-only"):
        cell.labels[0, 0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        cell.shots[:] = 0


def test_a_killed_run_goes_on(
    data: SyntheticFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = plan("gspe", data.public, tmp_path, models=["train_mean", "shadow"])
    assert len(wanted.jobs) == 2 * 2 * 2 * 2
    real, ran = protocol_run.answer, []

    def dies(name: str, cell: Cell, seed: int, *rest: Any) -> Any:
        ran.append(name)
        if len(ran) == 6:
            raise KeyboardInterrupt
        return real(name, cell, seed, *rest)

    monkeypatch.setattr(protocol_run, "answer", dies)
    with pytest.raises(KeyboardInterrupt):
        run_plan(wanted, workers=1)
    assert sum(map(wanted.is_done, wanted.jobs)) == 5
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("*.json")}
    assert run_plan(wanted, workers=1) == 11
    assert all(p.stat().st_mtime_ns == then for p, then in kept.items())
    assert run_plan(wanted, workers=1) == 0
    assert not list(tmp_path.rglob("*partial*"))


def test_results_of_other_data_are_not_taken_over(data: SyntheticFolder, tmp_path: Path) -> None:
    wanted = plan("gspe", data.public, tmp_path, models=["train_mean"])
    run_plan(wanted, workers=1)
    spec = replace(data.spec, seed=4)
    other = make_folder(tmp_path / "other", spec)
    again = plan("gspe", other.public, tmp_path, models=["train_mean"])
    assert not any(map(again.is_done, again.jobs))
    with pytest.raises(RequestError, match="different builds"):
        score_plan(wanted, other.private, workers=1)


def test_answers_are_ordinary_submissions_with_the_public_score(
    data: SyntheticFolder, tmp_path: Path
) -> None:
    wanted = plan("gspe", data.public, tmp_path, models=["ridge"], tasks=["renyi2"])
    run_plan(wanted, workers=1)
    score_plan(wanted, data.private, workers=1)
    for job in wanted.jobs[:2]:
        submission = read_submission(wanted.folder.submission(job))
        validate(submission, data.public)
        (report,) = evaluate.evaluate(submission, data.public, data.private)
        found = read_record(wanted.folder.score(job))["metrics"]
        assert list(found) == list(report.report.metrics)
        for name, value in report.report.metrics.items():
            assert found[name]["value"] == pytest.approx(value.value)


def test_a_refusal_is_a_result(data: SyntheticFolder, tmp_path: Path) -> None:
    wanted = plan("noise_free", data.public, tmp_path, models=["shadow", "train_mean"])
    run_plan(wanted, workers=1)
    score_plan(wanted, data.private, workers=1)
    records = summarise(wanted)
    refused = [r for r in records if "refused" in r]
    assert {r["baseline"] for r in refused} == {"shadow"}
    assert all("noise-free cell has none" in r["refused"] for r in refused)
    exact = data.splits["train"]["renyi2"][:20].mean(axis=0)
    labels = data.splits["test"]["renyi2"]
    mean = next(
        r for r in records if (r["baseline"], r["task"], r["n"]) == ("train_mean", "renyi2", 20)
    )
    assert mean["shots"] == 0
    assert mean["metrics"]["rmse"]["value"] == pytest.approx(
        np.sqrt(np.mean((exact - labels) ** 2))
    )
    assert "exact training labels" in (wanted.folder.home / "summary.md").read_text()


def test_phases_are_scored_by_name(tmp_path: Path) -> None:
    """qpc: the classes of the test rows come back from the file as they were written."""
    spec = BuildSpec(
        "xxz_1d_critical", Size(6), {"train": 20, "test": 9}, shots=64, seed=1, test_seed=11
    )
    folder = make_folder(tmp_path, spec)
    with pytest.raises(RequestError, match=r"one for ridge\. ridge does .* phase is a "):
        plan("qpc", folder.public, tmp_path, models=["majority", "ridge"])
    wanted = plan("qpc", folder.public, tmp_path, models=["majority", "shadow_kernel_svm"])
    run_plan(wanted, workers=1)
    score_plan(wanted, folder.private, workers=1)
    train, test = (folder.splits[split]["phase"] for split in ("train", "test"))
    mode = np.bincount(train).argmax()
    found = {r["baseline"]: r["metrics"]["accuracy"]["value"] for r in summarise(wanted)}
    assert found["majority"] == pytest.approx(np.mean(test == mode))


def test_paired_difference_by_hand() -> None:
    """Errors 3 and 1 on every row: the difference is 2 in every resample."""
    labels = np.zeros((10, 4))
    scored = np.ones(4, dtype=bool)
    first, second = (Errors.of(labels + x, labels, scored) for x in (3.0, 1.0))
    found = paired_difference(RMSE, first, second)
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 2.0, 2.0))


def test_paired_interval_is_narrower_than_that_of_one() -> None:
    """The part of the error that both share drops out: 3x − x of one hard row in ten."""
    labels = np.zeros((50, 1))
    hard = np.linspace(0.0, 1.0, 50)[:, None]
    scored = np.ones(1, dtype=bool)
    pair = [Errors.of(labels + hard + x, labels, scored) for x in (0.1, 0.0)]
    found = paired_difference(RMSE, pair[0], pair[1])
    alone = paired_difference(RMSE, pair[0], Errors.of(labels, labels, scored))
    assert found.high - found.low < 0.2 * (alone.high - alone.low)
    assert found.low > 0


def test_peak_memory_sees_an_allocation_and_forgets_it() -> None:
    peak = start_peak()
    before = peak()
    # 64 MiB of new pages: an array may be given memory that this process already holds.
    with mmap.mmap(-1, 2**26) as block:
        np.frombuffer(block, dtype=np.uint8)[:] = 1
        assert peak() - before > 48
    if sys.platform == "linux":
        assert start_peak()() < before + 32


def test_command(data: SyntheticFolder, tmp_path: Path) -> None:
    arguments = ["randomisation", "--data", str(data.public), "--private", str(data.private)]
    arguments += ["--out", str(tmp_path), "--baseline", "train_mean", "--baseline", "shadow"]
    done = CliRunner().invoke(command, [*arguments, "--workers", "1", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    # Both tasks, M = 64 alone; measured and random tokens for both baselines, random inputs for
    # the one that has inputs.
    assert found["new"] == len(found["jobs"]) == 2 * (2 + 2 + 1)
    assert all("difference" in j for j in found["jobs"] if j["tokens"] != "measured")
    text = (tmp_path / "randomisation" / "summary.md").read_text()
    assert "M = 64, random tokens" in text
    again = CliRunner().invoke(command, [*arguments, "--workers", "1"])
    assert "0 of them new" in again.output


@pytest.mark.slow
def test_processes_give_the_same_answers(data: SyntheticFolder, tmp_path: Path) -> None:
    predictions = []
    for workers in (1, 2):
        out = tmp_path / str(workers)
        wanted = plan("gspe", data.public, out, models=["ridge", "random_forest"])
        run_plan(wanted, workers=workers)
        predictions.append(
            [read_submission(wanted.folder.submission(j)).predictions_sha256 for j in wanted.jobs]
        )
    assert predictions[0] == predictions[1]


def test_a_config_is_read_once_for_all_cells_and_again_when_built_anew(
    data: SyntheticFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, read, load = Pool(), [], loading.load
    monkeypatch.setattr(loading, "load", lambda *a, **k: read.append(k) or load(*a, **k))
    points = [Point(data.config, "correlation", 7, m) for m in (64, 32, 16)]
    cells = [open_cell(str(data.public), point, pool) for point in points]
    assert [k["splits"] for k in read if k["splits"]] == [("train",), ("test",)]
    (data.public / "manifest.json").touch()
    again = [open_cell(str(data.public), point, pool) for point in points]
    assert [k["splits"] for k in read if k["splits"]] == [("train",), ("test",)] * 2
    for point, one, two in zip(points, cells, again, strict=True):
        alone = Cell.open(data.public, data.config, point.task, point.n, point.shots)
        for cell in (one, two):
            assert cell.shots.base is None  # no way from the cell to what is kept
            assert np.array_equal(cell.shots, alone.shots)
            assert np.array_equal(cell.labels, alone.labels)
            assert np.array_equal(cell.rows.shots, alone.rows.shots)
