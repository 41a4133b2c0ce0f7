"""A person who was erased is let go of: its employments are not kept here; what was agreed stands by number."""

from shared.persistence.platform import know_erased_persons

revision = "jobs_0015"
down_revision = "jobs_0014"


def upgrade() -> None:
    """The worker follows registration."""
    know_erased_persons("jobs")
