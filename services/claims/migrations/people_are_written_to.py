"""People are written to: letters, the messages that bring them, and what became of these."""

from alembic import op

from shared.persistence.platform import create_letters

revision = "claims_0047"
down_revision = "claims_0046"

# Also what was written to a number that was merged into the reader's, or survives it.
_OWN = "tenant IN (SELECT 'person:' || number FROM unnest(CAST((SELECT own_numbers()) AS bigint[])) AS number)"


def upgrade() -> None:
    """A person reads the letters to each of its numbers."""
    create_letters("claims")
    for table in ("letter", "message", "message_event"):
        op.execute(f"CREATE POLICY {table}_person ON {table} FOR SELECT TO claims_api USING ({_OWN})")
