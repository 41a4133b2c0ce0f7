"""How an erasure is followed is a state: what comes first, who ends it and by when, or that it is done."""

from shared.persistence.platform import follow_erasures

revision = "rehab_0017"
down_revision = "rehab_0016"


def upgrade() -> None:
    """The worker follows, officers read; whom it forgot before is told now."""
    follow_erasures("rehab")
