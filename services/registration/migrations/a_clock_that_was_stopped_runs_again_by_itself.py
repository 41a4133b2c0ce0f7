"""A clock that an officer stopped runs again by itself: what was stopped without end is due."""

from shared.persistence.platform import end_endless_stops

revision = "registration_0096"
down_revision = "registration_0095"


def upgrade() -> None:
    """Nobody alone lets a task wait for good."""
    end_endless_stops()
