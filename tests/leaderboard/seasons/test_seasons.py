"""Seasons, the log, flags: what a board does that is to be trusted."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import text

import qslbench
from builders.core.errors import RequestError, WorkError
from leaderboard.board.service import Board
from leaderboard.cells import Answer
from leaderboard.kinds.floor import statistical_floor
from leaderboard.scoring.ledger import Ledger, below_floor
from leaderboard.seasons import ladder, seasons
from leaderboard.seasons.halves import label_hash, public_half
from leaderboard.submission.metadata import Resources
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import SPEC, make_folder
from tests.leaderboard.answers import answer, cell, exact, metadata, open_season, submit, write
from tests.paths import GOLDEN

IDS = 1_000_000 + np.arange(201)


def test_the_public_half_is_half_and_hangs_on_the_salt_alone() -> None:
    public = public_half("salt", "tfim_1d_n008", IDS)
    assert public.sum() == 101
    mixed = np.random.default_rng(0).permutation(201)
    assert np.array_equal(public_half("salt", "tfim_1d_n008", IDS[mixed]), public[mixed])
    for other in (("other", "tfim_1d_n008"), ("salt", "tfim_1d_n012")):
        # Two random halves agree on half the rows; 201 coins deviate by 7.
        assert abs((public_half(*other, IDS) == public).sum() - 100) < 30
    one, another = (
        public_half("salt", "tfim_1d_n008", IDS, task=task) for task in ("energy", "renyi2")
    )
    for first, second in ((one, another), (one, public)):
        assert abs((first == second).sum() - 100) < 30


def test_an_evolution_is_drawn_whole() -> None:
    ids = 1_000_000 + np.arange(80)
    public = public_half("salt", "walk_n004", ids, together=4)
    of_evolutions = public.reshape(20, 4)
    assert (of_evolutions == of_evolutions[:, :1]).all()
    assert of_evolutions[:, 0].sum() == 10
    mixed = np.random.default_rng(0).permutation(80)
    assert np.array_equal(public_half("salt", "walk_n004", ids[mixed], 4), public[mixed])


def test_the_half_of_independent_rows_stays_what_it_was() -> None:
    """Stored seasons hang on it: the smaller half of the digests, written out here."""
    ids = [1_000_000, 1_000_001, 1_000_002, 1_000_003]
    digests = [hashlib.sha256(f"s|c_n008|{k}".encode()).hexdigest() for k in ids]
    expected = [digest in sorted(digests)[:2] for digest in digests]
    assert public_half("s", "c_n008", np.array(ids)).tolist() == expected


def test_label_hash_changes_with_every_label_and_with_the_salt(synthetic_folder, tmp_path) -> None:
    first = label_hash(synthetic_folder.private, "a")
    assert first == label_hash(synthetic_folder.private, "a")
    assert first != label_hash(synthetic_folder.private, "b")
    other = make_folder(tmp_path / "other", replace(SPEC, test_seed=2**62))
    assert first != label_hash(other.private, "a")


def test_a_season_from_its_opening_to_its_close(board, synthetic_folder, tmp_path) -> None:
    path = tmp_path / "p.parquet"
    key = cell(synthetic_folder)
    season = open_season(board, synthetic_folder, "2026", 5)
    assert season.to_json()["salt"] is None
    assert season.label_hash == label_hash(synthetic_folder.private, season.salt)
    with pytest.raises(RequestError, match="'2026' is still open"):
        open_season(board, synthetic_folder, "2027", 5)
    first = submit(board, synthetic_folder, path, 0.2)
    live = first.scores[key]["rmse"]
    assert live.value == pytest.approx(ladder.coarse(0.2))
    # 2 % better is no improvement that is told; 50 % is. Another account starts anew.
    held = submit(board, synthetic_folder, path, 0.196)
    assert held.scores[key]["rmse"].value is None
    assert held.scores[key]["rmse"].note.startswith("held back")
    better = submit(board, synthetic_folder, path, 0.1)
    other = submit(board, synthetic_folder, path, 0.23, account="bob")
    # One rank an account, from what was told, and nothing beside it.
    rows = board.ranking(*key)
    assert [(row.rank, row.id) for row in rows] == [(1, better.id), (2, other.id)]
    told = rows[1]
    assert (told.score.low, told.score.high, told.p_above, told.resolvable) == (None,) * 4
    assert set(told.details) == {"ledger"}
    assert [n for n, value in told.metrics.items() if value.value is not None] == ["rmse"]
    assert [(o.id, o.mean_skill.value, o.mean_rank.value) for o in board.overall([key])] == [
        (better.id, None, 1.0), (other.id, None, 2.0),
    ]  # fmt: skip

    closed = board.close_season()
    assert closed.to_json()["salt"] == season.salt
    rows = board.ranking(*key)
    assert [row.id for row in rows] == [better.id, other.id]
    assert [row.score.value for row in rows] == pytest.approx([0.1, 0.23], abs=1e-6)
    scores = board.submission(held.id).scores[key]
    assert scores["rmse"].value == pytest.approx(0.196, abs=1e-6)
    assert first.id not in [row.id for row in rows]
    assert board.submission(held.id).scores[key]["rmse"].note == ""
    with pytest.raises(RequestError, match="season 2026 is closed"):
        submit(board, synthetic_folder, path, 0.05)
    with pytest.raises(RequestError, match="no season is open"):
        board.close_season()
    with pytest.raises(RequestError, match="whose labels are known now"):
        open_season(board, synthetic_folder, "2027", 5)
    kinds = [entry["kind"] for entry in board.log()]
    assert kinds == ["season opened", *["accepted"] * 4, "season closed", "refused"]


def test_the_ladder_goes_by_cell_and_its_limit_by_config(board, synthetic_folder, tmp_path) -> None:
    """Each cell has a best entry of its own; all cells and tasks of a config have the same rows."""
    tracks = ("random", "from:tfim_1d_n016", "from:tfim_1d_n012")
    more = [cell(synthetic_folder, track=track) for track in tracks]
    open_season(board, synthetic_folder, "2026", 9, *more, told=3)

    def released(shift: float, track: str, task: str = "correlation") -> bool:
        key = cell(synthetic_folder, task, track=track)
        write_submission(
            tmp_path / "p.parquet", {key: answer(synthetic_folder, task, shift)}, metadata()
        )
        return board.submit(tmp_path / "p.parquet").scores[key]["rmse"].value is not None

    assert released(0.2, "standard")
    assert released(0.3, "random")
    assert not released(0.297, "random")
    assert released(0.31, "from:tfim_1d_n016", "correlation")
    assert not released(0.01, "standard")  # the fourth score of these labels
    assert not released(0.01, "standard", "renyi2")  # of the same rows
    assert not released(0.32, "from:tfim_1d_n012")
    assert board.log()[1]["tracks"] == ["standard"]
    assert board.log()[-1]["tracks"] == ["from:tfim_1d_n012"]


def test_near_duplicates_are_looked_for_in_one_track(board, synthetic_folder, tmp_path) -> None:
    for name, track in (("first", "standard"), ("twin", "random"), ("copy", "standard")):
        submit(board, synthetic_folder, tmp_path / "p.parquet", 0.2, name=name, track=track)
    keys = [cell(synthetic_folder, track=track) for track in ("standard", "random")]
    first, copy = board.ranking(*keys[0])
    (twin,) = board.ranking(*keys[1])
    assert "near_duplicates" not in twin.details
    assert copy.details["near_duplicates"] == [first.id]


def test_energies_below_the_ground_state_are_counted_at_the_close_alone(
    board, synthetic_folder, tmp_path
) -> None:
    """How many rows lie below is a measurement of the labels, finer than the score."""
    season = open_season(board, synthetic_folder, "2026", 5)
    key = cell(synthetic_folder, "energy")
    path = tmp_path / "p.parquet"
    write_submission(path, {key: answer(synthetic_folder, "energy", -1.0)}, metadata())
    board.submit(path)
    (live,) = board.ranking(*key)
    assert "violations" not in live.details
    assert live.violations is None
    board.close_season()
    hidden = ~season.chosen(live=True)(
        key.config, key.task, synthetic_folder.splits["test"]["row_id"]
    )
    (row,) = board.ranking(*key)
    assert row.details["violations"] == {"below_ground_state": hidden.sum()}


def test_a_season_of_phases(phase_folder, tmp_path, monkeypatch) -> None:
    """Classes are compared by rows that are wrong; shares are told by their distance from 1."""
    # One whose public half holds both classes, which about 8 % of salts do not: there the constant
    # answer makes no error.
    monkeypatch.setattr(seasons, "_new_salt", lambda: "5b" * 32)
    board = Board.open(tmp_path / "board", phase_folder.public)
    key = cell(phase_folder, "phase", shots=4)
    season = board.open_season("s", 5, cells=[key])
    row_id, names = phase_folder.splits["test"]["row_id"], exact(phase_folder, "phase")
    other = {name: next(n for n in np.unique(names) if n != name) for name in np.unique(names)}
    public = season.chosen(live=True)(key.config, key.task, row_id)
    wrong = np.flatnonzero(public)[:2]
    given = names.copy()
    given[wrong] = [other[name] for name in names[wrong]]
    for name, answers in (("two wrong", given), ("right", names)):
        write_submission(tmp_path / "p.parquet", {key: (row_id, answers)}, metadata(name=name))
        board.submit(tmp_path / "p.parquet", account=name)
    rows = board.ranking(*key)
    assert [row.name for row in rows] == ["right", "two wrong"]
    assert rows[0].score.value == 1.0
    # Two wrong of five are no better than the one class that is wrong once, and told as that.
    shares = [ladder.coarse_share(k / public.sum(), int(public.sum())) for k in (1, 2)]
    assert rows[1].score.value == pytest.approx(1 - min(shares))
    assert rows[1].rank == 2  # by the told values; the close tests them
    assert len(board.overall([key])) == 2
    board.close_season()
    assert [row.score.value for row in board.ranking(*key)] == [1.0, 1.0]
    assert [row.rank for row in board.ranking(*key)] == [1, 1]
    board.close()


def test_the_two_halves_are_scored_apart(board, synthetic_folder, tmp_path) -> None:
    """Right on the public rows and wrong on the others: the close shows it."""
    season = open_season(board, synthetic_folder, "s", 5)
    key = cell(synthetic_folder, "renyi2")
    given = answer(synthetic_folder, "renyi2")
    public = season.chosen(live=True)(key.config, key.task, given.row_id)
    values = np.where(public[:, None], given.prediction + 0.1, given.prediction + 0.7)
    path = tmp_path / "p.parquet"
    write_submission(path, {key: Answer(given.row_id, values)}, metadata())
    receipt = board.submit(path)
    assert receipt.scores[key]["rmse"].value == pytest.approx(ladder.coarse(0.1))
    board.close_season()
    assert board.ranking(*key)[0].score.value == pytest.approx(0.7, abs=1e-6)


def test_every_valid_file_counts(board, synthetic_folder, tmp_path) -> None:
    path = tmp_path / "p.parquet"
    open_season(board, synthetic_folder, "s", 2)
    submit(board, synthetic_folder, path, 0.2)
    submit(board, synthetic_folder, path, 0.3)  # held back, and counts
    with pytest.raises(RequestError, match="has submitted 2 files in season s; 2 are allowed"):
        submit(board, synthetic_folder, path, 0.1)
    submit(board, synthetic_folder, path, 0.1, account="bob")
    assert len(board.submissions()) == 3
    (refusal,) = [entry for entry in board.log() if entry["kind"] == "refused"]
    assert refusal["account"] == "ada"
    for cap, name in ((0, "t"), (1, "a/b")):
        with pytest.raises(RequestError, match=r"at least 1 file|letters, digits"):
            board.open_season(name, cap)


def test_a_changed_log_is_seen(board, synthetic_folder, tmp_path) -> None:
    for shift in (0.1, 0.2, 0.3):
        submit(board, synthetic_folder, tmp_path / "p.parquet", shift)
    assert [entry["number"] for entry in board.log()] == [1, 2, 3]
    with board.store.engine.begin() as connection:
        connection.execute(text("UPDATE decisions SET body_json = '{}' WHERE number = 2"))
    with pytest.raises(WorkError, match="entry 2 does not fit"):
        board.log()
    with board.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM decisions WHERE number = 2"))
    with pytest.raises(WorkError, match="entry 2 does not fit"):
        board.log()


def test_near_duplicates_are_named(board, synthetic_folder, tmp_path) -> None:
    rng = np.random.default_rng(0)
    key, path = cell(synthetic_folder), tmp_path / "p.parquet"
    labels = exact(synthetic_folder, "correlation")
    first, apart = (labels + rng.normal(0, 0.1, labels.shape) for _ in range(2))
    ids = {}
    for name, values in (
        ("first", first),
        ("apart", apart),
        ("copy", first + rng.normal(0, 0.002, labels.shape)),
    ):
        write_submission(
            path, {key: (answer(synthetic_folder).row_id, values)}, metadata(name=name)
        )
        ids[name] = board.submit(path).id
    found = {row.name: row.details.get("near_duplicates") for row in board.ranking(*key)}
    assert found == {"first": None, "apart": None, "copy": [ids["first"]]}


def test_ledger_and_floor(synthetic_folder) -> None:
    key = cell(synthetic_folder)  # n = 5, M = 16
    assert Ledger.of(key, metadata(), 10) == Ledger(80, None, 0)
    stated = metadata(resources=Resources(n=2, shots=16, pretrain_n=3, pretrain_shots=4))
    assert Ledger.of(key, stated, 10) == Ledger(80, 44, 0)
    assert Ledger.of(key, metadata(uses_test_shots=True), 10) == Ledger(80, None, 160)
    # Independent uniform tokens: C = 0 and a variance of 3/M, so that the floor is
    # sqrt(3/(n·M·N)) = sqrt(3/(400·32·8)).
    from leaderboard.tasks import load

    task = load("correlation")
    shots = np.random.default_rng(0).integers(0, 6, (400, 32, 8), dtype=np.uint8)
    floor = statistical_floor(task.estimate(shots), task.scored(64), 8)
    assert floor == pytest.approx(np.sqrt(3 / (400 * 32 * 8)), rel=0.05)
    assert statistical_floor(np.zeros((1, 4)), np.ones(4, dtype=bool), 2) is None


def test_learned_entries_below_the_floor_are_flagged(board, synthetic_folder, tmp_path) -> None:
    path, key = tmp_path / "p.parquet", cell(synthetic_folder)
    submit(board, synthetic_folder, path, 1e-4, name="too good")
    submit(board, synthetic_folder, path, 2e-4, name="solved", entry_class="solver")
    submit(board, synthetic_folder, path, 0.9, name="plain")
    found = {row.name: row.details for row in board.ranking(*key)}
    assert [name for name, details in found.items() if details.get("below_floor")] == ["too good"]
    # sqrt(3/(n·M·N)), and the five rows of the synthetic shots scatter.
    assert found["plain"]["floor"] == pytest.approx(np.sqrt(3 / (80 * 8)), rel=0.3)
    assert not below_floor(metadata(), None, 1.0)


def test_season_commands(synthetic_folder, tmp_path) -> None:
    run = CliRunner()
    store = ["--store", str(tmp_path / "board")]

    def call(*arguments: str) -> object:
        done = run.invoke(qslbench.cli, ["season", *arguments, *store], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    with pytest.raises(RequestError, match="no board at"):
        call("close")
    key = cell(synthetic_folder)
    tasks_named = [f"--cell={key.config}/{t}/{key.n}/{key.shots}" for t in (key.task, "renyi2")]
    arguments = ["open", "2026", "--data", str(synthetic_folder.public), "--cap", "3", *tasks_named]
    opened = json.loads(call(*arguments, "--json"))
    assert (opened["season"], opened["cap"], opened["salt"]) == ("2026", 3, None)
    assert opened["cells"] == [cell(synthetic_folder, t)._asdict() for t in (key.task, "renyi2")]
    assert "told: 10" in call(*arguments, "--keep")
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1)
    for expected in ("rmse 0.0993", "held back"):
        arguments = ["submit", str(path), "--store", str(tmp_path / "board"), "--account", "ada"]
        done = run.invoke(qslbench.cli, arguments, catch_exceptions=False)
        assert expected in done.output
        path = write(tmp_path / "p.parquet", synthetic_folder, 0.15)
    assert "salt: " in call("close")
    assert "2 " in call("log")
    assert [entry["kind"] for entry in json.loads(call("log", "--json"))] == [
        "season opened", "accepted", "accepted", "season closed",
    ]  # fmt: skip


def test_data_of_format_1_open_no_season(tmp_path) -> None:
    """Their public seed rebuilds every hidden label."""
    board = Board.open(tmp_path / "board", GOLDEN / "format1", GOLDEN / "format1-private")
    with pytest.raises(RequestError, match="format 1"):
        board.open_season("s", 5)
    board.close()
