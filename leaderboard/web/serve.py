"""The board's pages and HTTP interface as a process: Streamlit, started and stopped cleanly."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from builders.core.errors import RequestError, WorkError
from leaderboard.web.uploads import MAX_UPLOAD_MB

APP = Path(__file__).parent.with_name("asgi.py")
MAX_MESSAGE_MB = 16  # that an open page may make the server hold
START_SECONDS = 60.0
STOP_SECONDS = 8.0
FLAGS = (
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--browser.gatherUsageStats=false",
    "--server.showEmailPrompt=false",
    "--server.enableAgentApi=false",
    f"--server.maxUploadSize={MAX_UPLOAD_MB}",
    f"--server.maxMessageSize={MAX_MESSAGE_MB}",
    "--client.toolbarMode=minimal",
    "--client.showErrorDetails=none",  # a visitor needs no stack of ours; the terminal has it
    "--logger.hideWelcomeMessage=true",
    "--theme.light.primaryColor=#0f766e",
    "--theme.dark.primaryColor=#11837a",
)


@dataclass(frozen=True)
class Address:
    """Where the pages are served.

    Attributes:
        host: name or number of an interface of this machine.
        port: 1 to 65535.
    """

    host: str
    port: int

    @property
    def url(self) -> str:
        """For a browser on this machine."""
        every = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{every.get(self.host, name)}:{self.port}"

    @staticmethod
    def free(host: str, port: int) -> "Address":
        """An address that nobody serves yet.

        Args:
            host: to listen on.
            port: 0 takes any free one.

        Raises:
            RequestError: the port is taken or not allowed, or the host is not ours.
        """
        if not 0 <= port <= 65535:
            raise RequestError(f"--port {port}: 0 to 65535 are allowed; 0 takes a free one.")
        try:
            family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
                return Address(host, int(probe.getsockname()[1]))
        except OSError as error:
            raise RequestError(
                f"--port {port} on {host} cannot be used: {error.strerror or error}. Give another "
                "--port; 0 takes a free one."
            ) from None


@contextmanager
def running(address: Address, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The pages as a child process that answers; it is ended when the block is left.

    Args:
        address: where to serve.
        environment: what the pages are to know, added to this process's.

    Raises:
        WorkError: the child ended, or did not answer in time.
    """
    child = _start(address, environment)
    try:
        _wait_until_healthy(child, address)
        yield child
    finally:
        _stop(child)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Leave the block quietly on SIGINT or SIGTERM."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        for number in earlier:  # a second Ctrl-C must not interrupt the clean-up
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    earlier = {number: signal.signal(number, leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _start(address: Address, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    root = str(APP.parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    place = (f"--server.address={address.host}", f"--server.port={address.port}")
    return subprocess.Popen(
        # -P: the folder we happen to stand in must not shadow a package.
        [sys.executable, "-P", "-m", "streamlit", "run", str(APP), *FLAGS, *place],
        env=os.environ | environment | {"PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        start_new_session=True,  # Ctrl-C reaches us alone, and we end it in order
    )


def _wait_until_healthy(child: subprocess.Popen[bytes], address: Address) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise WorkError(
                f"the board's pages ended with status {child.returncode} before they answered; "
                "the reason is above."
            )
        if _is_healthy(address):
            return
        time.sleep(0.1)
    raise WorkError(f"the board's pages did not answer at {address.url} in {START_SECONDS:g} s.")


def _is_healthy(address: Address) -> bool:
    # Without the proxies of the environment: the server is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address.url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
