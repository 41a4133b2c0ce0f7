"""Claims knows that an officer found that an employment did not begin as stated."""

from shared.persistence.platform import run

revision = "claims_0029"
down_revision = "claims_0028"

# Nothing was in production: no running release keeps spells meanwhile.
_REFUSED = """
ALTER TABLE known_spell ADD COLUMN refused boolean NOT NULL DEFAULT false;
-- squawk-ignore ban-drop-default
ALTER TABLE known_spell ALTER COLUMN refused DROP DEFAULT;
"""


def upgrade() -> None:
    """A projection: what is published again fills it."""
    run(_REFUSED)
