"""What officers enter into the statute book is known here, and read by every process."""

from shared.persistence.platform import create_law_entries

revision = "benefits_0053"
down_revision = "benefits_0052"


def upgrade() -> None:
    """Entries come by the topic of claims; nobody changes one."""
    create_law_entries("benefits")
