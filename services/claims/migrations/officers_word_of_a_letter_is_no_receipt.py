"""What two officers say of a message is no receipt; letters of more kinds are written."""

from shared.persistence.platform import widen_letters

revision = "claims_0052"
down_revision = "claims_0051"


def upgrade() -> None:
    """Keep their word in a column of its own."""
    widen_letters()
