"""For the officer who is complained of there is no complaint, and what is one's is found by an index."""

from shared.persistence.platform import run

revision = "claims_0066"
down_revision = "claims_0065"

_OF_OFFICER = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_complaint_of_officer ON complaint (lower(of_officer)) WHERE of_officer IS NOT NULL;
"""


def upgrade() -> None:
    """Officers ask with each letter that they read."""
    run(_OF_OFFICER)
