"""The certified days that wait in a claim for a person are held: no other claim of the person is given them."""

from shared.persistence.platform import run

revision = "claims_0010"
down_revision = "claims_0009"

# The default stays: a release that runs meanwhile keeps notices without it. A claim that is decided already fills it
# when it is assessed next.
_WAITING = """
-- First and last day of each range, in turn, as in decided_days.
ALTER TABLE claim ADD COLUMN waiting_days date[] NOT NULL DEFAULT '{}';
"""


def upgrade() -> None:
    """Empty until a claim is decided."""
    run(_WAITING)
