"""Arrears are found by indexes of their own: a page reads no month that it does not ask for, a run none it has done."""

from shared.persistence.platform import run

revision = "registration_0055"
down_revision = "registration_0054"

# Nothing was in production: no running release is held up while the indexes are made.
_INDEXES = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_account_interest_left ON contribution_account (employer, month)
    WHERE declared_sen <= banked_sen AND interest_left_sen > 0;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_account_due ON contribution_account (employer, month, due_on)
    WHERE declared_sen > banked_sen;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_account_run
    ON contribution_account (due_on, (coalesce(run_on, '-infinity'::date)), employer, month)
    WHERE declared_sen > banked_sen;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_contribution_account_outstanding;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_contribution_account_arrears;
"""


def upgrade() -> None:
    """Interest that is left, what a run has not looked at, and what is due, each by itself."""
    run(_INDEXES)
