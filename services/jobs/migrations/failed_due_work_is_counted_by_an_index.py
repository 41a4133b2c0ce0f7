"""What failed for good is counted by an index: a gauge asks for it every few seconds."""

from shared.persistence.platform import index_failed_due_work

revision = "jobs_0003"
down_revision = "jobs_0002"


def upgrade() -> None:
    """Make the index."""
    index_failed_due_work()
