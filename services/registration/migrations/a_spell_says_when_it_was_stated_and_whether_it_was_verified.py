"""A spell says on which day its start was first stated, and whether an officer stated or verified it."""

from shared.persistence.platform import run

revision = "registration_0016"
down_revision = "registration_0015"

# Nothing was in production: no running release states spells meanwhile. Those of before count as verified.
_STATED = """
ALTER TABLE spell ADD COLUMN stated_on date;
ALTER TABLE spell ADD COLUMN verified boolean NOT NULL DEFAULT true;
-- squawk-ignore ban-drop-default
ALTER TABLE spell ALTER COLUMN verified DROP DEFAULT;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE spell ADD CONSTRAINT spell_stated_check CHECK (verified OR stated_on IS NOT NULL);
ALTER TABLE recalled_spell ADD COLUMN stated_on date;
ALTER TABLE recalled_spell ADD COLUMN verified boolean NOT NULL DEFAULT true;
-- squawk-ignore ban-drop-default
ALTER TABLE recalled_spell ALTER COLUMN verified DROP DEFAULT;
"""


def upgrade() -> None:
    """Events of these spells say nothing new, so nothing is published again."""
    run(_STATED)
