"""A clock that an officer stopped runs again by itself: what was stopped without end is due."""

from shared.persistence.platform import end_endless_stops

revision = "rehab_0023"
down_revision = "rehab_0022"


def upgrade() -> None:
    """Nobody alone lets a task wait for good."""
    end_endless_stops()
