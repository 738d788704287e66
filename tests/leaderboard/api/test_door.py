"""What every request passes: names, lengths, paths that are closed, and uploads of the pages."""

import asyncio

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from leaderboard.api import door, page_uploads
from leaderboard.api.door import Door
from leaderboard.api.page_uploads import PATH, PageUploads
from leaderboard.web import uploads
from leaderboard.web.hosts import Hosts
from leaderboard.web.uploads import Grants

HOSTS = Hosts.of(["board.example.org", "testserver"])


def app(taken: list | None = None) -> FastAPI:
    """Stands in for Streamlit's."""
    inner = FastAPI()

    @inner.get("/{path:path}")
    def get(path: str) -> str:
        return path

    @inner.put("/_stcore/upload_file/{session}/{file}")
    async def put(request: Request) -> int:
        taken.append(len(await request.body()))
        return taken[-1]

    @inner.websocket("/_stcore/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        await socket.receive_text()

    return inner


def client(**more) -> TestClient:
    return TestClient(Door(app(**more), lambda: HOSTS))


def test_the_interface_has_its_page_without_a_slash_too() -> None:
    answer = client().get("/api", headers={"host": "localhost"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "api/")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("board.example.org", 200),
        ("BOARD.example.org.:8501", 200),
        ("127.0.0.1:8501", 200),
        ("[::1]:8501", 200),
        ("localhost:8501", 200),
        ("evil.example", 421),
        ("board.example.org.evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("", 421),
        ("localhost:80@x", 421),
        ("board.example.org:80:90", 421),
        ("board.example.org/x", 421),
        ("[::1]x", 421),
    ],
)
def test_names_of_the_board_alone_are_answered(host, status) -> None:
    answer = client().get("/x", headers={"host": host})
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    if status == 421:
        assert "--allow-host" in answer.json()["error"]


def test_every_name_can_be_allowed() -> None:
    assert Hosts.of(["*"]).answers("evil.example")
    assert not Hosts.of([""]).answers("evil.example")
    assert Hosts.of(["A.b "]).to_environment() == {"QSLBENCH_BOARD_HOSTS": "a.b"}


def test_two_lengths_of_one_body_are_refused() -> None:
    """A proxy that believes one and a server that believes the other see two requests."""
    headers = {"transfer-encoding": "chunked", "content-length": "5"}
    answer = client().get("/x", headers=headers)
    assert (answer.status_code, answer.headers["connection"]) == (400, "close")
    assert client().get("/x", headers={"content-length": "0"}).status_code == 200


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact"])
def test_paths_that_are_closed(path) -> None:
    assert client().get(path).status_code == 404
    assert client().get("/_stcore/health").status_code == 200


def test_open_pages_of_one_client_are_counted(monkeypatch) -> None:
    monkeypatch.setattr(door, "MAX_PAGES_OF_ONE", 2)
    opened = client()
    page = "/_stcore/stream"
    with opened.websocket_connect(page) as one, opened.websocket_connect(page) as two:
        with pytest.raises(WebSocketDisconnect):
            opened.websocket_connect(page).__enter__()
        for each in (one, two):
            each.send_text("enough")
    with opened.websocket_connect(page) as one:
        one.send_text("enough")
    wrong = {"host": "evil.example"}
    with pytest.raises(WebSocketDisconnect):
        opened.websocket_connect("/_stcore/stream", headers=wrong).__enter__()


@pytest.fixture
def small(monkeypatch) -> None:
    """Limits of a few bytes."""
    monkeypatch.setattr(page_uploads, "MAX_SESSION_BYTES", 1000)
    monkeypatch.setattr(page_uploads, "MAX_HELD_BYTES", 1500)


def sent(opened: TestClient, session: str, size: int, **more) -> tuple[int, str]:
    content = iter([bytes(size)]) if more.pop("chunked", False) else bytes(size)
    answer = opened.put(f"{PATH}{session}/f", content=content, **more)
    return answer.status_code, answer.text


@pytest.mark.usefixtures("small")
def test_the_pages_take_files_where_they_were_asked_for_alone() -> None:
    taken: list[int] = []
    held: dict[str, int] = {}
    grants = Grants()
    opened = TestClient(PageUploads(app(taken), lambda: held, grants))
    assert sent(opened, "s", 10)[0] == 401  # nobody was shown a box, or signed in
    assert taken == []
    grants.allow("s")
    assert sent(opened, "s", 900)[0] == 200
    held["s"] = 900
    status, text = sent(opened, "s", 200)
    assert (status, "a session may hold 1000 bytes" in text) == (413, True)
    assert sent(opened, "s", 100)[0] == 200
    grants.allow("t")
    status, text = sent(opened, "t", 700)
    assert (status, "as many files as they can" in text) == (429, True)
    # One that does not say its length could be of any.
    assert sent(opened, "t", 10, chunked=True)[0] == 429
    held.clear()
    assert sent(opened, "t", 10, chunked=True)[0] == 200
    assert sent(opened, "t", 2000, chunked=True)[0] == 413
    grants.withdraw("t")
    assert sent(opened, "t", 10)[0] == 401
    assert taken == [900, 100, 10]


@pytest.mark.usefixtures("small")
def test_files_on_their_way_are_counted() -> None:
    """Two uploads at once cannot pass a limit side by side."""
    grants, told = Grants(), []
    grants.allow("s")

    async def never() -> dict:
        await asyncio.sleep(0.2)
        return {"type": "http.request", "body": b"x" * 600, "more_body": False}

    async def put() -> None:
        scope = {
            "type": "http", "method": "PUT", "path": f"{PATH}s/f", "client": ("1.2.3.4", 5),
            "headers": [(b"content-length", b"600")],
        }  # fmt: skip

        async def send(message) -> None:
            if message["type"] == "http.response.start":
                told.append(message["status"])

        async def inner(_scope, receive, send) -> None:
            await receive()
            await send({"type": "http.response.start", "status": 204, "headers": []})

        await both(inner)(scope, never, send)

    kept: list[PageUploads] = []

    def both(inner) -> PageUploads:
        if not kept:
            kept.append(PageUploads(inner, dict, grants))
        return kept[0]

    async def twice() -> None:
        await asyncio.gather(put(), put())

    asyncio.run(twice())
    assert sorted(told) == [204, 413]


def test_the_oldest_sessions_are_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(uploads, "_MOST", 2)
    grants = Grants()
    for session in "abac":
        grants.allow(session)
    assert [session in grants for session in "abc"] == [True, False, True]
