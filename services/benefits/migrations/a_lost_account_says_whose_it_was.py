"""A lost account says whether the party itself held it: if not, one officer alone enters none in its place."""

from alembic import op

revision = "benefits_0031"
down_revision = "benefits_0030"


def upgrade() -> None:
    """What was found lost before counts as another's."""
    op.execute("ALTER TABLE payee_lost ADD COLUMN is_own boolean NOT NULL DEFAULT false")
