"""Merges follow one another to the last number of a party, and what was set off is found by its party."""

from shared.persistence.one_person import follow_merges_v1
from shared.persistence.platform import run

revision = "benefits_0040"
down_revision = "benefits_0039"

_SET_OFF = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_set_off ON transfer (party)
    WHERE cause IN ('set_off', 'set_off_undone', 'recovery_set_off', 'recovery_set_off_again',
                    'recovery_set_off_undone');
"""


def upgrade() -> None:
    """The function by which all reads learn who is one party."""
    follow_merges_v1()
    run(_SET_OFF)
