"""A request is opened with one statement: its tenancy, the lock on its key, and what was answered to it."""

from shared.persistence.platform import create_platform_v10

revision = "jobs_0013"
down_revision = "jobs_0012"


def upgrade() -> None:
    """Make the function."""
    create_platform_v10("jobs")
