"""How an erasure is followed is a state: what comes first, who ends it and by when, or that it is done."""

from shared.persistence.platform import follow_erasures

revision = "benefits_0043"
down_revision = "benefits_0042"


def upgrade() -> None:
    """The worker follows, officers read; whom it forgot before is told now."""
    follow_erasures("benefits")
