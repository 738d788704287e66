"""Submissions and their scores."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "submissions",
        sa.Column("id", sa.String(12), primary_key=True),
        sa.Column("identity", sa.String(64), nullable=False, unique=True),
        sa.Column("predictions_sha256", sa.String(64), nullable=False, index=True),
        sa.Column("created", sa.DateTime, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("metadata_json", sa.String, nullable=False),
    )
    op.create_table(
        "scores",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission_id", sa.String(12), sa.ForeignKey("submissions.id"), nullable=False),
        sa.Column("config", sa.String(200), nullable=False),
        sa.Column("task", sa.String(200), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("shots", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("metric", sa.String(100), nullable=False),
        sa.Column("value", sa.Double),
        sa.Column("low", sa.Double),
        sa.Column("high", sa.Double),
        sa.Column("note", sa.String, nullable=False),
        sa.UniqueConstraint("submission_id", "config", "task", "n", "shots", "metric"),
    )
    op.create_index("scores_by_cell", "scores", ["config", "task", "n", "shots"])
