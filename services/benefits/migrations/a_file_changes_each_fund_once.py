"""A correction downwards takes from a fund, so that what a file changed is named by the fund and not by the credit."""

from alembic import op

revision = "benefits_0002"
down_revision = "benefits_0001"


def upgrade() -> None:
    """Hold the pair of accounts unique, whichever of them is debited; the other one is always the receivable."""
    op.execute("""
        CREATE UNIQUE INDEX uq_transfer_file_fund
        ON transfer (file, employer, month, least(debit, credit), greatest(debit, credit))
    """)
    op.execute("ALTER TABLE transfer DROP CONSTRAINT transfer_file_employer_month_credit_key")
