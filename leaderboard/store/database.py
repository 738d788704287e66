"""Opening the database so that several processes can write to it at the same time."""

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.orm import Session, sessionmaker

from builders.core.errors import RequestError, WorkError
from builders.core.extras import missing_extra
from leaderboard.refusals import AwayError
from leaderboard.store.upgrade import upgrade

BUSY_SECONDS = 30.0
_WRITES = "qslbench_writes"
_LOCK = 0x71736C62  # of PostgreSQL's advisory locks; any number that nobody else takes


def sqlite_url(path: Path) -> URL:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(path))


def open_engine(url: URL | str) -> Engine:
    """An engine with the tables of the newest revision; SQLite in WAL mode.

    Writing transactions take their turn, on SQLite by its own lock and on PostgreSQL by an advisory
    one: what such a transaction reads stays true until it ends.

    Args:
        url: `sqlite:///FILE`, or `postgresql://USER@HOST/NAME` (needs the package psycopg).

    Raises:
        RequestError: the URL is not one, or its driver is not installed.
        WorkError: the database cannot be opened; an AwayError where its server does not answer.
    """
    try:
        # A pooled connection may be one to a server that has been started anew since.
        engine = create_engine(_with_driver(url), pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        missing = missing_extra(error) if isinstance(error, ImportError) else None
        if missing is not None:
            raise missing from None
        raise RequestError(
            f"store {str(url)!r}: {error}. Give a folder, or a database URL whose driver is "
            "installed."
        ) from None
    event.listen(engine, "handle_error", _on_error)
    if engine.dialect.name == "sqlite":
        _own(engine.url.database)
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _on_begin_postgresql)
    try:
        if engine.dialect.name == "sqlite":
            _use_wal(engine)
        with writing_connection(engine) as connection:
            upgrade(connection)
    except WorkError:
        engine.dispose()
        raise
    except (DBAPIError, sqlite3.Error) as error:
        engine.dispose()
        reason = error.orig if isinstance(error, DBAPIError) else error
        raise WorkError(f"the store {engine.url} cannot be opened: {reason}") from error
    return engine


def writing_connection(engine: Engine) -> Any:
    """A transaction that takes the write lock when it begins, as a context manager."""
    return engine.execution_options(**{_WRITES: True}).begin()


def writing_session(engine: Engine) -> Session:
    """A session whose transactions take the write lock when they begin."""
    return sessionmaker(engine.execution_options(**{_WRITES: True}))()


def _on_error(context: ExceptionContext) -> None:
    """Say in words what no program can mend: a disk that is full, a file that is damaged, a server
    that is away.
    """
    if isinstance(context.sqlalchemy_exception, (IntegrityError, ProgrammingError)):
        return  # faults of ours
    engine, fault = context.engine, context.original_exception
    if engine is not None and isinstance(fault, sqlite3.Error):
        reason = str(fault)
        if "is locked" in reason:
            raise AwayError(
                f"the store {engine.url.database} was locked by another process for more than "
                f"{BUSY_SECONDS:g} seconds. Nothing was changed. Do it again."
            ) from fault
        mend = next((mend for words, mend in _MENDS.items() if words in reason), "")
        if mend:
            raise WorkError(f"the store {engine.url.database}: {reason}. {mend}") from fault
    elif engine is not None and (context.is_disconnect or _found_none(context)):
        raise AwayError(f"the store {engine.url} does not answer: {fault}") from fault


def _found_none(context: ExceptionContext) -> bool:
    """Whether a server gave no connection: it is away, or starts or stops."""
    return context.connection is None and isinstance(context.sqlalchemy_exception, OperationalError)


_MENDS = {
    "is full": "Nothing was changed. Make room on its disk, and do it again.",
    "malformed": "It is damaged: put a backup of the whole folder in its place.",
    "not a database": "It is damaged: put a backup of the whole folder in its place.",
    "disk I/O error": "Its disk fails or is full. Nothing was changed.",
    "readonly": "It belongs to somebody else, or its disk is read-only. Nothing was changed.",
    "unable to open": "Its folder is gone, or belongs to somebody else.",
}


def _own(database: str | None) -> None:
    """A new file is for its owner alone, as SQLite makes its companions after it."""
    if database and not database.startswith(":") and Path(database).parent.is_dir():
        with suppress(OSError):  # is said when it is opened
            os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))


def _with_driver(url: URL | str) -> URL:
    """The URL, with psycopg as PostgreSQL's driver where none is named."""
    parsed = make_url(url)
    named = parsed.drivername == "postgresql"
    return parsed.set(drivername="postgresql+psycopg") if named else parsed


def _on_begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours, see _on_begin
    connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    connection.execute("PRAGMA foreign_keys = ON")


def _on_begin(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail however long it waits; one that
    # takes the write lock at once waits its turn.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _use_wal(engine: Engine) -> None:
    """Switch to WAL; processes that open a new file together can meet here, and SQLite then fails
    at once instead of waiting.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL").fetchone()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        finally:
            raw.close()
