"""Whether a submission was withdrawn, and when in the life of its season."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add a column."""
    op.add_column("submissions", sa.Column("withdrawn", sa.String(10)))
