"""A parked record says of which class it is and whether its key waits; who acted on it is written down for good."""

from shared.persistence.platform import create_platform_v3

revision = "claims_0006"
down_revision = "claims_0005"


def upgrade() -> None:
    """What was parked before gets the class that its reason says."""
    create_platform_v3("claims")
