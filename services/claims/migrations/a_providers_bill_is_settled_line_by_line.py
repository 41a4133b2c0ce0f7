"""A provider's bill for the treatment of an accident is settled line by line."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0062"
down_revision = "claims_0061"

_BILLS = """
CREATE TABLE medical_bill (
    -- Follows from the sender and its number of the bill.
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    number text NOT NULL,
    sent_by text NOT NULL,
    authorisation uuid REFERENCES medical_authorisation,
    -- Of what a person paid for elsewhere.
    claim uuid REFERENCES claim,
    sent_at timestamptz NOT NULL,
    person bigint,
    state text NOT NULL CHECK (state IN ('waiting', 'officer', 'settled', 'refused', 'withdrawn')),
    reason text,
    changed_at timestamptz NOT NULL,
    CHECK ((authorisation IS NULL) <> (claim IS NULL)),
    UNIQUE (tenant, number)
);
CREATE INDEX ix_medical_bill_tenant ON medical_bill (tenant, id);
CREATE INDEX ix_medical_bill_person ON medical_bill (person, id) WHERE person IS NOT NULL;
CREATE INDEX ix_medical_bill_authorisation ON medical_bill (authorisation) WHERE authorisation IS NOT NULL;
CREATE INDEX ix_medical_bill_claim ON medical_bill (claim) WHERE claim IS NOT NULL;

CREATE TABLE medical_bill_statement (
    bill uuid NOT NULL REFERENCES medical_bill,
    revision integer NOT NULL CHECK (revision > 0),
    lines jsonb NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    PRIMARY KEY (bill, revision)
);

CREATE TABLE medical_line_finding (
    id uuid PRIMARY KEY,
    bill uuid NOT NULL REFERENCES medical_bill,
    -- In the order in which they were found.
    number integer NOT NULL CHECK (number > 0),
    treated_on date NOT NULL,
    item text NOT NULL,
    found text NOT NULL CHECK (found IN ('counts', 'not_of_this_injury', 'billed_before', 'priced')),
    price_sen bigint CHECK (price_sen > 0),
    instrument text,
    proposed_by text NOT NULL,
    approved_by text NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (bill, number),
    CHECK (proposed_by <> approved_by),
    CHECK ((found = 'priced') = (price_sen IS NOT NULL) AND (price_sen IS NULL) = (instrument IS NULL))
);

CREATE TABLE medical_line_record (
    bill uuid NOT NULL REFERENCES medical_bill,
    hash text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (bill, hash)
);

CREATE TABLE medical_settlement (
    bill uuid NOT NULL REFERENCES medical_bill,
    number integer NOT NULL CHECK (number > 0),
    of_statement integer NOT NULL,
    lines jsonb NOT NULL,
    settled_at timestamptz NOT NULL,
    PRIMARY KEY (bill, number),
    FOREIGN KEY (bill, of_statement) REFERENCES medical_bill_statement
);

-- What was published of what is owed for a bill; after a restore also of one that is not known.
CREATE TABLE medical_payable (
    payable uuid NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    fund text NOT NULL,
    sen bigint NOT NULL CHECK (sen >= 0),
    -- When it was known again after a restore.
    recalled_at timestamptz,
    event bytea NOT NULL,
    PRIMARY KEY (payable, revision)
);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "person = ANY (CAST((SELECT own_numbers()) AS bigint[]))"
_OF_MINE = "EXISTS (SELECT FROM medical_bill AS mine WHERE mine.id = {}.bill)"


def upgrade() -> None:
    """Its sender adds it and what it says of it, officers what they find, and the worker settles it."""
    run(_BILLS)
    stands = "person, state, reason, changed_at"
    grant("claims", "medical_bill", api="SELECT, INSERT", worker=f"SELECT, UPDATE ({stands})")
    protect("claims", "medical_bill")
    op.execute(f"CREATE POLICY medical_bill_person ON medical_bill FOR SELECT TO claims_api USING ({_OWN})")
    never_changed("medical_bill", "id", "tenant", "number", "sent_by", "authorisation", "claim", "sent_at")
    for table, api in (("medical_bill_statement", "SELECT, INSERT"), ("medical_settlement", "SELECT")):
        grant("claims", table, api=api, worker="SELECT" if "INSERT" in api else "SELECT, INSERT")
        protect("claims", table, mine=_OF_MINE.format(table))
        never_changed(table)
    grant("claims", "medical_line_finding", api="SELECT, INSERT", worker="SELECT")
    protect("claims", "medical_line_finding", mine=_OFFICER)
    never_changed("medical_line_finding")
    grant("claims", "medical_line_record", api="SELECT", worker="SELECT, INSERT")
    protect("claims", "medical_line_record", mine=_OFFICER)
    never_changed("medical_line_record")
    grant("claims", "medical_payable", worker="SELECT, INSERT")
    protect("claims", "medical_payable", mine="false")
    never_changed("medical_payable")
