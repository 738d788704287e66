"""What Alembic runs for every command; `leaderboard.store.upgrade` hands it the connection.

A new revision is written by hand beside the others, and `leaderboard.store.upgrade.HEAD` names it.
"""

from alembic import context

from leaderboard.store.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
