"""Officers have a line of a provider's bill looked at that no rule puts in doubt."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0064"
down_revision = "claims_0063"

_REVIEWS = """
CREATE TABLE medical_line_review (
    bill uuid NOT NULL REFERENCES medical_bill,
    -- In the order in which they were asked for.
    number integer NOT NULL CHECK (number > 0),
    treated_on date NOT NULL,
    item text NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (bill, number)
);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """One asks, two decide; nothing is held up meanwhile."""
    run(_REVIEWS)
    grant("claims", "medical_line_review", api="SELECT, INSERT", worker="SELECT")
    protect("claims", "medical_line_review", mine=_OFFICER)
    never_changed("medical_line_review")
