"""A question counts how often what people look at of it changed: an approval names the newest of these."""

from shared.persistence.platform import run

revision = "claims_0020"
down_revision = "claims_0019"

# Nothing was in production: no running release uses the table meanwhile, and there are few rows to change.
_REVISION = """
-- squawk-ignore adding-not-nullable-field
ALTER TABLE question ADD COLUMN revision integer NOT NULL DEFAULT 0;
-- squawk-ignore ban-drop-default
ALTER TABLE question ALTER COLUMN revision DROP DEFAULT;
"""


def upgrade() -> None:
    """Count from now on."""
    run(_REVISION)
