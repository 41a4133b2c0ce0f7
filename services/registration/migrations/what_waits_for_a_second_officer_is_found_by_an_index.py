"""What one officer proposed of a receipt and nobody released is found by an index: the worker counts it."""

from alembic import op

revision = "registration_0030"
down_revision = "registration_0028"


def upgrade() -> None:
    """Make the index."""
    # Nothing was in production: no running release is held up while the index is made.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_receipt_word_waiting ON receipt_word (proposed_at) WHERE released_by IS NULL"
    )
