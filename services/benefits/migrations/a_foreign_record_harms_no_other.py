"""What one foreign record states does no harm to those that follow it."""

from shared.persistence.platform import create_platform_v9

revision = "benefits_0021"
down_revision = "benefits_0020"


def upgrade() -> None:
    """A day's sum has no largest value, an id is one of its topic, and an epoch can be forgotten."""
    create_platform_v9("benefits")
