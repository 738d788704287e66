"""`qslbench board`: refusals at once, and a clean start and stop."""

import asyncio
import importlib.util
import signal
import socket
import urllib.request

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from builders.core.errors import RequestError, WorkError
from leaderboard.board.service import Board
from leaderboard.commands import board as board_command
from leaderboard.display.place import BoardPlace
from leaderboard.web import serve
from leaderboard.web.serve import Address
from tests.leaderboard.serving import STOP_SECONDS, served, start


@pytest.fixture
def refused(door):
    """Run the command in this process; it must end with status 2. What it said on stderr."""

    def call(*arguments: object) -> str:
        status, out, err = door("board", *arguments)
        assert (status, out) == (2, "")
        return err

    return call


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_occupied_port(refused, synthetic_folder, tmp_path, taken) -> None:
    words = refused("--port", taken, "--data", synthetic_folder.public, "--store", tmp_path / "b")
    assert f"--port {taken} on 127.0.0.1 cannot be used" in words
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("port", [-1, 65536])
def test_port_out_of_range(refused, port) -> None:
    assert f"--port {port}: 0 to 65535" in refused("--port", port)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "-1", "--port -1"),
        ("HOST", "192.0.2.1", "192.0.2.1 cannot be used"),
        ("DATA", "absent", "no data set folder at"),
        ("STORE", "absent", "no board at absent"),
        ("STORE", "sqlite:///x.sqlite", "is a URL: a folder"),
    ],
)
def test_options_come_from_the_environment(refused, monkeypatch, name, value, said) -> None:
    monkeypatch.setenv(f"QSLBENCH_BOARD_{name}", value)
    assert said in refused(*(() if name == "PORT" else ("--port", 0)))


def test_an_option_beats_the_environment(refused, monkeypatch) -> None:
    monkeypatch.setenv("QSLBENCH_BOARD_PORT", "70000")
    assert "--port -1" in refused("--port", -1)


def test_foreign_host(refused) -> None:
    # TEST-NET-1 of RFC 5737: nobody's address, so that it cannot be ours.
    assert "192.0.2.1 cannot be used" in refused("--port", 0, "--host", "192.0.2.1")


def test_missing_folders(refused, synthetic_folder, tmp_path) -> None:
    assert "no data set folder at" in refused("--port", 0, "--data", tmp_path / "absent")
    assert "no board at" in refused("--port", 0, "--store", tmp_path / "absent")
    synthetic_folder.private.rename(tmp_path / "elsewhere")
    words = refused("--port", 0, "--data", synthetic_folder.public, "--store", tmp_path / "b")
    assert "demo-private" in words
    assert not (tmp_path / "absent").exists()


def test_url_needs_a_folder(refused) -> None:
    assert "is a URL: a folder" in refused("--port", 0, "--store", "sqlite:///x.sqlite")


def test_missing_streamlit(refused, monkeypatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "streamlit" else found(name)
    )
    words = refused("--port", 0)
    assert "streamlit is not installed" in words
    assert "pip install 'qslbench[app]'" in words


def test_address() -> None:
    free = Address.free("127.0.0.1", 0)
    assert 1024 <= free.port <= 65535
    assert Address("127.0.0.1", 80).url == "http://127.0.0.1:80"
    assert Address("0.0.0.0", 80).url == "http://127.0.0.1:80"
    assert Address("::", 80).url == "http://[::1]:80"
    assert Address("::1", 80).url == "http://[::1]:80"


def test_place_of_a_url_keeps_the_password_out_of_arguments(monkeypatch, tmp_path) -> None:
    begun = {}
    monkeypatch.setattr(
        serve.subprocess, "Popen", lambda words, **rest: begun.update(words=words, **rest)
    )
    place = BoardPlace("postgresql://me:secret@host/db", folder=str(tmp_path))
    serve._start(Address("127.0.0.1", 1), place.to_environment())
    assert "secret" not in str(begun["words"])
    assert begun["env"]["QSLBENCH_BOARD_STORE"] == place.store


@pytest.mark.parametrize(
    ("words", "said"), [(("--hide-labels",), "0"), (("--host", "0.0.0.0"), "0"), ((), "1")]
)
def test_what_the_shell_says_of_labels_does_not_show_them(
    door, synthetic_folder, tmp_path, monkeypatch, words, said
) -> None:
    """The pages inherit the environment, so that silence would leave it as it is."""

    def running(_address, environment):
        raise WorkError(f"labels {environment['QSLBENCH_BOARD_LABELS']}")

    monkeypatch.setenv("QSLBENCH_BOARD_LABELS", "1")
    monkeypatch.setattr("leaderboard.commands.board.running", running)
    place = ("--data", synthetic_folder.public, "--store", tmp_path / "board", "--port", 0)
    assert f"labels {said}" in door("board", *place, *words)[2]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_start_and_stop(synthetic_folder, tmp_path, number) -> None:
    arguments = ("--data", synthetic_folder.public, "--store", tmp_path / "board")
    with served(*arguments) as (process, facts):
        assert facts["data"] == str(synthetic_folder.public)
        assert facts["private"] == str(synthetic_folder.private)
        assert facts["url"] == f"http://127.0.0.1:{facts['port']}"
        with urllib.request.urlopen(facts["url"], timeout=5) as answer:
            assert answer.status == 200
        assert Board.open(tmp_path / "board").settings.data == synthetic_folder.public
        process.send_signal(number)
        assert process.wait(STOP_SECONDS) == 0
        # The child is gone with it: the port is free again.
        assert Address.free("127.0.0.1", facts["port"]).port == facts["port"]


@pytest.mark.slow
def test_the_address_is_printed_for_people(synthetic_folder, tmp_path) -> None:
    process = start("--port", 0, "--data", synthetic_folder.public, "--store", tmp_path / "board")
    line = process.stdout.readline()
    process.terminate()
    rest, err = process.communicate(timeout=STOP_SECONDS)
    assert line.startswith("The board is at http://127.0.0.1:")
    assert (rest, err, process.returncode) == ("", "", 0)


@pytest.mark.slow
def test_pages_that_do_not_start_are_failed_work(monkeypatch) -> None:
    monkeypatch.setattr(serve, "FLAGS", ("--no-such-flag=1",))
    address = Address.free("127.0.0.1", 0)
    refusal = pytest.raises(WorkError, match="ended with status 2 before they answered")
    with refusal, serve.running(address, {}):
        pass


def test_proxies_are_believed_by_name_alone() -> None:
    """The server's own default believes whatever this machine's address says."""
    told = asyncio.run(client_of(board_command._believed(()), "127.0.0.1"))
    assert told == "127.0.0.1"
    named = board_command._believed(("127.0.0.1, 10.0.0.0/8",))
    assert named == {"FORWARDED_ALLOW_IPS": "127.0.0.1,10.0.0.0/8"}
    assert asyncio.run(client_of(named, "127.0.0.1")) == "203.0.113.9"
    assert asyncio.run(client_of(named, "10.2.3.4")) == "203.0.113.9"
    assert asyncio.run(client_of(named, "192.0.2.1")) == "192.0.2.1"
    with pytest.raises(RequestError, match=r"--proxy 'proxy\.example\.org' is no address"):
        board_command._believed(("proxy.example.org",))


async def client_of(environment: dict[str, str], address: str) -> str:
    """Whom the server takes the client for that says it speaks for another."""
    seen = []

    async def app(scope, _receive, _send) -> None:
        seen.append(scope["client"][0])

    trusted = environment["FORWARDED_ALLOW_IPS"]
    scope = {
        "type": "http", "scheme": "http", "client": (address, 9),
        "headers": [(b"x-forwarded-for", b"203.0.113.9")],
    }  # fmt: skip
    await ProxyHeadersMiddleware(app, trusted)(scope, None, None)
    return seen[0]


def test_names_that_the_board_answers_to() -> None:
    told = board_command._reached("192.0.2.1", ("Board.example.org,b.example", "c.example"))
    assert told == {"QSLBENCH_BOARD_HOSTS": "192.0.2.1,b.example,board.example.org,c.example"}
