"""A counter-entry that waited in a backup, and was released since, is ended by the worker, which reads that back."""

from alembic import op

revision = "benefits_0046"
down_revision = "benefits_0045"


def upgrade() -> None:
    """By whom it was released was not published."""
    op.execute("GRANT UPDATE (released_by, released_at) ON counter_entry TO benefits_worker")
