"""What is more than is paid to anybody at once is found by an index: the worker counts it for its owner's officers."""

from alembic import op

revision = "benefits_0035"
down_revision = "benefits_0034"


def upgrade() -> None:
    """Make the index, of next to no row."""
    # Nothing was in production: no running release is held up while the index is made.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_settlement_out_of_bounds ON settlement (claim) "
        """WHERE waiting @> '[{"reason": "amount_out_of_bounds"}]'"""
    )
