"""A claim is received by the business clock; its receipt, which watermarks are held against, is the database's."""

from shared.persistence.platform import run

revision = "claims_0003"
down_revision = "claims_0002"

# Nothing was in production: no running release writes a claim meanwhile, and there are few to scan.
_APART = """
ALTER TABLE claim ADD COLUMN stored_at timestamptz;
UPDATE claim SET stored_at = received_at;
ALTER TABLE claim ALTER COLUMN stored_at SET DEFAULT clock_timestamp();
-- squawk-ignore adding-not-nullable-field
ALTER TABLE claim ALTER COLUMN stored_at SET NOT NULL;
-- squawk-ignore ban-drop-default
ALTER TABLE claim ALTER COLUMN received_at DROP DEFAULT;
"""


def upgrade() -> None:
    """Until now one instant was both."""
    run(_APART)
