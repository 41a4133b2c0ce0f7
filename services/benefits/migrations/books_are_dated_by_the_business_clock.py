"""Payees, payments, recoveries and transfers bear the instant of the business clock, never the database's."""

from shared.persistence.platform import run

revision = "benefits_0003"
down_revision = "benefits_0002"

# Nothing was in production: no running release leaves these to the database.
_DATED = """
-- squawk-ignore ban-drop-default
ALTER TABLE payee ALTER COLUMN entered_at DROP DEFAULT;
-- squawk-ignore ban-drop-default
ALTER TABLE payment ALTER COLUMN created_at DROP DEFAULT;
-- squawk-ignore ban-drop-default
ALTER TABLE recovery ALTER COLUMN opened_at DROP DEFAULT;
-- squawk-ignore ban-drop-default
ALTER TABLE transfer ALTER COLUMN booked_at DROP DEFAULT;
"""


def upgrade() -> None:
    """Whoever writes one names the instant."""
    run(_DATED)
