"""Copies, blends and floods: what takes ranks that it did not earn."""

import numpy as np
import pytest

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard.board.rescoring import rescore
from leaderboard.board.service import Board
from leaderboard.cells import Answer
from leaderboard.seasons import seasons
from leaderboard.seasons.blends import blends
from leaderboard.seasons.fingerprints import Fingerprint, near, near_by_rows
from leaderboard.submission.submission import write_submission
from tests.builders.synthetic import SPEC, make_folder
from tests.leaderboard.answers import cell, exact, metadata, open_season

ROWS = 60
ERROR = 0.1


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    rows = {"train": 12, "test": ROWS}
    spec = BuildSpec("tfim_1d", Size(8), rows, shots=32, seed=7, test_seed=SPEC.test_seed)
    return make_folder(tmp_path_factory.mktemp("copied"), spec)


@pytest.fixture
def board(data, tmp_path, monkeypatch):
    # The same halves and signs in every run.
    monkeypatch.setattr(seasons, "_new_salt", lambda: "5c" * 32)
    opened = Board.open(tmp_path / "board", data.public)
    yield opened
    opened.close()


@pytest.fixture
def send(board, data, tmp_path):
    def sent(values, account: str, key=None, **about) -> str:
        path = tmp_path / "p.parquet"
        row_id = data.splits["test"]["row_id"]
        answer = Answer(row_id, np.asarray(values, dtype=np.float32))
        write_submission(path, {key or cell(data): answer}, metadata(**about))
        return board.submit(path, account=account).id

    return sent


@pytest.fixture
def models(data):
    """Two that err apart by as much as they err, and the labels."""
    rng, labels = np.random.default_rng(0), exact(data, "correlation").astype(np.float64)
    return labels, *(labels + rng.normal(0.0, ERROR, labels.shape) for _ in range(2))


def test_a_flood_of_blends_takes_one_rank(board, data, send, models) -> None:
    """Eight blends of one account push no other entry down by more than one."""
    labels, first, second = models
    open_season(board, data, "s", 40)
    honest = send(labels + 1.5 * (second - labels), "ada", name="honest")
    for k in range(8):
        send(first + 0.08 * k * (second - first), "eve", name=f"blend {k}")
    live = board.ranking(*cell(data))
    assert [row.rank for row in live] == [1, 2]
    assert live[1].id == honest
    board.close_season()
    assert len(board.submissions()) == 9
    assert [row.id for row in board.ranking(*cell(data))][1] == honest
    assert len(board.overall([cell(data)])) == 2


def test_an_account_chooses_its_entry_while_the_season_is_open(board, data, send, models) -> None:
    labels, first, second = models
    open_season(board, data, "s", 40)
    good, plain = send(first, "ada"), send(labels + 1.3 * (second - labels), "ada", name="b")
    solver = send(labels + 0.5 * (second - labels), "ada", entry_class="solver")
    ranked = {row.id for row in board.ranking(*cell(data))}
    assert ranked == {good, solver}  # one a class
    with pytest.raises(RequestError, match="not a submission of account 'eve'"):
        board.choose(plain, "eve")
    board.choose(plain, "ada")
    # The second was held back by the Ladder, and a choice of it shows nothing before the close.
    assert {row.id for row in board.ranking(*cell(data))} == {good, solver}
    board.close_season()
    assert {row.id for row in board.ranking(*cell(data))} == {plain, solver}
    with pytest.raises(RequestError, match="of no open season"):
        board.choose(good, "ada")
    assert [entry["kind"] for entry in board.log()].count("chosen") == 1


def _copy(values, how: str):
    rng = np.random.default_rng(3)
    if how == "noise":
        return values + rng.normal(0.0, 0.02 * ERROR, values.shape)
    if how == "factor":
        return 0.97 * values
    odd = values.copy()
    odd[:: len(values) // 6] = rng.uniform(-1, 1, odd[:: len(values) // 6].shape)
    return odd if how == "odd rows" else 1.04 * odd


@pytest.mark.parametrize("how", ["noise", "factor", "odd rows", "all"])
def test_copies_of_another_account_are_flagged(board, data, send, models, how) -> None:
    _, first, second = models
    key = cell(data)
    elsewhere = key._replace(n=key.n - 1)
    open_season(board, data, "s", 40, elsewhere)
    original = send(first, "ada", name="original")
    other = send(second, "bob", key=elsewhere, name="other")
    # Another n does not hide it.
    copy = send(_copy(first, how), "eve", key=elsewhere, name="copy")
    board.close_season()
    assert {row.id for row in board.ranking(*elsewhere)} == {other, copy}
    (result,) = board.store.submission(copy).results.values()
    assert result.details["copy_of"] == [original]
    assert rescore(board) == []


def test_an_exact_copy_is_flagged_at_once_and_one_of_ones_own_is_no_copy(
    board, data, send, models
) -> None:
    _, first, _ = models
    open_season(board, data, "s", 40)
    original = send(first, "ada")
    copy = send(first, "eve", name="mine")
    assert {row.id for row in board.ranking(*cell(data))} == {original, copy}
    assert board.log()[-1]["copy_of"] == [original]
    send(first, "ada", name="again")
    assert "copy_of" not in board.log()[-1]
    board.close_season()
    assert copy in [row.id for row in board.ranking(*cell(data))]


def test_right_answers_of_two_solvers_are_no_copies(board, data, send, models) -> None:
    _, first, _ = models
    open_season(board, data, "s", 40)
    for name in ("ada", "bob"):
        send(first, name, name=name, entry_class="solver")
    assert len(board.ranking(*cell(data))) == 2


def test_without_a_season_a_copy_is_flagged_and_ranked(board, data, send, models) -> None:
    _, first, _ = models
    original, copy = send(first, "ada"), send(1.02 * first, "eve", name="copy")
    found = {row.id: row.details.get("near_duplicates") for row in board.ranking(*cell(data))}
    assert found == {original: None, copy: [original]}


@pytest.mark.parametrize("first_comes", ["model", "blend"])
def test_a_blend_of_labels_and_a_model_is_flagged(board, data, send, models, first_comes) -> None:
    labels, first, second = models
    open_season(board, data, "s", 40)
    answers = {"model": first, "blend": 0.6 * labels + 0.4 * first}
    order = [first_comes, *(answers.keys() - {first_comes})]
    ids = {name: send(answers[name], name, name=name) for name in order}
    ids["apart"] = send(second, "apart", name="apart")
    flagged = [row.id for row in board.ranking(*cell(data)) if "proportional_to" in row.details]
    assert flagged == []  # the labels are not asked while the season is open
    board.close_season()
    found = {row.id: row.details.get("proportional_to") for row in board.ranking(*cell(data))}
    assert found == {ids["blend"]: [ids["model"]], ids["model"]: None, ids["apart"]: None}


def test_fingerprints_keep_the_distances_of_rows() -> None:
    rng = np.random.default_rng(1)
    rows = np.arange(50)
    one, other = rng.normal(size=(2, 50, 300)).astype(np.float32)
    ours, theirs = (Fingerprint.of(Answer(rows, answer)) for answer in (one, other))
    (found,) = ours.apart([theirs], factor=False)
    # 50 rows of 8 sums: a relative standard error of sqrt(2/400) = 7 %.
    assert found.mean() == pytest.approx(np.mean((one - other) ** 2), rel=0.28)
    order = rng.permutation(50)
    mixed = Fingerprint.of(Answer(rows[order], one[order]))
    assert np.array_equal(mixed.sums, ours.sums)
    again = Fingerprint.from_bytes(ours.to_bytes())
    assert np.array_equal(again.sums, ours.sums)
    assert (again.values, again.rows, again.is_plain) == (300.0, 50, True)
    salted = Fingerprint.of(Answer(rows, one), "salt")
    assert not np.array_equal(salted.sums, ours.sums)


def test_many_rows_are_added_up_in_groups() -> None:
    """5,000 bits of which 100 are wrong: another 100 wrong are no copy, and 100 of the same are."""
    rng = np.random.default_rng(2)
    rows, right = np.arange(5000), rng.random(5000) < 0.5
    one, other = right.copy(), right.copy()
    one[:100] ^= True
    other[100:200] ^= True
    prints = [Fingerprint.of(Answer(rows, bits)) for bits in (one, other, one)]
    assert prints[0].sums.shape == (512, 1)
    error = np.sqrt(100 / 5000)
    apart = prints[0].apart(prints[1:])
    # 200 bits differ of 5,000; the squared distance of 512 sums errs by 6 %.
    assert apart[0].mean() == pytest.approx(200 / 5000, rel=0.25)
    assert near(apart, error, is_plain=False).tolist() == [False, True]


def test_the_same_names_of_classes_are_a_copy() -> None:
    """100 names: one that differs is no copy at an error of a tenth, as with bits."""
    rows, names = np.arange(100), np.array(["ordered", "paramagnetic"] * 50)
    odd = names.copy()
    odd[2] = "paramagnetic"
    prints = [Fingerprint.of(Answer(rows, given), "salt") for given in (names, names, odd)]
    apart = prints[0].apart(prints[1:])
    assert apart[0].max() == 0.0
    assert apart[1].sum() == pytest.approx(1.0, abs=0.8)  # of eight signs two to six differ
    assert near(apart, np.sqrt(0.1), is_plain=False).tolist() == [True, False]
    assert Fingerprint.from_bytes(prints[0].to_bytes()).sums.shape == (100, 8)


def test_constant_answers_of_one_value_are_no_multiples_of_each_other() -> None:
    rows = np.arange(30)
    one, other = (Fingerprint.of(Answer(rows, np.full((30, 1), v, np.float32))) for v in (1.0, 1.3))
    apart = one.apart([other])
    assert apart == pytest.approx(np.full((1, 30), 0.09), rel=1e-5)
    assert not near_by_rows(apart, np.full((1, 30), 0.1))[0]


def test_who_errs_alike_is_no_blend() -> None:
    """Errors with a common part, of a cosine of .8: told apart from ones that are proportional."""
    rng = np.random.default_rng(4)
    common, one, other = rng.normal(size=(3, 100, 500))
    first, second = common + 0.5 * one, common + 0.5 * other
    answers = {"alike": (first, second), "blend": (0.4 * second, second)}
    found = {}
    for name, (mine, theirs) in answers.items():
        losses, apart = [(e**2).mean(axis=1) for e in (mine, theirs)], (mine - theirs) ** 2
        found[name] = blends(losses[0], losses[1][None], apart.mean(axis=1)[None])[0]
    assert found == {"alike": False, "blend": True}


def test_two_strengths_of_one_regularisation_are_no_blend() -> None:
    """Kernel ridge at strong regularisation: shares of .89 and .75 with a spread below .03."""
    rng = np.random.default_rng(0)
    hidden, out = rng.normal(size=(12, 60)), rng.normal(size=(60, 200)) / 8
    train, test = rng.uniform(-1, 1, (2, 100, 12))
    labels = np.tanh(test @ hidden / 2) @ out
    known = np.tanh(train @ hidden / 2) @ out + 0.1 * rng.normal(size=(100, 200))

    def kernel(rows):
        return np.exp(-((rows[:, None] - train) ** 2).sum(axis=-1) / 18)

    def ridge(strength):
        weights = np.linalg.solve(kernel(train) + strength * np.eye(100), known - known.mean(0))
        return known.mean(0) + kernel(test) @ weights

    def is_blend(mine, theirs):
        losses = [((given - labels) ** 2).mean(axis=1) for given in (mine, theirs)]
        apart = ((mine - theirs) ** 2).mean(axis=1)
        return blends(losses[0], losses[1][None], apart[None])[0]

    assert not is_blend(ridge(10), ridge(30))
    assert not is_blend(ridge(3), ridge(10))
    solver = labels + 0.05 * (ridge(3) - labels).std() * rng.normal(size=labels.shape)
    for share in (0.4, 0.8):
        assert is_blend((1 - share) * solver + share * ridge(3), ridge(3))
