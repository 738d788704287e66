"""Revisions of the tables: new stores, old ones, and those of a later version."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

from builders.core.errors import WorkError
from leaderboard.migrations.versions import v0001_submissions
from leaderboard.store import upgrade
from leaderboard.store.database import open_engine, sqlite_url
from leaderboard.store.store import Store
from leaderboard.store.tables import Base
from tests.leaderboard import postgres
from tests.leaderboard.answers import metadata


def differences(engine: Engine) -> list:
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_the_revisions_make_the_tables_of_the_code(tmp_path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "new.sqlite"))
    assert differences(engine) == []
    engine.dispose()


def test_the_newest_revision_is_named() -> None:
    script = ScriptDirectory(str(upgrade._SCRIPTS))
    assert script.get_heads() == [upgrade.HEAD]
    assert script.get_bases() == [v0001_submissions.revision] == [upgrade._FIRST]


def test_a_store_of_before_revisions_keeps_its_submissions(tmp_path) -> None:
    url = sqlite_url(tmp_path / "board.sqlite")
    engine = create_engine(url)
    with engine.begin() as connection:
        upgrade._run(connection, None, "0001")
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(
            text("INSERT INTO submissions VALUES ('a', 'a', 'b', '2026-01-01', 'old', :about)"),
            {"about": metadata(name="old").model_dump_json()},
        )
    engine.dispose()
    store = Store.open(tmp_path)
    (row,) = store.submissions()
    assert (row.name, row.account, row.season, row.results) == ("old", "", None, {})
    assert differences(store.engine) == []
    store.close()


def test_a_store_of_a_later_version_is_left_alone(tmp_path) -> None:
    engine = open_engine(sqlite_url(tmp_path / "board.sqlite"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(WorkError, match="tables of revision 9999, this version knows up to"):
        Store.open(tmp_path)


@postgres.needed
def test_postgresql_gets_the_same_tables() -> None:
    with postgres.server() as url:
        for _ in range(2):
            engine = open_engine(url)
            assert engine.driver == "psycopg"
            assert set(inspect(engine).get_table_names()) == {
                *Base.metadata.tables, "alembic_version",
            }  # fmt: skip
            assert differences(engine) == []
            engine.dispose()
