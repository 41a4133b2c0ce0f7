"""What a newer revision has overtaken is looked at once for the party's others, however many of them are settled."""

from alembic import op

from shared.persistence.platform import grant

revision = "benefits_0032"
down_revision = "benefits_0031"


def upgrade() -> None:
    """Nothing was looked at so far."""
    op.execute("ALTER TABLE overtaken ADD COLUMN is_looked_at boolean NOT NULL DEFAULT false")
    grant("benefits", "overtaken", worker="UPDATE (is_looked_at)")
