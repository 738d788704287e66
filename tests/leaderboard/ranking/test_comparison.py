"""Entries side by side, twins with random tokens, curves and reference lines."""

import math

import numpy as np
import pytest

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.ranking.comparison import Difference, compare, paired_difference, win_rates
from leaderboard.ranking.curves import points
from leaderboard.ranking.randomisation import pairs
from leaderboard.ranking.references import references
from leaderboard.submission.submission import write_submission
from leaderboard.track import EXACT, RANDOM, RANDOM_INPUTS, STANDARD
from tests.leaderboard.answers import answer, cell, exact, metadata, open_season, write

KEY = CellKey("tfim_1d_n008", "correlation", 5, 16)


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


def difference(key: CellKey, first: np.ndarray, second: np.ndarray) -> Difference:
    return paired_difference(key, Losses.of_rows(first), Losses.of_rows(second))


def test_difference_of_constant_errors_has_no_width() -> None:
    # Errors of .2 and .1 in every row: rmse .2 and .1 in every resample.
    found = difference(KEY, np.full(50, 0.04), np.full(50, 0.01))
    assert (found.first, found.second) == pytest.approx((0.2, 0.1))
    value = found.difference
    assert (value.value, value.low, value.high) == pytest.approx((0.1, 0.1, 0.1))
    # Hoeffding's bound of 50 equal differences: 2 exp(-(50 d)² / (2 · 50 d²)) = 2 exp(-25).
    assert found.p == pytest.approx(2 * math.exp(-25))


def test_difference_is_antisymmetric_and_its_interval_covers() -> None:
    """Over 200 draws of 60 rows the 95 % interval holds the true difference about 190 times."""
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        common = rng.exponential(1.0, 60)  # hard rows are hard for both
        one, other = common * rng.uniform(0.8, 1.2, 60), common * rng.uniform(0.6, 1.0, 60)
        found = difference(KEY, one, other)
        held += found.difference.low <= 1.0 - math.sqrt(0.8) <= found.difference.high
    back = difference(KEY, other, one)
    assert back.difference.value == pytest.approx(-found.difference.value)
    assert back.p == found.p
    assert 176 <= held <= 199  # binomial, 4.5 standard deviations of 3.1 below


def test_difference_of_accuracies_has_the_sign_of_accuracy() -> None:
    key = KEY._replace(task="phase")
    wrong, right = np.array([1.0, 0, 0, 0]), np.zeros(4)
    found = difference(key, right, wrong)
    assert (found.metric, found.first, found.second) == ("accuracy", 1.0, 0.75)
    assert found.difference.value == 0.25


def test_entries_are_compared_in_the_cells_of_both(board, synthetic_folder, tmp_path) -> None:
    one = board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1, name="one")).id
    cells = {cell(synthetic_folder): answer(synthetic_folder, shift=0.3)}
    write_submission(tmp_path / "q.parquet", cells, metadata(name="other"))
    other = board.submit(tmp_path / "q.parquet").id
    (found,) = compare(board.store, one, other)
    assert found.key == cell(synthetic_folder)
    assert found.difference.value == pytest.approx(-0.2, abs=1e-6)


def test_p_values_are_adjusted_for_the_cells(board, synthetic_folder, tmp_path) -> None:
    rng = np.random.default_rng(0)
    ids = []
    for name in ("one", "other"):
        cells = {}
        for task in ("correlation", "renyi2"):
            row_id, values, _ = answer(synthetic_folder, task)
            noise = rng.normal(0, 0.1, values.shape).astype(np.float32)
            cells[cell(synthetic_folder, task)] = Answer(row_id, values + noise)
        write_submission(tmp_path / "p.parquet", cells, metadata(name=name))
        ids.append(board.submit(tmp_path / "p.parquet").id)
    found = compare(board.store, *ids)
    plain = []
    for d in found:
        losses, _ = board.store.losses(d.key)
        plain.append(paired_difference(d.key, *(losses[id_] for id_ in ids)).p)
    smaller, larger = sorted(plain)
    assert sorted(d.p for d in found) == pytest.approx([2 * smaller, max(2 * smaller, larger)])


def test_twins_are_found_by_name_authors_and_seed(board, synthetic_folder, tmp_path) -> None:
    for shift, track, changes in (
        (0.1, STANDARD, {"name": "m", "seed": 1}),
        (0.4, RANDOM, {"name": "m", "seed": 1}),
        (0.5, RANDOM_INPUTS, {"name": "m", "seed": 1}),
        (0.2, STANDARD, {"name": "m", "seed": 2}),
        (0.3, RANDOM, {"name": "other", "seed": 1}),
    ):
        path = write(tmp_path / "p.parquet", synthetic_folder, shift, track, **changes)
        board.submit(path)
    found = pairs(board.store, None)
    assert [pair.difference.key.task for pair in found] == ["correlation", "renyi2"]
    measured, random = (board.ranking(*cell(synthetic_folder, track=t)) for t in (STANDARD, RANDOM))
    for pair in found:
        assert (pair.measured.id, pair.random.id) == (measured[0].id, random[1].id)
        assert pair.difference.key.track == STANDARD
        assert pair.difference.difference.value == pytest.approx(0.3, abs=1e-6)


def test_a_submission_can_hold_its_own_twin(board, synthetic_folder, tmp_path) -> None:
    cells = {
        cell(synthetic_folder, track=track): answer(synthetic_folder, shift=shift)
        for track, shift in ((STANDARD, 0.1), (RANDOM, 0.15))
    }
    write_submission(tmp_path / "p.parquet", cells, metadata(name="both"))
    id_ = board.submit(tmp_path / "p.parquet").id
    (pair,) = pairs(board.store, None)
    assert pair.measured.id == pair.random.id == id_
    assert pair.difference.difference.value == pytest.approx(0.05, abs=1e-6)


def test_the_protocol_writes_the_track() -> None:
    from baselines.contract.protocol import Point

    point = Point(*KEY[:4])
    assert (point.key, point.key.track) == (KEY, STANDARD)
    assert Point(*KEY[:4], "random").key == KEY._replace(track=RANDOM)
    assert Point(*KEY[:4], "inputs").key == KEY._replace(track=RANDOM_INPUTS)
    away = Point(*KEY[:4], asked="tfim_1d_n016").key
    assert away == ("tfim_1d_n016", "correlation", 5, 16, "from:tfim_1d_n008")
    assert Point(*KEY[:3], 0).key.track == EXACT


def test_a_track_is_ranked_and_compared_by_itself(board, synthetic_folder, tmp_path) -> None:
    """A control that errs less than every entry stands in no ranking of theirs."""
    ids = {}
    for name, shift, track in (
        ("one", 0.2, STANDARD),
        ("other", 0.3, STANDARD),
        ("one", 0.1, RANDOM),
        ("one", 0.1, "from:tfim_1d_n016"),
    ):
        path = write(tmp_path / "p.parquet", synthetic_folder, shift, track, name=name)
        ids[name, track] = board.submit(path).id
    keys = [cell(synthetic_folder), cell(synthetic_folder, "renyi2")]
    entries = [ids["one", STANDARD], ids["other", STANDARD]]
    assert [row.id for row in board.ranking(*keys[0])] == entries
    assert [row.id for row in board.ranking(*keys[0][:4])] == entries
    assert [row.id for row in board.ranking(*keys[0][:4], RANDOM)] == [ids["one", RANDOM]]
    assert {o.id for o in board.overall(keys)} == set(entries)
    assert [o.id for o in board.overall([k._replace(track=RANDOM) for k in keys])] == [
        ids["one", RANDOM]
    ]
    with pytest.raises(RequestError, match="of 2 tracks: random, standard"):
        board.overall([keys[0], keys[1]._replace(track=RANDOM)])
    assert board.cells(STANDARD) == keys
    assert len(board.cells()) == 6
    transfer = "from:tfim_1d_n016"
    for track, expected in ((STANDARD, 2), (RANDOM, 1), (transfer, 1), (EXACT, 0)):
        values = points(board.store, None, [synthetic_folder.config], "correlation", "rmse", track)
        assert [p.key.track for p in values] == [track] * expected
        assert {line["id"] for batch in board.scores(track=track) for line in batch} == {
            id_ for (_, of), id_ in ids.items() if of == track
        }
    assert len(compare(board.store, *entries)) == 2
    assert compare(board.store, *entries, RANDOM) == []


def test_points_of_a_curve(board, synthetic_folder, tmp_path) -> None:
    cells = {cell(synthetic_folder, n=n): answer(synthetic_folder, shift=0.5 / n) for n in (5, 10)}
    write_submission(tmp_path / "p.parquet", cells, metadata(name="m"))
    id_ = board.submit(tmp_path / "p.parquet").id
    found = points(board.store, None, [synthetic_folder.config], "correlation", "rmse")
    assert [(p.id, p.name, p.key.n) for p in found] == [(id_, "m", 5), (id_, "m", 10)]
    assert [p.value.value for p in found] == pytest.approx([0.1, 0.05], abs=1e-6)
    five = points(board.store, None, [synthetic_folder.config], "correlation", "rmse", n=5)
    assert five == found[:1]
    assert points(board.store, "s1", [synthetic_folder.config], "correlation", "rmse") == []


def test_reference_lines_are_those_of_the_labels(board, synthetic_folder, tmp_path) -> None:
    """Worked out from an entry's skill alone, they are the rmse of the two means."""
    board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1))
    key = cell(synthetic_folder)
    lines = {line.name: line.value for line in references(key, board.ranking(*key))}
    labels = exact(synthetic_folder, "correlation").astype(float)
    off = ~np.eye(8, dtype=bool).ravel()
    oracle = np.sqrt(((labels - labels.mean(axis=0))[:, off] ** 2).mean())
    assert lines["oracle mean"] == pytest.approx(oracle, rel=1e-5)
    _, reference = board.store.losses(key)
    mean = np.sqrt(reference.mean)
    assert lines["train_mean"] == pytest.approx(mean, rel=1e-5)
    assert lines["shadow"] == pytest.approx(math.sqrt(3 / 16))
    assert references(key._replace(task="renyi2"), []) == []


def test_published_numbers() -> None:
    found = tasks.load("correlation").published
    at = {(p.method, p.key): p.value for p in found}
    assert {p.metric for p in found} == {"rmse_entrywise"}
    assert len(at) == len(found) == 7 * 3 * 4 + (4 + 3) * 3 + 3 * 3 + 3
    heisenberg = CellKey("heisenberg_1d_n127", "correlation", 100, 64)
    assert at["Ridge", heisenberg] == 0.0216
    assert at["Ridge", heisenberg._replace(shots=512)] == 0.0119
    assert at["LLM4QPE-F", heisenberg._replace(shots=512)] == 0.0164
    assert at["shadow", heisenberg._replace(n=20)] == 0.2145
    assert at["MLP, 4 layers", heisenberg._replace(n=60)] == 0.0917
    assert at["Lasso", CellKey("tfim_1d_n048", "correlation", 60, 64)] == 0.0322


def test_published_shadows_are_the_closed_form() -> None:
    """Entrywise over all N² entries, the exact diagonal among them: (1 − 1/N) sqrt((3 − C²)/M)."""
    for point in tasks.load("correlation").published:
        if point.method == "shadow":
            sites = int(point.key.config[-3:])
            bound = (1 - 1 / sites) * math.sqrt(3 / point.key.shots)
            assert 0.98 * bound < point.value < 1.005 * bound


def test_stamp_and_heads_follow_the_board(board, synthetic_folder, tmp_path) -> None:
    assert (board.store.version(), board.heads()) == (0, [])
    seen = [0]
    open_season(board, synthetic_folder, "s1", 5)
    seen.append(board.store.version())
    for name in ("a", "b"):
        board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1, name=name))
        seen.append(board.store.version())
    assert seen == sorted(set(seen))
    assert [head.name for head in board.heads()] == ["a", "b"]
    assert [head.name for head in board.heads(offset=1, limit=5)] == ["b"]


def test_wins_are_counted_row_by_row() -> None:
    """Four rows: two won, one lost, one equal."""
    one, other = (Losses.of_rows(np.array(v)) for v in ([1.0, 1.0, 5.0, 2.0], [2.0, 2.0, 1.0, 2.0]))
    assert win_rates([one, other]).tolist() == [[0.5, 0.625], [0.375, 0.5]]
