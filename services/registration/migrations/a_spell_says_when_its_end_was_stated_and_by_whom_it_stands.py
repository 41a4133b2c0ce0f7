"""A spell says on which day its last day was stated, and whether an officer stated it."""

from shared.persistence.platform import run

revision = "registration_0024"
down_revision = "registration_0023"

# Nothing was in production: no running release states spells meanwhile. Ends of before count as verified.
_STATED = """
ALTER TABLE spell ADD COLUMN end_stated_on date;
ALTER TABLE spell ADD COLUMN end_verified boolean NOT NULL DEFAULT true;
-- squawk-ignore ban-drop-default
ALTER TABLE spell ALTER COLUMN end_verified DROP DEFAULT;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE spell ADD CONSTRAINT spell_end_stated_check CHECK (end_verified OR end_stated_on IS NOT NULL);
ALTER TABLE recalled_spell ADD COLUMN ended_on date;
ALTER TABLE recalled_spell ADD COLUMN end_stated_on date;
ALTER TABLE recalled_spell ADD COLUMN end_verified boolean NOT NULL DEFAULT true;
-- squawk-ignore ban-drop-default
ALTER TABLE recalled_spell ALTER COLUMN end_verified DROP DEFAULT;
"""


def upgrade() -> None:
    """Events of these spells say nothing new, so nothing is published again."""
    run(_STATED)
