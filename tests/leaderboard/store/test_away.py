"""A database whose server goes away: said as what it is, and used again when it is back."""

import socket
import sqlite3

import pytest
from sqlalchemy import create_engine, text

from leaderboard.refusals import AwayError
from leaderboard.store import database
from leaderboard.store.store import Store
from tests.leaderboard import postgres

CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid != pg_backend_pid() AND backend_type = 'client backend'
"""


@pytest.mark.skipif(bool(postgres.why_not()), reason=postgres.why_not() or "psycopg is there")
def test_a_server_that_nobody_runs(tmp_path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(AwayError, match="does not answer") as caught:
        Store.open(f"postgresql://me:secret@127.0.0.1:{port}/x", tmp_path)
    assert "secret" not in str(caught.value)


@postgres.needed
@pytest.mark.slow
def test_connections_that_were_cut_are_made_anew(tmp_path) -> None:
    with postgres.server() as url:
        store = Store.open(url, tmp_path)
        assert store.seasons() == []
        other = create_engine(url.replace("://", "+psycopg://"))
        with other.connect() as connection:
            connection.execute(text(CUT))
        assert store.seasons() == []
        other.dispose()
        held = store.engine.connect()
        store.engine.dispose()
    with pytest.raises(AwayError, match="does not answer"):
        store.seasons()
    with pytest.raises(AwayError, match="does not answer"):
        held.execute(text("SELECT 1"))
    held.invalidate()
    held.close()
    store.close()


def test_a_lock_that_is_held_for_long(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    store = Store.open(tmp_path)
    holder = sqlite3.connect(tmp_path / "board.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with (
        pytest.raises(AwayError, match="was locked by another process"),
        store.writing() as writing,
    ):
        writing.next_number()
    holder.execute("ROLLBACK")
    holder.close()
    with store.writing() as writing:
        assert writing.next_number() == 1
    store.close()
