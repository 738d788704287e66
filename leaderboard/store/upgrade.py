"""Bringing the tables of a store to the newest revision."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from builders.core.errors import WorkError

HEAD = "0008"
_FIRST = "0001"
_VERSIONS = "alembic_version"
_SCRIPTS = Path(__file__).parent.with_name("migrations")


def upgrade(connection: Connection) -> None:
    """Make or change the tables, if they are not the newest already.

    Args:
        connection: in a transaction that holds the write lock.

    Raises:
        WorkError: the store was written by a newer version of this package.
    """
    tables = set(inspect(connection).get_table_names())
    given = None
    if _VERSIONS in tables:
        given = connection.scalar(text(f"SELECT version_num FROM {_VERSIONS}"))
    if given == HEAD:
        return  # the usual case needs no Alembic, which takes a moment to import
    # What stores had before revisions were counted.
    if given is None and "submissions" in tables:
        given = _FIRST
    _run(connection, given)


def _run(connection: Connection, given: str | None, wanted: str = "head") -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        if given == _FIRST:
            command.stamp(config, _FIRST)
        command.upgrade(config, wanted)
    except CommandError as error:
        raise WorkError(
            f"the store has tables of revision {given}, this version knows up to {HEAD}: {error} "
            "Install the version that wrote it."
        ) from None
