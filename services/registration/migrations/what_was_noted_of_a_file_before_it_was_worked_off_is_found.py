"""What was noted of a file before it was worked off is found without reading what all files name."""

from shared.persistence.platform import run

revision = "registration_0090"
down_revision = "registration_0089"


def upgrade() -> None:
    """Few files have such a note: what comes while somebody is erased, and what a backup had not worked off."""
    run("""
        -- squawk-ignore require-concurrent-index-creation
        CREATE INDEX ix_contribution_file_person_noted ON contribution_file_person (file) WHERE number = -1;
    """)
