"""A clock that an officer stopped runs again by itself: what was stopped without end is due."""

from shared.persistence.platform import end_endless_stops

revision = "claims_0063"
down_revision = "claims_0062"


def upgrade() -> None:
    """Nobody alone lets a task wait for good."""
    end_endless_stops()
