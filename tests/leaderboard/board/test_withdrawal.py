"""An entry that is withdrawn leaves the rankings; the log and the budget of its account keep it."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

import qslbench
from builders.core.errors import RequestError
from leaderboard.api.application import application
from leaderboard.board import accounts
from leaderboard.board.rescoring import rescore
from leaderboard.board.service import Board
from leaderboard.board.withdrawal import withdraw
from leaderboard.cells import Answer
from leaderboard.refusals import UsedUpError
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import answer, cell, metadata, open_season, submit, write


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


@pytest.fixture
def send(board, synthetic_folder, tmp_path):
    """A function that submits a file of two cells and gives its id."""

    def sent(shift: float, account: str = "ada", **changes) -> str:
        path = tmp_path / "p.parquet"
        return submit(board, synthetic_folder, path, shift, account, **changes).id

    return sent


def ids(board, data) -> list[str]:
    return [row.id for row in board.ranking(*cell(data))]


def test_it_leaves_every_ranking_and_stays_in_the_log(board, synthetic_folder, send) -> None:
    kept, gone = send(0.2, name="kept"), send(0.1, name="gone")
    assert ids(board, synthetic_folder) == [gone, kept]
    receipt = withdraw(board, gone, "ada", "a wrong seed")
    assert (receipt.status, receipt.to_json()["status"]) == ("withdrawn", "withdrawn")
    assert ids(board, synthetic_folder) == [kept]
    keys = board.curated()
    assert [one.model.name for one in board.models(keys)] == ["kept"]
    assert [entry.id for entry in board.overall(keys)] == [kept]
    assert {line["id"] for batch in board.scores() for line in batch} == {kept}
    with pytest.raises(RequestError, match="not handed out: it was withdrawn"):
        board.predictions(gone)
    last = board.log()[-1]
    assert (last["kind"], last["by"], last["reason"]) == ("withdrawn", "owner", "a wrong seed")
    assert board.other_scores() == []
    assert rescore(board) == []
    with pytest.raises(RequestError, match=f"as {gone}.*It was withdrawn from the rankings"):
        send(0.1, name="gone")
    with pytest.raises(RequestError, match="was withdrawn already"):
        withdraw(board, gone, None)


def test_the_last_entry_of_a_cell_takes_the_cell_with_it(board, synthetic_folder, send) -> None:
    withdraw(board, send(0.1), None)
    assert board.cells() == board.curated() == []
    assert board.log()[-1]["by"] == "operator"


@pytest.mark.parametrize(("account", "reason"), [("bob", ""), ("ada", "a\nb"), ("ada", "x" * 301)])
def test_what_is_refused(board, synthetic_folder, send, account, reason) -> None:
    id_ = send(0.1)
    with pytest.raises(RequestError, match=r"not a submission of account|one line of at most 300"):
        withdraw(board, id_, account, reason)
    assert ids(board, synthetic_folder) == [id_]


def noisy(board, data, path, error: float, seed: int) -> str:
    """An entry of account ada whose error is of every row, so that halves differ."""
    row_id, values, _ = answer(data)
    noise = np.random.default_rng(seed).normal(0, error, values.shape).astype(np.float32)
    write_submission(path, {cell(data): Answer(row_id, values + noise)}, metadata(name=str(seed)))
    return board.submit(path, account="ada").id


def test_in_a_season_it_counts_and_another_may_stand(board, synthetic_folder, tmp_path) -> None:
    open_season(board, synthetic_folder, "s", 2)
    path = tmp_path / "p.parquet"
    first, second = (noisy(board, synthetic_folder, path, e, k) for k, e in enumerate((0.4, 0.1)))
    assert ids(board, synthetic_folder) == [second]
    withdraw(board, second, "ada")
    assert ids(board, synthetic_folder) == [first]
    with pytest.raises(RequestError, match="was withdrawn already"):
        board.choose(second, "ada")
    with pytest.raises(UsedUpError, match="2 are allowed, and every valid file counts"):
        noisy(board, synthetic_folder, path, 0.05, 7)
    with board.store.writing() as writing:
        assert len(writing.told("ada", "s", synthetic_folder.config)) == 2
    board.close_season()
    assert ids(board, synthetic_folder) == [first]


def test_after_the_close_no_other_entry_takes_the_place(board, synthetic_folder, tmp_path) -> None:
    """Or whoever sees the final scores withdraws until the luckiest of his entries stands."""
    open_season(board, synthetic_folder, "s", 9)
    path = tmp_path / "p.parquet"
    for k, error in enumerate((0.4, 0.1)):
        best = noisy(board, synthetic_folder, path, error, k)
    board.close_season()
    keys = board.curated()
    assert ids(board, synthetic_folder) == [best]
    assert [one.model.name for one in board.models(keys)] == ["1"]
    withdraw(board, best, "ada")
    assert ids(board, synthetic_folder) == []
    assert board.models(keys) == []
    assert board.overall([cell(synthetic_folder)]) == []


def test_by_command(board, tmp_path, send) -> None:
    def call(*words: str):
        where = ["--store", str(tmp_path / "board")]
        return CliRunner().invoke(qslbench.cli, ["withdraw", *words, *where])

    id_ = send(0.1)
    assert isinstance(call(id_, "--account", "bob").exception, RequestError)
    assert "is withdrawn from the rankings" in call(id_, "--reason", "ours").output
    assert json.loads(call(send(0.2), "--json").output)["status"] == "withdrawn"


def test_over_http_by_the_owner_alone(board, synthetic_folder, tmp_path) -> None:
    open_season(board, synthetic_folder, "s", 9)
    keys = {name: {"authorization": f"Bearer {accounts.create_token(board, name)[1]}"}
            for name in ("ada", "bob")}  # fmt: skip
    with TestClient(application(lambda: board)) as client:
        made = []
        for shift in (0.4, 0.1):
            path = write(tmp_path / "p.parquet", synthetic_folder, shift, name=str(shift))
            files = {"file": ("p.parquet", path.read_bytes())}
            made.append(client.post("/submissions", files=files, headers=keys["ada"]).json()["id"])
        plain, best = made
        for act in ("choose", "withdraw"):
            assert client.post(f"/submissions/{plain}/{act}").status_code == 401
            refused = client.post(f"/submissions/{plain}/{act}", headers=keys["bob"])
            assert (refused.status_code, list(refused.json())) == (422, ["error"])
            elsewhere = keys["ada"] | {"origin": "https://evil.example"}
            answer = client.post(f"/submissions/{plain}/{act}", headers=elsewhere)
            assert answer.status_code == 403
        assert ids(board, synthetic_folder) == [best]
        chosen = client.post(f"/submissions/{plain}/choose", headers=keys["ada"])
        assert (chosen.status_code, chosen.json()["id"]) == (200, plain)
        assert ids(board, synthetic_folder) == [plain]
        gone = client.post(f"/submissions/{plain}/withdraw?reason=old", headers=keys["ada"])
        assert gone.json()["status"] == "withdrawn"
        assert ids(board, synthetic_folder) == [best]
        assert client.post(f"/submissions/{plain}/choose", headers=keys["ada"]).status_code == 409
        assert client.get(f"/submissions/{plain}").json()["status"] == "withdrawn"
        assert plain not in client.get("/feed").text
