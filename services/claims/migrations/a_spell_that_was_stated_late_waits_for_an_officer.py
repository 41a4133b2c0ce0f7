"""Claims knows when an employment was first stated, and whether an officer verified it."""

from shared.persistence.platform import run

revision = "claims_0012"
down_revision = "claims_0011"

# Nothing was in production: no running release keeps spells meanwhile. Those of before count as verified.
_STATED = """
ALTER TABLE known_spell ADD COLUMN stated_on date;
ALTER TABLE known_spell ADD COLUMN verified boolean NOT NULL DEFAULT true;
-- squawk-ignore ban-drop-default
ALTER TABLE known_spell ALTER COLUMN verified DROP DEFAULT;
"""


def upgrade() -> None:
    """A projection: what is published again fills it."""
    run(_STATED)
