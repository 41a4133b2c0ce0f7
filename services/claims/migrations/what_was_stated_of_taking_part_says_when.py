"""Claims knows what a person stated of taking part in a scheme, when that was stated, and by what kind of party."""

from shared.persistence.platform import run

revision = "claims_0022"
down_revision = "claims_0021"

# Nothing was in production: no running release keeps memberships meanwhile. Who stated something comes again with a
# higher revision (registration_0022).
_STATEMENTS = """
ALTER TABLE known_membership ADD COLUMN statements jsonb NOT NULL DEFAULT '[]';
-- squawk-ignore ban-drop-default
ALTER TABLE known_membership ALTER COLUMN statements DROP DEFAULT;
"""


def upgrade() -> None:
    """A projection: what is published again fills it."""
    run(_STATEMENTS)
