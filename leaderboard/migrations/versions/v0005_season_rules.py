"""Official cells, told scores and numbers of seasons; numbers and choices of submissions.

Numbers take the place of times, because a clock can go backwards. Seasons of before keep rules 1:
they can be closed, and take no more files. Sketches are of another form now, and are made anew
when scores are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add columns, and number what is there."""
    for name, default in (("number", "0"), ("rules", "1"), ("told", "0")):
        op.add_column(
            "seasons", sa.Column(name, sa.Integer, nullable=False, server_default=default)
        )
    op.add_column(
        "seasons", sa.Column("cells_json", sa.String, nullable=False, server_default="[]")
    )
    op.add_column(
        "submissions", sa.Column("number", sa.Integer, nullable=False, server_default="0")
    )
    op.create_index("ix_submissions_number", "submissions", ["number"])
    op.add_column("submissions", sa.Column("chosen", sa.Integer))
    op.add_column("results", sa.Column("told_loss", sa.Double))
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE results SET sketch = NULL"))
    _count("seasons", "name", "opened")
    _count("submissions", "id", "created")


def _count(table: str, key: str, moment: str) -> None:
    """Number the rows of a table by their time."""
    connection = op.get_bind()
    rows = connection.execute(sa.text(f"SELECT {key} FROM {table} ORDER BY {moment}, {key}")).all()
    for number, (name,) in enumerate(rows, start=1):
        query = f"UPDATE {table} SET number = :number WHERE {key} = :name"
        connection.execute(sa.text(query), {"number": number, "name": name})
