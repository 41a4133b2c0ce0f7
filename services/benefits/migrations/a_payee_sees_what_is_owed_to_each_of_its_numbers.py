"""A payee sees what is owed and paid to each of its numbers."""

from alembic import op

revision = "benefits_0056"
down_revision = "benefits_0055"

# Of two numbers that are one person's each was paid something.
_MINE = """
    party = ANY (CAST((SELECT parties_of(current_setting('jaring.tenant', true))) AS text[])) AND party LIKE 'person:%'
"""
_TABLES = ("entitlement", "entitlement_term", "settlement", "payment", "transfer")


def upgrade() -> None:
    """What else is of a claim is seen by these."""
    for table in _TABLES:
        op.execute(f"ALTER POLICY {table}_own ON {table} USING ({_MINE})")
