"""What one foreign record states does no harm to those that follow it."""

from shared.persistence.platform import create_platform_v9

revision = "claims_0027"
down_revision = "claims_0026"


def upgrade() -> None:
    """A day's sum has no largest value, an id is one of its topic, and an epoch can be forgotten."""
    create_platform_v9("claims")
