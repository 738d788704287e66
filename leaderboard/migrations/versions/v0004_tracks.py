"""The track of every cell; `told`, whether a score is shown, becomes `released`.

Until here, what told a control, a transfer or a noise-free cell from the others was a few words in
the notes of its metadata, or shots = 0. These words are read once, and count no more afterwards.
"""

import json
import re

import sqlalchemy as sa
from alembic import op

from builders.core.errors import RequestError
from builders.core.names import parse_config

revision = "0004"
down_revision = "0003"

_CELL = ["config", "task", "n", "shots"]
_RANDOM = "all outcome tokens replaced by random ones"
_RANDOM_INPUTS = "tokens that are inputs replaced by random ones"
_TRAINED_ON = re.compile(r"\btrained on ([a-z][a-z0-9_]*)")
# As PostgreSQL names what was made without a name; SQLite keeps none.
_NAMES = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}


def upgrade() -> None:
    """Add a column to two tables, put it into their keys, and fill it."""
    _change("scores", ["metric"], has_released=False)
    _change("results", [], has_released=True)
    connection = op.get_bind()
    submissions = connection.execute(sa.text("SELECT id, metadata_json FROM submissions")).all()
    for id_, text in submissions:
        track = _track(json.loads(text).get("notes", ""))
        if track is not None:
            _fill(connection, track, id_)
    for table in ("scores", "results"):
        connection.execute(sa.text(f"UPDATE {table} SET track = 'exact' WHERE shots = 0"))


def _change(table: str, more: list[str], *, has_released: bool) -> None:
    op.drop_index(f"{table}_by_cell", table)
    old = f"{table}_{'_'.join(['submission_id', *_CELL, *more])}_key"
    with op.batch_alter_table(table, naming_convention=_NAMES) as batch:
        batch.add_column(
            sa.Column("track", sa.String(210), nullable=False, server_default="standard")
        )
        if has_released:
            batch.alter_column("told", new_column_name="released")
        batch.drop_constraint(old, type_="unique")
        batch.create_unique_constraint(f"{table}_once", ["submission_id", *_CELL, "track", *more])
    op.create_index(f"{table}_by_cell", table, [*_CELL, "track"])


def _track(notes: str) -> str | None:
    """The track that some notes speak of; None for the standard one."""
    if _RANDOM in notes:
        return "random"
    if _RANDOM_INPUTS in notes:
        return "random-inputs"
    for mention in _TRAINED_ON.finditer(notes):
        try:
            parse_config(mention[1])
        except RequestError:
            continue
        return f"from:{mention[1]}"
    return None


def _fill(connection: sa.Connection, track: str, id_: str) -> None:
    # What was trained on its own config is no transfer, whatever the notes say.
    values = {"track": track, "id": id_, "own": track.removeprefix("from:")}
    for table in ("scores", "results"):
        query = f"UPDATE {table} SET track = :track WHERE submission_id = :id AND config != :own"
        connection.execute(sa.text(query), values)
