"""The HTTP interface of a running `qslbench board`: beside the pages, and with many at its door."""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from builders.core.errors import RequestError, WorkError
from leaderboard.board.service import Board
from leaderboard.store import decisions
from leaderboard.web import remote
from tests.leaderboard.answers import write
from tests.leaderboard.serving import served

CLIENTS, EACH = 4, 10
pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def direct(monkeypatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def got(url: str) -> tuple[int, str, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.headers["content-type"], answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["content-type"], error.read()


def test_pages_and_interface_side_by_side(synthetic_folder, tmp_path) -> None:
    arguments = ("--data", synthetic_folder.public, "--store", tmp_path / "board")
    with served(*arguments, "--sign-in", "required") as (_, facts):
        url = facts["url"]
        assert facts["sign_in"] == "required"
        assert b"<html" in got(url)[2]
        status, kind, body = got(f"{url}/api/openapi.json")
        assert (status, kind) == (200, "application/json")
        assert json.loads(body)["servers"] == [{"url": "/api"}]
        for place in ("api", "api/", "api/docs"):
            assert b"interface for programs" in got(f"{url}/{place}")[2], place
        assert f"curl {url}/api/board\n".encode() in got(f"{url}/api/docs")[2]
        assert f'<link href="{url}"/>'.encode() in got(f"{url}/api/feed")[2]
        assert json.loads(got(f"{url}/api/nothing")[2]) == {"error": "Not Found"}
        with pytest.raises(RequestError, match="Give a token"):
            remote.submit(url, write(tmp_path / "p.parquet", synthetic_folder, 0.1))


def test_four_clients_send_ten_files_each(synthetic_folder, tmp_path) -> None:
    """And one file that all of them have, which is stored once."""
    paths = [
        [
            write(tmp_path / f"{c}-{k}.parquet", synthetic_folder, (1 + k + EACH * c) / 64)
            for k in range(EACH)
        ]
        for c in range(CLIENTS)
    ]
    same = write(tmp_path / "same.parquet", synthetic_folder, 0.001)

    def send(client: int) -> list[str]:
        said = []
        for path in [*paths[client], same]:
            with suppress(RequestError):
                said.append(remote.submit(url, path).id)
        return said

    with served("--data", synthetic_folder.public, "--store", tmp_path / "board") as (_, facts):
        url = facts["url"]
        with ThreadPoolExecutor(CLIENTS) as pool:
            said = [id_ for ids in pool.map(send, range(CLIENTS)) for id_ in ids]
        listed = json.loads(got(f"{url}/api/submissions")[2])["submissions"]
    assert len(said) == len(set(said)) == CLIENTS * EACH + 1
    assert {line["id"] for line in listed} == set(said)
    kinds = whole(tmp_path / "board", set(said))
    assert (kinds.count("accepted"), kinds.count("refused")) == (len(said), CLIENTS - 1)


def whole(folder, said: set[str]) -> list[str]:
    """What was told is stored with its file, and nothing else is; the kinds of the log."""
    board = Board.open(folder)
    rows = board.store.submissions()
    assert said <= {row.id for row in rows}
    for row in rows:
        assert board.store.stored(row).predictions_sha256 == row.predictions_sha256
    log = board.store.decisions()
    decisions.check(log)
    board.close()
    return [entry.kind for entry in log]


def test_a_server_that_is_killed_loses_nothing_that_it_told(synthetic_folder, tmp_path) -> None:
    """kill -9 while the fourth file is on its way."""
    paths = [write(tmp_path / f"{k}", synthetic_folder, (k + 1) / 64) for k in range(4)]
    arguments = ("--data", synthetic_folder.public, "--store", tmp_path / "board")
    with served(*arguments) as (command, facts), ThreadPoolExecutor(1) as pool:
        said = {remote.submit(facts["url"], path).id for path in paths[:3]}
        last = pool.submit(remote.submit, facts["url"], paths[3])
        time.sleep(0.1)
        os.kill(child(command.pid), signal.SIGKILL)
        with suppress(WorkError):
            said.add(last.result().id)
    assert whole(tmp_path / "board", said).count("accepted") in (3, 4)


def child(pid: int) -> int:
    """The server that the command started."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
