"""A request is opened with one statement: its tenancy, the lock on its key, and what was answered to it."""

from shared.persistence.platform import create_platform_v10

revision = "claims_0030"
down_revision = "claims_0029"


def upgrade() -> None:
    """Make the function."""
    create_platform_v10("claims")
