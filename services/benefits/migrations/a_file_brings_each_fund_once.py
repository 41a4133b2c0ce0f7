"""What a file changed in a month is booked once for each account and fund: an account may be of two funds."""

from shared.persistence.platform import run

revision = "benefits_0019"
down_revision = "benefits_0018"

# Nothing was in production. What was booked before names no fund where it is of two, and stays so.
_BY_FUND = """
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX uq_transfer_file_fund;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_transfer_file_fund
    ON transfer (file, employer, month, least(debit, credit), greatest(debit, credit), coalesce(fund, ''))
    WHERE file IS NOT NULL;
"""


def upgrade() -> None:
    """Put the fund into the key, whichever side of the transfer the account stands on."""
    run(_BY_FUND)
