"""Who reads whose data is kept, in the transaction in which it is told; payments are found by their day."""

from alembic import op

from shared.persistence.read_log_tables import log_reads

revision = "benefits_0054"
down_revision = "benefits_0053"


def upgrade() -> None:
    """The read log, which a person reads of itself; payments stand in the order in which they were instructed."""
    log_reads("benefits")
    # Nothing was in production: no running release is held up while the index is made.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_payment_created_at ON payment USING brin (created_at)"
    )
