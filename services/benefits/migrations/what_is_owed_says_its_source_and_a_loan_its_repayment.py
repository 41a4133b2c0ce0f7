"""What is owed says its source: claims states payables too; and of a loan stands what is paid back."""

from alembic import op

from shared.persistence.platform import run

revision = "benefits_0026"
down_revision = "benefits_0025"

# So far claims stated claims alone, and no other owner did; no running release states anything else.
_SOURCE = """
ALTER TABLE {table} ADD COLUMN source text NOT NULL DEFAULT 'claim' CHECK (source IN ('claim', 'payable'));
UPDATE {table} SET source = 'payable' WHERE owner <> 'claims';
-- squawk-ignore ban-drop-default
ALTER TABLE {table} ALTER COLUMN source DROP DEFAULT;
"""
# Terms of both directions are numbered through.
_DIRECTION = """
ALTER TABLE entitlement_term
    ADD COLUMN direction text NOT NULL DEFAULT 'out' CHECK (direction IN ('out', 'back'));
-- squawk-ignore ban-drop-default
ALTER TABLE entitlement_term ALTER COLUMN direction DROP DEFAULT;
"""


def upgrade() -> None:
    """Add both; under what a payment is owed never changes."""
    for table in ("assessment", "settlement", "payment"):
        run(_SOURCE.format(table=table))
    run(_DIRECTION)
    op.execute(
        "CREATE TRIGGER never_changed_source BEFORE UPDATE ON payment FOR EACH ROW "
        "WHEN (OLD.source IS DISTINCT FROM NEW.source) EXECUTE FUNCTION never_changed()"
    )
