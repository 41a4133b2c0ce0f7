"""What officers enter into the statute book is known here, and read by every process."""

from shared.persistence.platform import create_law_entries

revision = "rehab_0019"
down_revision = "rehab_0018"


def upgrade() -> None:
    """Entries come by the topic of claims; nobody changes one."""
    create_law_entries("rehab")
