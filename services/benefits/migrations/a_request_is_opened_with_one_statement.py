"""A request is opened with one statement: its tenancy, the lock on its key, and what was answered to it."""

from shared.persistence.platform import create_platform_v10

revision = "benefits_0037"
down_revision = "benefits_0036"


def upgrade() -> None:
    """Make the function."""
    create_platform_v10("benefits")
