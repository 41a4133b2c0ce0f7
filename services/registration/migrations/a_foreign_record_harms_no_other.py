"""What one foreign record states does no harm to those that follow it."""

from shared.persistence.platform import create_platform_v9

revision = "registration_0023"
down_revision = "registration_0022"


def upgrade() -> None:
    """A day's sum has no largest value, an id is one of its topic, and an epoch can be forgotten."""
    create_platform_v9("registration")
