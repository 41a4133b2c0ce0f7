"""What one foreign record states does no harm to those that follow it."""

from shared.persistence.platform import create_platform_v9

revision = "rehab_0011"
down_revision = "rehab_0010"


def upgrade() -> None:
    """A day's sum has no largest value, an id is one of its topic, and an epoch can be forgotten."""
    create_platform_v9("rehab")
