"""Who was told what in a cell, without a look at the losses that lie before it in a row."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add an index that holds all that is asked for."""
    columns = ["config", "task", "n", "shots", "track", "released", "told_loss", "submission_id"]
    op.create_index("results_told", "results", columns)
