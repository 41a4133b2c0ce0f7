"""The worker carries a correction of a spell that waits with the employment that a split carries."""

from alembic import op

revision = "registration_0085"
down_revision = "registration_0084"

_DECIDED = "counts, proposed_by, approved_by, decided_at"


def upgrade() -> None:
    """It ends of the one, and is stated of the other; what was stated is never changed."""
    op.execute(f"GRANT INSERT, UPDATE ({_DECIDED}) ON spell_correction TO registration_worker")
