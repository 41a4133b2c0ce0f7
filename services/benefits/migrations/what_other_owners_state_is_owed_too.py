"""What is owed has an owner: claims, or another service that states it; not all of that is about a person."""

from alembic import op

from shared.persistence.platform import run

revision = "benefits_0018"
down_revision = "benefits_0017"

# What stands is of claims, and no running release states anything else; nothing was in production.
_OWNED = """
ALTER TABLE {table} ADD COLUMN owner text NOT NULL DEFAULT 'claims';
-- squawk-ignore ban-drop-default
ALTER TABLE {table} ALTER COLUMN owner DROP DEFAULT;
"""
# No running release reads what is of another owner: nobody meets such a row before this release.
_OF_NOBODY = """
-- squawk-ignore ban-drop-not-null
ALTER TABLE {table} ALTER COLUMN person DROP NOT NULL;
"""


def upgrade() -> None:
    """Add the owner, and keep who states a payment as owed as unchanged as its amount."""
    for table in ("assessment", "settlement", "payment"):
        run(_OWNED.format(table=table))
    for table in ("assessment", "settlement"):
        run(_OF_NOBODY.format(table=table))
    _never_changed_of_payment()


def _never_changed_of_payment() -> None:
    columns = (
        *("id", "claim", "scheme", "benefit", "party", "owner", "person", "fund", "kind", "revision"),
        *("period_first", "period_last", "replaces", "amount_sen", "end_to_end_id", "correlation_id", "created_at"),
    )
    op.execute("DROP TRIGGER never_changed ON payment")
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    op.execute(
        f"CREATE TRIGGER never_changed BEFORE UPDATE ON payment FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION never_changed()"
    )
