"""Losses of every cell, accounts, seasons, the log of decisions.

Submissions of before have no losses; `qslbench rescore` computes them from stored predictions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add three tables and two columns."""
    op.add_column(
        "submissions", sa.Column("account", sa.String(200), nullable=False, server_default="")
    )
    op.add_column("submissions", sa.Column("season", sa.String(50)))
    op.create_index("ix_submissions_season", "submissions", ["season"])
    op.create_index("ix_scores_submission_id", "scores", ["submission_id"])
    op.create_table(
        "results",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("submission_id", sa.String(12), sa.ForeignKey("submissions.id"), nullable=False),
        sa.Column("config", sa.String(200), nullable=False),
        sa.Column("task", sa.String(200), nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("shots", sa.Integer, nullable=False),
        sa.Column("scorer", sa.Integer, nullable=False),
        sa.Column("losses", sa.LargeBinary, nullable=False),
        sa.Column("reference", sa.LargeBinary),
        sa.Column("sketch", sa.LargeBinary),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("details_json", sa.String, nullable=False),
        sa.UniqueConstraint("submission_id", "config", "task", "n", "shots"),
    )
    op.create_index("results_by_cell", "results", ["config", "task", "n", "shots"])
    op.create_table(
        "seasons",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("opened", sa.DateTime, nullable=False),
        sa.Column("closed", sa.DateTime),
        sa.Column("revealed", sa.DateTime),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("label_hash", sa.String(64), nullable=False),
        sa.Column("seeds_json", sa.String, nullable=False),
        sa.Column("cap", sa.Integer, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("created", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body_json", sa.String, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
