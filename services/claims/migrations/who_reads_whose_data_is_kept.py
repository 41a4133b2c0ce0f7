"""Who reads whose data is kept, in the transaction in which it is told; decisions are found by their day."""

from alembic import op

from shared.persistence.read_log_tables import log_reads

revision = "claims_0055"
down_revision = "claims_0054"


def upgrade() -> None:
    """The read log, which a person reads of itself; decisions stand in the order in which they were made."""
    log_reads("claims")
    # Nothing was in production: no running release is held up while the index is made.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_decision_decided_at ON decision USING brin ((envelope ->> 'decided_at') COLLATE \"C\")"
    )
