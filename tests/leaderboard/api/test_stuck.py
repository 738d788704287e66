"""A running board with clients at its door that send nothing, or a byte now and then."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from leaderboard.web import remote
from tests.leaderboard.answers import write
from tests.leaderboard.serving import served

STUCK = 40
SECONDS = 5.0
MEGABYTES = (
    300.0  # that 40 stuck clients may cost; a body of each is kept in 1 MB of memory at most
)

HEAD = (
    "POST /api/submissions HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000000\r\n"
    "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
)
PART = '--b\r\nContent-Disposition: form-data; name="file"; filename="p.parquet"\r\n\r\nPAR1'


@contextmanager
def stuck(url: str, count: int, *, in_head: bool) -> Iterator[list[socket.socket]]:
    """Connections that stop in the middle of the head, or of the body."""
    place = urlsplit(url)
    text = HEAD.format(host=place.netloc) + PART
    sent = (text[:40] if in_head else text).encode()
    with ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection((place.hostname, place.port), 10))
            for _ in range(count)
        ]
        for each in opened:
            each.sendall(sent)
        yield opened


def memory(pid: int) -> float:
    """Peak resident megabytes of the server, which is a child of the command."""
    child = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
    (found,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text())
    return int(found) / 1e3


@pytest.mark.slow
@pytest.mark.parametrize("in_head", [True, False])
def test_an_honest_file_is_answered(synthetic_folder, tmp_path, monkeypatch, in_head) -> None:
    """From the address of the stuck ones, too: of one address the slowest give way."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    paths = [write(tmp_path / f"{k}.parquet", synthetic_folder, (k + 1) / 64) for k in range(3)]
    arguments = ("--data", synthetic_folder.public, "--store", tmp_path / "board")
    with served(*arguments) as (command, facts):
        remote.submit(facts["url"], paths[0])  # opens the board
        began = time.monotonic()
        remote.submit(facts["url"], paths[1])
        alone, before = time.monotonic() - began, memory(command.pid)
        with stuck(facts["url"], STUCK, in_head=in_head) as opened:
            time.sleep(1.0)
            for each in opened[:20]:
                each.sendall(b"x")
            began = time.monotonic()
            remote.submit(facts["url"], paths[2])
            seconds = time.monotonic() - began
        print(f"{in_head=} {seconds:.2f} s with {STUCK} stuck, {alone:.2f} s alone, "
              f"{memory(command.pid) - before:.0f} MB more")  # fmt: skip
        # A machine that is busy with other work takes longer for the file itself.
        assert seconds < max(SECONDS, 2 * alone)
        assert memory(command.pid) - before < MEGABYTES
