"""What two officers find of a bill holds for the line that they saw, not for every line of that day and item."""

from shared.persistence.platform import run

revision = "claims_0071"
down_revision = "claims_0070"


def upgrade() -> None:
    """Of what was found before, the line follows from the day, the item and what the bill said by then."""
    run("""
        ALTER TABLE medical_line_finding
            ADD COLUMN of_statement integer CHECK (of_statement > 0),
            ADD COLUMN line integer CHECK (line > 0);
    """)
