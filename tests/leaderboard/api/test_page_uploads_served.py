"""A visitor of the running pages without a browser: files are taken once the page asks for one."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from leaderboard.board.service import Board
from tests.leaderboard.serving import served

SECONDS = 60.0
pytestmark = pytest.mark.slow


@contextmanager
def page(url: str, client: httpx.Client) -> Iterator[ClientConnection]:
    """An open page, as a browser holds it."""
    client.get(f"{url}/_stcore/host-config")
    client.get(f"{url}/_stcore/health")
    xsrf = client.cookies.get("_streamlit_xsrf", "")
    with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=["streamlit", *([xsrf] if xsrf else [])],
        additional_headers={"Cookie": f"_streamlit_xsrf={xsrf}"},
        proxy=None,
        max_size=None,
    ) as socket:
        yield socket


def shown(socket: ClientConnection, name: str) -> str:
    """The session, once a page has been shown to its end."""
    asked = BackMsg()
    asked.rerun_script.page_name = name
    socket.send(asked.SerializeToString())
    session = ""
    while True:
        told = ForwardMsg()
        told.ParseFromString(socket.recv(SECONDS))
        if told.WhichOneof("type") == "new_session":
            session = told.new_session.initialize.session_id
        if told.WhichOneof("type") == "script_finished":
            return session


def put(client: httpx.Client, url: str, session: str, size: int) -> int:
    answer = client.put(
        f"{url}/_stcore/upload_file/{session}/file-{size}",
        files={"file": ("p.parquet", bytes(size))},
        headers={"X-Xsrftoken": client.cookies.get("_streamlit_xsrf", "")},
    )
    print(size, answer.status_code, answer.text[:200])
    return answer.status_code


@pytest.mark.parametrize("sign_in", ["open", "required"])
def test_files_are_taken_where_the_page_asks_for_one(synthetic_folder, tmp_path, sign_in) -> None:
    Board.open(tmp_path / "board", synthetic_folder.public, sign_in=sign_in).close()
    with (
        served("--store", tmp_path / "board") as (_, facts),
        httpx.Client(trust_env=False, timeout=SECONDS) as client,
    ):
        url = facts["url"]
        assert client.get(f"{url}/_stcore/metrics").status_code == 404
        assert client.get(url, headers={"host": "evil.example"}).status_code == 421
        with page(url, client) as socket:
            session = shown(socket, "")
            assert put(client, url, session, 1000) == 401
            shown(socket, "submit")
            allowed = sign_in == "open"
            assert put(client, url, session, 2000) == (204 if allowed else 401)
            if allowed:
                for size, status in ((100, 204), (100 * 2**20, 204), (31 * 2**20, 413)):
                    assert put(client, url, session, size) == status
            with pytest.raises(InvalidStatus) as refused:
                connect(
                    f"{url.replace('http', 'ws', 1)}/_stcore/stream",
                    additional_headers={"Host": "evil.example"}, proxy=None,
                )  # fmt: skip
            assert refused.value.response.status_code in (400, 403)
