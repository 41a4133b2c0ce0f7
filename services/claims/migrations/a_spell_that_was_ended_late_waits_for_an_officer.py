"""Claims knows when the last day of an employment was stated, and whether an officer stated it."""

from shared.persistence.platform import run

revision = "claims_0028"
down_revision = "claims_0027"

# Nothing was in production: no running release keeps spells meanwhile. Ends of before count as verified.
_STATED = """
ALTER TABLE known_spell ADD COLUMN end_stated_on date;
ALTER TABLE known_spell ADD COLUMN end_verified boolean NOT NULL DEFAULT true;
-- squawk-ignore ban-drop-default
ALTER TABLE known_spell ALTER COLUMN end_verified DROP DEFAULT;
"""


def upgrade() -> None:
    """A projection: what is published again fills it."""
    run(_STATED)
