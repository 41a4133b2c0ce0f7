"""What failed for good is counted by an index: a gauge asks for it every few seconds."""

from shared.persistence.platform import index_failed_due_work

revision = "claims_0004"
down_revision = "claims_0003"


def upgrade() -> None:
    """Make the index."""
    index_failed_due_work()
