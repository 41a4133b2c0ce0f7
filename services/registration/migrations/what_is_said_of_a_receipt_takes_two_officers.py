"""What an officer states of a receipt counts by two: that it came, that it is the employer's own, that it is wrong."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0028"
down_revision = "registration_0027"

# No reference: a receipt may be looked up before it is known again after a restore.
_WORD = """
CREATE TABLE receipt_word (
    receipt uuid NOT NULL,
    act text NOT NULL CHECK (act IN ('release', 'attribution', 'counter_entry')),
    tenant text NOT NULL,
    evidence text,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    released_by text,
    released_at timestamptz,
    PRIMARY KEY (receipt, act),
    CHECK ((evidence IS NULL) = (act = 'release')),
    CHECK ((released_by IS NULL) = (released_at IS NULL) AND released_by <> proposed_by)
);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_PROPOSED = ("receipt", "act", "tenant", "evidence", "proposed_by", "proposed_at")


def upgrade() -> None:
    """Officers alone see and say it; what one proposed is never changed, and another releases it once."""
    run(_WORD)
    grant("registration", "receipt_word", api="SELECT, INSERT, UPDATE (released_by, released_at)", worker="SELECT")
    protect("registration", "receipt_word", mine=_OFFICER)
    never_changed("receipt_word", *_PROPOSED)
