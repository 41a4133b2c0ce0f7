"""A file is received and finished by the business clock; its receipts, which bound watermarks, are the database's."""

from shared.persistence.platform import run

revision = "registration_0005"
down_revision = "registration_0004"

# Nothing was in production: no running release writes a file meanwhile, and there are few to scan.
_APART = """
ALTER TABLE contribution_file ADD COLUMN stored_at timestamptz;
ALTER TABLE contribution_file ADD COLUMN closed_at timestamptz;
UPDATE contribution_file SET stored_at = received_at, closed_at = finished_at;
ALTER TABLE contribution_file ALTER COLUMN stored_at SET DEFAULT clock_timestamp();
-- squawk-ignore adding-not-nullable-field
ALTER TABLE contribution_file ALTER COLUMN stored_at SET NOT NULL;
-- squawk-ignore ban-drop-default
ALTER TABLE contribution_file ALTER COLUMN received_at DROP DEFAULT;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE contribution_file ADD CHECK ((finished_at IS NULL) = (closed_at IS NULL));
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_contribution_file_unfinished;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_file_unfinished ON contribution_file (stored_at) WHERE finished_at IS NULL;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_contribution_file_finished_at;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_file_closed_at ON contribution_file (closed_at);
"""


def upgrade() -> None:
    """Until now one instant was both."""
    run(_APART)
