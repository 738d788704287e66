"""A PostgreSQL server of a test's own, on a free port of this machine."""

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _tool(name: str) -> str | None:
    """A program of PostgreSQL; Debian keeps them out of the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(versions[-1]) if versions else None)


def _user() -> list[str]:
    """The server refuses to run as root."""
    return (
        []
        if os.geteuid()
        else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    )


def why_not() -> str:
    """Why there is no server to test with; "" if there is one."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if not (_tool("initdb") and _tool("pg_ctl")):
        return "no PostgreSQL server (Debian: apt-get install postgresql)"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


needed = pytest.mark.skipif(bool(why_not()), reason=why_not() or "a server is there")


@contextmanager
def server() -> Iterator[str]:
    """The URL of an empty database; the server is stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="qslbench-postgres-"))
    if not os.geteuid():
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = str(folder / "data"), str(folder / "log")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    try:
        _call("initdb", "-D", data, "-U", "qslbench", "--auth=trust", "--no-sync", "-E", "UTF8")
        _call("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield f"postgresql://qslbench@127.0.0.1:{port}/postgres"
        finally:
            _call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


def _call(name: str, *arguments: str) -> None:
    program = _tool(name)
    assert program is not None
    # Not captured: the server would keep a pipe open after pg_ctl has ended.
    done = subprocess.run(
        [*_user(), program, *arguments],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{name} ended with status {done.returncode}"
