"""A parked record is known by its place and what it says: a topic that was made again has another record there."""

from shared.persistence.platform import create_platform_v6

revision = "claims_0014"
down_revision = "claims_0013"


def upgrade() -> None:
    """Another record may be parked at the place of one that is, and what was done to one is found by its place."""
    create_platform_v6()
