"""The HTTP interface in this process: what it tells, and how it refuses."""

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient

from builders import load
from builders.core.errors import WorkError
from leaderboard.api import inbox
from leaderboard.api.application import application
from leaderboard.api.bodies import Slots
from leaderboard.api.limits import Throttle
from leaderboard.board import accounts
from leaderboard.board.service import Board
from leaderboard.refusals import AwayError, UsedUpError
from leaderboard.submission.submission import read_submission
from tests.leaderboard.answers import cell, metadata, open_season, write


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


@pytest.fixture
def client(board):
    with TestClient(application(lambda: board), raise_server_exceptions=False) as opened:
        yield opened


def send(client: TestClient, path: Path, name: str = "p.parquet", **more):
    files = {"file": (name, path.read_bytes())} | more.pop("files", {})
    return client.post("/submissions", files=files, **more)


@pytest.fixture
def good(synthetic_folder, tmp_path) -> Path:
    return write(tmp_path / "good.parquet", synthetic_folder, 0.1, name="=formula")


def test_the_receipt_comes_at_once_and_is_the_status(client, board, good) -> None:
    answer = send(client, good)
    assert answer.status_code == 201
    receipt = board.submission(answer.json()["id"])
    assert answer.json() == json.loads(json.dumps(receipt.to_json()))
    assert answer.json()["status"] == "scored"
    assert client.get(f"/submissions/{receipt.id}").json() == answer.json()
    (line,) = client.get("/submissions").json()["submissions"]
    assert (line["id"], line["status"]) == (receipt.id, "scored")
    assert client.get("/submissions?offset=1").json() == {"submissions": []}


def test_a_refusal_has_a_status_too(client, board, good, tmp_path) -> None:
    (tmp_path / "bad").write_bytes(b"PAR1" + bytes(99))
    refused = send(client, tmp_path / "bad", "../../etc/bad.parquet")
    assert refused.status_code == 422
    assert "bad.parquet is truncated" in refused.json()["error"]
    told = client.get(f"/submissions/{refused.json()['id']}")
    assert told.json() == {k: v for k, v in refused.json().items() if k != "error"}
    assert (told.json()["status"], told.json()["reason"]) == ("refused", refused.json()["error"])
    send(client, good)
    again = send(client, good)
    assert again.status_code == 409
    assert client.get(f"/submissions/{again.json()['id']}").json()["status"] == "refused"
    entries = client.get("/log").json()["entries"]
    assert [entry["kind"] for entry in entries] == ["refused", "accepted", "refused"]
    assert client.get("/log?after=1&limit=1").json()["entries"] == entries[1:2]
    assert "qslbench-upload" not in json.dumps(entries)


def test_rankings(client, board, synthetic_folder, good, tmp_path) -> None:
    send(client, good)
    send(client, write(tmp_path / "q.parquet", synthetic_folder, 0.3, name="second"))
    key = cell(synthetic_folder)
    assert client.get("/cells").json()["cells"][0] == key._asdict()
    path = "/cells/" + "/".join(map(str, key[:4]))
    ranking = client.get(path).json()["ranking"]
    assert [row["metadata"]["name"] for row in ranking] == ["=formula", "second"]
    assert ranking[0]["metrics"]["rmse"]["value"] == pytest.approx(0.1, abs=1e-6)
    lines = list(csv.DictReader(io.StringIO(client.get(f"{path}?format=csv").text)))
    assert [line["name"] for line in lines] == ["'=formula", "second"]
    every = client.get("/board").json()
    assert [line["name"] for line in every["ranking"]] == ["=formula", "second"]
    assert len(every["cells"]) == 2
    assert len(client.get("/board?task=renyi2").json()["cells"]) == 1
    assert client.get("/cells/a/correlation/1/1").status_code == 404
    assert "Did you mean" in client.get("/cells/a/correlations/1/1").json()["error"]


def test_tracks(client, board, synthetic_folder, good, tmp_path) -> None:
    """The standard one is shown unless another is asked for."""
    send(client, good)
    for name, track in (("control", "random"), ("away", "from:tfim_1d_n016")):
        path = write(tmp_path / "q.parquet", synthetic_folder, 0.01, track, name=name)
        assert send(client, path).json()["cells"][0]["track"] == track
    key = cell(synthetic_folder)
    path = "/cells/" + "/".join(map(str, key[:4]))
    every = client.get("/cells").json()
    assert every["tracks"] == ["from:tfim_1d_n016", "random", "standard"]
    assert {found["track"] for found in every["cells"]} == {"standard"}
    expected = {"": "=formula", "?track=random": "control", "?track=from:tfim_1d_n016": "away"}
    for query, name in expected.items():
        (row,) = client.get(path + query).json()["ranking"]
        assert row["metadata"]["name"] == name
        records = client.get("/records" + query).json()["records"]
        assert {record["name"] for record in records} == {name}
        assert {record["track"] for record in records} == {query[7:] or "standard"}
    (line,) = client.get("/board").json()["ranking"]  # controls and transfers never rank
    assert (line["name"], line["rank"], len(line["answered"])) == ("=formula", 1, 2)
    named = client.get(f"{path}?track=from:tfim_1d_n016&format=csv")
    assert named.headers["content-disposition"].endswith('_n5_M16_from-tfim_1d_n016.csv"')
    assert client.get(f"{path[:-2]}0").status_code == 404  # nobody had exact labels
    for track in ("randum", "from:x", "exact"):
        answer = client.get(f"{path}?track={track}")
        assert answer.status_code == 422
    assert "Did you mean 'random'" in client.get("/cells?track=randum").json()["error"]


def test_records_in_three_forms(client, board, good) -> None:
    send(client, good)
    records = client.get("/records").json()["records"]
    assert len(records) == 8  # two cells of four metrics
    lines = list(csv.DictReader(io.StringIO(client.get("/records?format=csv").text)))
    table = pq.read_table(io.BytesIO(client.get("/records?format=parquet").content)).to_pylist()
    assert table == records
    assert [float(line["value"]) for line in lines] == [line["value"] for line in records]
    assert {line["name"] for line in lines} == {"'=formula"}
    few = client.get("/records?task=renyi2").json()["records"]
    assert few == [line for line in records if line["task"] == "renyi2"]
    assert client.get("/records?format=xml").status_code == 422


def test_predictions_are_told_when_the_season_is_closed(
    client, board, synthetic_folder, good
) -> None:
    assert client.get("/season").json() == {"season": None, "live": False}
    open_season(board, synthetic_folder, "s", 3)
    id_ = send(client, good).json()["id"]
    hidden = client.get(f"/submissions/{id_}/predictions")
    assert hidden.status_code == 409
    assert "when season s is closed" in hidden.json()["error"]
    assert client.get("/season").json()["live"]
    assert client.get("/season").json()["salt"] is None
    board.close_season()
    told = client.get(f"/submissions/{id_}/predictions")
    good.write_bytes(told.content)
    assert read_submission(good).predictions_sha256 in client.get("/log").text
    assert send(client, good).status_code == 409  # closed


def test_a_cap_is_too_many_requests(client, board, synthetic_folder, good, tmp_path) -> None:
    open_season(board, synthetic_folder, "s", 1)
    assert send(client, good).status_code == 201
    other = write(tmp_path / "q.parquet", synthetic_folder, 0.3)
    refused = send(client, other)
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"


def test_metadata_beside_the_file(client, good, tmp_path) -> None:
    text = "config,task,n,shots,row_id,prediction\n"
    for row_id in range(1_000_000, 1_000_010):
        text += f'tfim_1d_n008,renyi2,5,16,{row_id},"{[0.5] * 7}"\n'
    (tmp_path / "p.csv").write_text(text)
    assert "has no metadata" in send(client, tmp_path / "p.csv", "p.csv").json()["error"]
    beside = {"metadata": ("m.json", metadata(name="beside").model_dump_json())}
    answer = send(client, tmp_path / "p.csv", "p.csv", files=beside)
    assert answer.json()["metadata"]["name"] == "beside"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/submissions/0123456789ab", 404),
        ("GET", "/submissions/refused-999999999", 404),
        ("GET", "/submissions/x", 422),
        ("GET", "/submissions/0123456789ab/predictions", 404),
        ("GET", f"/cells/a/correlation/{10**30}/1", 422),
        ("GET", "/cells/a%00b/correlation/1/1", 422),
        ("GET", "/records?config=%F0%9F%98%80", 422),
        ("GET", f"/submissions?offset={2**40}", 422),
        ("GET", "/log?limit=0", 422),
        ("POST", "/board", 405),
        ("POST", "/submissions", 415),
    ],
)
def test_refusals_are_json(client, method, path, status) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "form", [{"data": {"file": "text"}}, {"files": {"other": b"x"}}, {"content": b"no form"}]
)
def test_forms_without_a_file(client, form) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b"} if "content" in form else {}
    answer = client.post("/submissions", headers=headers, **form)
    assert answer.status_code in (400, 415)
    assert list(answer.json()) == ["error"]


def test_names_of_uploads_reach_no_other_folder(client, good, tmp_path) -> None:
    (tmp_path / "bad").write_bytes(b"x")
    for name in ("../../../x.parquet", "/etc/passwd", "a\x00b.parquet", "x" * 5000, "\u202e.csv"):
        refused = send(client, tmp_path / "bad", name)
        assert refused.status_code in (400, 422)
        assert "/" not in refused.json()["error"]


def test_a_large_body_is_refused_by_what_it_says(client, monkeypatch) -> None:
    def unread(*_):
        raise AssertionError("the body was read")

    monkeypatch.setattr(inbox, "_files", unread)
    answer = client.post("/submissions", headers={"content-length": str(2**40)})
    assert answer.status_code == 413
    assert "at most" in answer.json()["error"]


def test_a_large_body_that_says_nothing_is_refused_as_it_comes(board) -> None:

    def blocks():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="p"\r\n\r\n'
        for _ in range(100):
            yield bytes(1000)

    with TestClient(application(lambda: board, max_body=10_000)) as client:
        headers = {"content-type": "multipart/form-data; boundary=b"}
        answer = client.post("/submissions", content=blocks(), headers=headers)
    assert answer.status_code == 413


def test_other_sites_pages_cannot_submit(client, good) -> None:
    assert send(client, good, headers={"origin": "https://evil.example"}).status_code == 403
    assert send(client, good, headers={"origin": "http://testserver"}).status_code == 201


def test_throttle_forgets(monkeypatch) -> None:
    throttle, now = Throttle(most=2, seconds=10), [0.0]
    monkeypatch.setattr("leaderboard.api.limits.time.monotonic", lambda: now[0])
    throttle.count("a")
    throttle.count("a")
    throttle.count("b")
    with pytest.raises(UsedUpError, match="2 files in 10 seconds"):
        throttle.count("a")
    now[0] = 10.5
    throttle.count("a")


def test_too_many_files_at_once(client, good) -> None:
    """All places hold files that have come and wait to be scored."""
    client.app.state.slots = Slots(most=0)
    assert send(client, good).status_code == 429
    client.app.state.slots = Slots()
    assert send(client, good).status_code == 201


def test_a_body_that_is_slow_is_told_so(client, good, monkeypatch) -> None:
    monkeypatch.setattr("leaderboard.api.bodies.GRACE_SECONDS", -1.0)
    answer = send(client, good)
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    assert "at least 16384 a second are needed" in answer.json()["error"]


def test_a_config_is_handed_out_as_a_folder(client, synthetic_folder, tmp_path) -> None:
    answer = client.get("/data/tfim_1d_n008")
    assert answer.headers["content-type"] == "application/zip"
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path / "un")
    splits = load(tmp_path / "un" / "demo", "tfim_1d_n008")
    assert np.array_equal(splits["train"]["shots"], synthetic_folder.splits["train"]["shots"])
    assert "correlation" not in splits["test"]
    assert client.get("/data/tfim_1d_n008").content == answer.content
    assert client.get("/data/tfim_1d_n009").status_code == 404
    assert client.get("/data/..%2F..%2Fetc").status_code in (404, 422)


def test_a_database_that_is_away_is_503(client, board, good, monkeypatch) -> None:
    def away(*_, **__):
        raise AwayError("the store postgresql://me@secret.host does not answer")

    monkeypatch.setattr("leaderboard.store.lookups.Lookups.seasons", away)
    for answer in (client.get("/season"), client.get("/cells"), send(client, good)):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "does not answer now" in answer.json()["error"]
        assert "secret" not in answer.text


def test_failed_work_tells_visitors_nothing(client, board, good, monkeypatch) -> None:
    for error in (WorkError("postgresql://me@host is away"), ZeroDivisionError("line 7")):

        def fail(*_, error=error, **__):
            raise error

        monkeypatch.setattr(Board, "attempt", fail)
        answer = send(client, good)
        assert answer.status_code == 500
        assert "the board could not do its work" in answer.json()["error"]
        assert str(error) not in answer.text


def test_signing_in(synthetic_folder, tmp_path, good) -> None:
    board = Board.open(tmp_path / "b", synthetic_folder.public, sign_in="required")
    assert Board.open(tmp_path / "b").settings.sign_in == "required"
    _, text = accounts.create_token(board, "ada")
    with TestClient(application(lambda: board)) as client:
        refused = send(client, good)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert send(client, good, headers={"authorization": "Bearer x"}).status_code == 401
        assert client.get("/log").json()["entries"][-1]["kind"] == "token created"
        assert send(client, good, headers={"authorization": f"Basic {text}"}).status_code == 401
        assert send(client, good, headers={"authorization": f"bEARER  {text}"}).status_code == 201
        assert client.get("/log").json()["entries"][-1]["account"] == "ada"
        assert text not in client.get("/log").text
    board.close()
