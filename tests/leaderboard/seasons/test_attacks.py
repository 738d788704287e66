"""Attacks on a season through the board: what one account gains that sends files to every cell."""

import numpy as np
import pytest

from benchmarks.attacks import Arena, arena, climbing, energy_file, informed, uninformed
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard.cells import Answer
from leaderboard.seasons import ladder, seasons
from tests.builders.synthetic import SPEC, make_folder

ROWS = 60


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    rows = {"train": 12, "test": ROWS}
    spec = BuildSpec("tfim_1d", Size(8), rows, shots=32, seed=7, test_seed=SPEC.test_seed)
    return make_folder(tmp_path_factory.mktemp("attacked"), spec)


@pytest.fixture
def target(data):
    test = data.splits["test"]
    labels = test["correlation"].reshape(ROWS, -1).astype(np.float64)
    with arena(data.public, data.config, labels, test["row_id"]) as found:
        yield found


def check(target: Arena, final: np.ndarray, best: np.ndarray) -> None:
    """Less than .5 % on the rows that are scored live, where the same probes gain twice as much and
    more if every score is told, and on the others what chance gives: a step that knows nothing of
    them can only add to their errors.
    """
    live, hidden = target.gains(final, best)
    print(f"{target.files=} {target.told_scores=} {live=:.4f} {hidden=:.4f}")
    assert live < 0.005
    assert hidden < 0.005


def test_one_account_with_every_cell_and_task_gains_nothing(target) -> None:
    final, best, _ = uninformed(target, np.random.default_rng(1), 14)
    assert target.told_scores <= ladder.MOST_TOLD
    check(target, final, best)


def test_an_energy_file_tells_no_row(target) -> None:
    """Errors of a size a row would tell which rows are scored, were every size told."""
    told = energy_file(target)
    values = list(told.values())
    keys = list(told)
    huge = Answer(target.row_id, np.full((ROWS, 1), 1e6, dtype=np.float32))
    other = target.send(dict.fromkeys(keys, huge), "mallory")
    assert values == list(other.values())  # both as a constant answer


def test_each_task_has_a_half_of_its_own(target) -> None:
    halves = [
        target.season.chosen(live=True)(target.cells[0].config, task, target.row_id)
        for task in ("energy", "correlation")
    ]
    assert [half.sum() for half in halves] == [ROWS // 2] * 2
    # Two random halves share half their rows, 15 ± 2; eight is four deviations.
    assert abs(int((halves[0] & halves[1]).sum()) - ROWS // 4) < 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_files_gain_no_more(target, seed) -> None:
    final, best, _ = uninformed(target, np.random.default_rng(seed), 80)
    check(target, final, best)


@pytest.mark.slow
@pytest.mark.parametrize("attack", [climbing, lambda a, rng, files: informed(a, rng, files, 1)])
def test_adaptive_blends_of_one_account_gain_nothing(target, attack) -> None:
    final, best, _ = attack(target, np.random.default_rng(1), 60)
    assert target.gains(final, best)[0] < 0.02


@pytest.mark.slow
def test_were_all_scores_told_the_same_probes_would_gain(data, monkeypatch) -> None:
    """Else the tests above would show nothing."""
    monkeypatch.setattr(seasons, "_new_salt", lambda: "5a" * 32)
    monkeypatch.setattr(ladder, "climbs", lambda *_: True)
    monkeypatch.setattr(ladder, "coarse", lambda value, _step=0.0: value)
    monkeypatch.setattr("benchmarks.attacks.GRID", 1e-6)
    test = data.splits["test"]
    labels = test["correlation"].reshape(ROWS, -1).astype(np.float64)
    with arena(data.public, data.config, labels, test["row_id"]) as open_:
        final, best, _ = uninformed(open_, np.random.default_rng(1), 200)
        assert open_.gains(final, best)[0] > 0.01
