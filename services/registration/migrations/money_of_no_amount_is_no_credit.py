"""Money of no amount is no credit: the receipt that it would be matched to is of money that came."""

from alembic import op

revision = "registration_0063"
down_revision = "registration_0042"


def upgrade() -> None:
    """What was kept of none before stays as it is, and nobody can match it."""
    op.execute(
        "ALTER TABLE bank_credit ADD CONSTRAINT bank_credit_amount_sen_above_zero CHECK (amount_sen > 0) NOT VALID"
    )
