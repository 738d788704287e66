"""Ids of submissions may be longer; those that are there stay."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COLUMNS = {"submissions": "id", "scores": "submission_id", "results": "submission_id"}


def upgrade() -> None:
    """Widen the ids and what refers to them; SQLite looks at no length."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, column in _COLUMNS.items():
        op.alter_column(table, column, type_=sa.String(64), existing_type=sa.String(12))
