"""A person who was erased is let go of: what claims published of it is not kept here any more."""

from shared.persistence.platform import know_erased_persons

revision = "rehab_0016"
down_revision = "rehab_0015"


def upgrade() -> None:
    """The worker follows registration."""
    know_erased_persons("rehab")
