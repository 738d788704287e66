"""Protocols of evolutions and of noisy records: their cells, and how summaries set them out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from baselines import protocols
from baselines.contract.point_cells import open_cell
from baselines.contract.protocol import Available, Job, Point
from baselines.running.protocol_run import plan, run_plan
from baselines.running.protocol_scores import score_plan
from baselines.running.protocol_summary import markdown, summarise
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from tests.builders.synthetic import SyntheticFolder, make_folder

TASKS = ("magnetization", "correlation", "renyi2")
CHANNEL = "depolarizing_0.05"


def test_copies_of_every_time_are_fixed_over_splits() -> None:
    found = protocols.load("dynamics").points(Available("quench_tfim_1d_n048", 200, 512, TASKS))
    assert {p.n * p.shots for p in found} == {3_200, 12_800}
    assert all(p.n % 10 == 0 for p in found)
    assert {(p.n, p.shots) for p in found if p.n * p.shots == 3_200} == {
        *((10, 320), (20, 160), (40, 80), (50, 64), (80, 40), (100, 32), (200, 16))
    }
    circuits = protocols.load("dynamics").points(Available("kicked_ising_1d_n048", 60, 512, TASKS))
    assert {p.n for p in circuits} == {6, 12, 24, 30, 48, 60}
    assert not protocols.load("dynamics").points(Available("tfim_1d_n048", 100, 512, TASKS[1:]))


def sibling(name: str, train: int = 100, shots: int = 512) -> Available:
    return Available(name, train, shots, ("correlation",))


def test_noise_is_compared_at_copies_that_all_configs_have() -> None:
    base, other = sibling("tfim_1d_n048"), sibling(f"tfim_1d_n048-{CHANNEL}", 60, 128)
    far = sibling(f"tfim_1d_n016-{CHANNEL}")
    load = protocols.load("noise").points
    both = [
        *load(replace(base, siblings=(other, far))),
        *load(replace(other, siblings=(base, far))),
    ]
    assert {(p.config, p.n, p.shots) for p in both} == {
        ("tfim_1d_n048", 60, 64),
        (f"tfim_1d_n048-{CHANNEL}", 60, 64),
    }
    # Nothing to compare: alone, or other sizes and no channel.
    assert not load(far)
    assert not load(replace(base, siblings=(sibling("tfim_1d_n016"),)))


def test_columns_rise_with_the_noise() -> None:
    protocol = protocols.load("noise")
    jobs = [
        Job(Point(config, "correlation", 60, 64), "shadow", 0)
        for config in ("tfim_1d_n048", f"tfim_1d_n048-{CHANNEL}", "tfim_1d_n048-readout_0.01_0.02")
    ]
    assert {protocol.heading(job) for job in jobs} == {"tfim_1d_n048"}
    columns = [protocol.layout(job)[2] for job in jobs]
    assert columns == ["no noise", "depolarizing 0.05", "readout 0.01 0.02"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """quench_tfim_1d at N = 4 with and without a channel; random labels."""
    base = BuildSpec(
        *("quench_tfim_1d", Size(4), {"train": 100, "test": 20}), shots=64, seed=3, test_seed=13
    )
    return make_folder(tmp_path_factory.mktemp("noisy"), base, replace(base, channel=CHANNEL))


def test_errors_of_times_make_up_that_of_all(data: SyntheticFolder, tmp_path: Path) -> None:
    wanted = plan(
        *("dynamics", data.public, tmp_path),
        models=["train_mean"],
        configs=["quench_tfim_1d_n004"],
        tasks=["magnetization"],
    )
    run_plan(wanted, workers=1)
    score_plan(wanted, data.private, workers=1)
    records = summarise(wanted)
    assert records
    for record in records:
        by_time = record["by_time"]
        np.testing.assert_allclose(by_time["time"], 0.2 * np.arange(1, 11))
        # As many rows of each time; values are told to six digits.
        mean = np.sqrt(np.mean(np.square(by_time["value"])))
        assert record["metrics"]["rmse"]["value"] == pytest.approx(mean, rel=1e-5)
    assert "rmse, t=0.2 |" in markdown(wanted)


def test_channels_stand_side_by_side(data: SyntheticFolder, tmp_path: Path) -> None:
    wanted = plan(
        *("noise", data.public, tmp_path),
        models=["shadow", "readout_mitigation", "train_mean"],
        tasks=["magnetization"],
    )
    run_plan(wanted, workers=1)
    score_plan(wanted, data.private, workers=1)
    told = markdown(wanted)
    assert "| baseline | rmse, no noise | rmse, depolarizing 0.05 |" in told
    # Nobody would undo a channel where there is none.
    (line,) = (line for line in told.splitlines() if line.startswith("| readout_mitigation"))
    assert line.split(" | ")[1] == "-"
    assert not line.split(" | ")[2].startswith("-")
    # What learns from labels does so twice where they can be mitigated.
    raw, mitigated = (
        next(line for line in told.splitlines() if line.startswith(f"| {name} |")).split(" | ")
        for name in ("train_mean", "train_mean mitigated=true")
    )
    assert mitigated[1] == "-" != raw[1]
    assert mitigated[2] != raw[2]


def test_rows_carry_the_channel_of_their_config(data: SyntheticFolder) -> None:
    point = Point(f"quench_tfim_1d_n004-{CHANNEL}", "magnetization", 20, 16)
    cell = open_cell(str(data.public), point)
    assert cell.rows.channel is not None
    assert cell.seen.take(slice(3)).channel is not None
    np.testing.assert_allclose(cell.rows.channel.flips, 2.0 * 0.05 / 3.0)
    assert (
        open_cell(str(data.public), replace(point, config="quench_tfim_1d_n004")).rows.channel
        is None
    )
