"""A provider's own bills are found by an index: its list walked through everybody's."""

from alembic import op

revision = "rehab_0013"
down_revision = "rehab_0012"


def upgrade() -> None:
    """Make the index."""
    # Nothing was in production: no running release is held up while the index is made.
    op.execute("-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX ix_bill_tenant ON bill (tenant, id)")
