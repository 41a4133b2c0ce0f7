"""What was entered of a receipt at a counter is found by the receipt's number, whichever debt it is of."""

from alembic import op

revision = "benefits_0036"
down_revision = "benefits_0035"


def upgrade() -> None:
    """Nothing was in production: no running release is held up while the index is made."""
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_repayment_receipt ON repayment (route, reference)"
    )
