"""A line may withdraw its month, and leave the SKBBK as it stood; a fault tells the amount that is due."""

from shared.persistence.platform import run

revision = "registration_0008"
down_revision = "registration_0007"

# Nothing was in production: there are few lines to scan.
_LINES = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE contribution_line DROP CONSTRAINT contribution_line_wage_sen_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE contribution_line ADD CHECK (wage_sen >= 0);
ALTER TABLE contribution_line ADD COLUMN skbbk_receipt bigint;
UPDATE contribution_line SET skbbk_receipt = receipt;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE contribution_line ALTER COLUMN skbbk_receipt SET NOT NULL;
ALTER TABLE contribution_file_fault ADD COLUMN expected_sen bigint;
"""


def upgrade() -> None:
    """Until now the receipt of a line was that of each of its amounts."""
    run(_LINES)
