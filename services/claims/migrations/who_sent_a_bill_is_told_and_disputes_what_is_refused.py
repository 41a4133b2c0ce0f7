"""Whoever sent a medical bill is told line by line what is paid of it, and disputes what is refused."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0074"
down_revision = "claims_0073"

_DISPUTES = """
ALTER TABLE medical_line_review
    ADD COLUMN of_statement integer CHECK (of_statement > 0),
    ADD COLUMN line integer CHECK (line > 0);
CREATE TABLE medical_line_dispute (
    bill uuid NOT NULL REFERENCES medical_bill,
    -- In the order in which they came.
    number integer NOT NULL CHECK (number > 0),
    treated_on date NOT NULL,
    item text NOT NULL,
    of_statement integer NOT NULL CHECK (of_statement > 0),
    line integer NOT NULL CHECK (line > 0),
    ground text NOT NULL CHECK (ground IN ('of_the_injury', 'another_treatment', 'price', 'authorised', 'other')),
    document text,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (bill, number)
);
CREATE TABLE medical_bill_finding (
    id uuid PRIMARY KEY,
    bill uuid NOT NULL REFERENCES medical_bill,
    number integer NOT NULL CHECK (number > 0),
    found text NOT NULL CHECK (found IN ('employment_injury', 'non_employment_injury', 'none', 'as_stated')),
    proposed_by text NOT NULL,
    approved_by text NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (bill, number),
    CHECK (lower(proposed_by) <> lower(approved_by))
);
-- squawk-ignore ban-drop-constraint
ALTER TABLE medical_line_finding DROP CONSTRAINT medical_line_finding_found_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE medical_line_finding ADD CONSTRAINT medical_line_finding_found_check
    CHECK (found IN ('counts', 'not_of_this_injury', 'billed_before', 'priced', 'stands', 'ordered'));
-- squawk-ignore ban-drop-constraint
ALTER TABLE medical_line_finding DROP CONSTRAINT medical_line_finding_check1;
-- squawk-ignore adding-foreign-key-constraint
ALTER TABLE medical_line_finding ADD COLUMN appeal uuid REFERENCES appeal,
    ADD COLUMN forum text CHECK (forum IN ('social_security_appellate_board', 'high_court')),
    ADD COLUMN facts jsonb;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE medical_line_finding ADD CONSTRAINT medical_line_finding_says CHECK (
    (found = 'priced') = (price_sen IS NOT NULL)
    AND (found IN ('priced', 'ordered')) = (instrument IS NOT NULL)
    AND (found = 'ordered') = (appeal IS NOT NULL AND forum IS NOT NULL AND facts IS NOT NULL));
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OF_MINE = "EXISTS (SELECT FROM medical_bill AS mine WHERE mine.id = medical_line_dispute.bill)"


def upgrade() -> None:
    """Its sender adds a dispute, officers what they find of a bill as a whole; neither is ever changed."""
    run(_DISPUTES)
    grant("claims", "medical_line_dispute", api="SELECT, INSERT", worker="SELECT")
    protect("claims", "medical_line_dispute", mine=_OF_MINE)
    never_changed("medical_line_dispute")
    grant("claims", "medical_bill_finding", api="SELECT, INSERT", worker="SELECT")
    protect("claims", "medical_bill_finding", mine=_OFFICER)
    never_changed("medical_bill_finding")
