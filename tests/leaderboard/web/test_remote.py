"""`qslbench submit --store http://…`: the same answer as from a folder."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from leaderboard.api.application import application
from leaderboard.board import accounts
from leaderboard.board.service import Board
from leaderboard.web import remote
from tests.leaderboard.answers import write


@contextmanager
def listening(app) -> Iterator[str]:
    """The address of an ASGI application, served by a thread."""
    # Setting up its logging would end the handlers of others, and streams of pytest's with them.
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as place:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{place.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def mounted(app) -> FastAPI:
    """As `leaderboard.asgi` mounts it."""
    outer = FastAPI()
    outer.mount("/api", app)
    return outer


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


@pytest.fixture
def submit(door, monkeypatch):
    """Run `qslbench submit` in this process: (exit status, stdout, stderr)."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return partial(door, "submit")


def test_the_same_answer_as_from_a_folder(submit, board, synthetic_folder, tmp_path) -> None:
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1)
    with listening(mounted(application(lambda: board))) as url:
        status, out, err = submit(path, "--store", url)
        assert (status, err) == (0, "")
        again = submit(path, "--store", f"{url}/", "--json")
        assert again[:2] == (2, "")
        assert "on the board already, as " in again[2]
        second = write(tmp_path / "q.parquet", synthetic_folder, 0.2)
        body = json.loads(submit(second, "--store", f"{url}/api", "--json")[1])
    folder = submit(path, "--store", tmp_path / "other", "--data", synthetic_folder.public)
    assert out == folder[1]
    assert body == json.loads(json.dumps(board.submission(body["id"]).to_json()))


def test_metadata_in_a_file_beside(submit, board, tmp_path) -> None:
    lines = [f'tfim_1d_n008,renyi2,5,16,{1_000_000 + k},"{[0.5] * 7}"' for k in range(10)]
    path = tmp_path / "p.csv"
    path.write_text("\n".join(["config,task,n,shots,row_id,prediction", *lines]))
    body = {"name": "m", "authors": ["A"], "entry_class": "learned", "uses_test_shots": False}
    path.with_suffix(".json").write_text(json.dumps(body))
    with listening(mounted(application(lambda: board))) as url:
        assert submit(path, "--store", url)[0] == 0


def test_tokens(submit, synthetic_folder, tmp_path, monkeypatch) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public, sign_in="required")
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1)
    _, secret = accounts.create_token(board, "ada")
    with listening(mounted(application(lambda: board))) as url:
        status, _, err = submit(path, "--store", url)
        assert status == 2
        assert "Give a token" in err
        assert submit(path, "--store", url, "--token", "wrong")[0] == 2
        monkeypatch.setenv("QSLBENCH_TOKEN", f"{secret}\r\n")  # as from a file
        assert submit(path, "--store", url)[0] == 0
    assert board.log()[-1]["account"] == "ada"
    board.close()


def test_what_is_no_board(submit, synthetic_folder, tmp_path) -> None:
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1)
    seen = []
    answers = {
        "page": HTMLResponse("<p>hello"),
        "moved": RedirectResponse("/stolen", 302),
        "words": JSONResponse({"error": "\x1b[2Jno"}, 422),
        "fake": JSONResponse({"id": "\x1b[2J"}, 201),
    }
    other = FastAPI()

    @other.post("/{place}/api/submissions")
    async def post(place: str, request: Request):
        await request.body()
        return answers[place]

    other.get("/stolen")(lambda: seen.append(1))
    with listening(other) as url:
        for place in ("page", "moved", "fake"):
            status, _, err = submit(path, "--store", f"{url}/{place}")
            assert status == 1
            assert "nothing that a board would say" in err
        assert submit(path, "--store", f"{url}/words") == (2, "", "qslbench: ?[2Jno\n")
    assert seen == []
    status, _, err = submit(path, "--store", url)
    assert status == 1
    assert "no board answers at" in err


@contextmanager
def rude(words: bytes, *, stays: bool = False) -> Iterator[str]:
    """The address of a server that says its words to the start of a request.

    Then it goes, or it stays and reads until the other side goes.
    """

    def serve() -> None:
        one, _ = place.accept()
        with one, suppress(ConnectionError):
            one.recv(100)
            one.sendall(words)
            while stays and one.recv(2**20):
                pass

    with socket.create_server(("127.0.0.1", 0)) as place:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
        thread.join()


def test_servers_that_do_not_read_the_file(submit, tmp_path) -> None:
    path = tmp_path / "p.parquet"
    path.write_bytes(bytes(2**25))  # more than the buffers between them take
    body = b'{"error": "no more files today"}'
    head = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: %d\r\n\r\n" % len(body)
    with rude(head + body) as url:
        assert submit(path, "--store", url) == (2, "", "qslbench: no more files today\n")
    for words in (b"", b"What is this?\n"):
        with rude(words) as url:
            status, _, err = submit(path, "--store", url)
        assert status == 1
        assert "Check the address, and the token and the size of the file." in err


def test_no_more_is_read_than_a_board_would_say(
    submit, synthetic_folder, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(remote, "_MAX_ANSWER", 2**20)
    monkeypatch.setattr(remote, "SECONDS", 5.0)
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1)
    head = b"HTTP/1.1 201 Created\r\nContent-Length: 1000000000\r\n\r\n"
    with rude(head + bytes(2**20), stays=True) as url:
        status, _, err = submit(path, "--store", url)
    assert status == 1
    assert "status 201 and nothing that a board would say" in err


def test_a_silent_server_is_not_waited_for(submit, synthetic_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(remote, "SECONDS", 0.2)
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1)
    with rude(b"", stays=True) as url:
        status, _, err = submit(path, "--store", url)
    assert status == 1
    assert f"no board answers at {url}: timed out. Check the address, and that it runs." in err


@pytest.mark.parametrize("token", ["two\nlines", "two words", "é"])
def test_a_token_that_is_none_is_neither_sent_nor_shown(submit, tmp_path, token) -> None:
    status, _, err = submit(
        tmp_path / "p.parquet", "--store", "http://127.0.0.1:9", "--token", token
    )
    assert (status, err) == (
        2,
        "qslbench: the token holds characters that no token has. Copy it once more.\n",
    )


def test_proxies_that_cannot_be_used(submit, synthetic_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "ftp://127.0.0.1:9")
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1)
    status, _, err = submit(path, "--store", "http://board.invalid")
    assert status == 1
    assert "no board answers at http://board.invalid: " in err


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://host", "http://", "http://[", "https://h:0", "http://a@h", "http://h:99999"),
        *("http://h\n", "http://h:x"),
    ],
)
def test_addresses_that_are_none(submit, tmp_path, url) -> None:
    status, _, err = submit(tmp_path / "p.parquet", "--store", url)
    assert status == 2
    assert "is not the address of a board" in err


def test_a_file_that_is_not_there_is_not_sent(submit, tmp_path) -> None:
    status, _, err = submit(tmp_path / "p.parquet", "--store", "http://127.0.0.1:9")
    assert status == 2
    assert "is not a file" in err
