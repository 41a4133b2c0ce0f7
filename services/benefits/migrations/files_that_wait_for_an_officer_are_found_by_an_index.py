"""Bank files that wait for an officer are found by an index: a gauge counts what is held of them every few seconds."""

from alembic import op

revision = "benefits_0013"
down_revision = "benefits_0012"


def upgrade() -> None:
    """Make the index."""
    # Nothing was in production: no running release is held up while the index is made.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_bank_file_reason ON bank_file (reason) WHERE reason IS NOT NULL"
    )
