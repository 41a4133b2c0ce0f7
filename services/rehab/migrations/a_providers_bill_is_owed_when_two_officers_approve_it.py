"""A provider's bill is owed when two officers approve it: what the provider says, and what was decided of it."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "rehab_0012"
down_revision = "rehab_0011"

_TABLES = """
CREATE TABLE bill (
    -- Follows from the provider and its number: the same bill is never known twice.
    id uuid PRIMARY KEY,
    -- The provider, as a party.
    tenant text NOT NULL CHECK (tenant ~ '^hospital:[0-9]{1,18}$'),
    -- The provider's own; what is known from the topic alone, after a restore, has none.
    number text,
    person bigint NOT NULL,
    claim uuid,
    sent_at timestamptz NOT NULL
);
CREATE INDEX ix_bill_person ON bill (person, id);

CREATE TABLE bill_statement (
    bill uuid NOT NULL REFERENCES bill,
    tenant text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    treatment text NOT NULL CHECK (treatment IN ('consultation', 'occupational_therapy', 'physiotherapy', 'prosthesis',
                                                 'other')),
    treated_on date NOT NULL,
    -- Zero where only that it ended is known, after a restore.
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    stated_at timestamptz NOT NULL,
    PRIMARY KEY (bill, revision)
);

CREATE TABLE bill_decision (
    bill uuid NOT NULL,
    tenant text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    of_statement integer NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('approved', 'refused', 'withdrawn')),
    -- What is owed: what was asked for up to the cap of the schedule that the officers name.
    amount_sen bigint CHECK (amount_sen > 0),
    cap_sen bigint CHECK (cap_sen > 0),
    schedule text,
    reason text,
    -- Both officers; none where the provider took it back, or only what was published is known.
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by),
    decided_at timestamptz NOT NULL,
    decision_hash text NOT NULL,
    -- As which revision of the payable it was published; none where it changed nothing that is owed.
    payable_revision integer CHECK (payable_revision > 0),
    PRIMARY KEY (bill, number),
    FOREIGN KEY (bill, of_statement) REFERENCES bill_statement,
    CHECK ((outcome = 'approved') = (amount_sen IS NOT NULL)),
    CHECK ((outcome = 'approved') = (reason IS NULL)),
    CHECK (outcome <> 'approved' OR payable_revision IS NOT NULL),
    CHECK ((cap_sen IS NULL) = (schedule IS NULL))
);
CREATE UNIQUE INDEX uq_bill_decision_payable ON bill_decision (bill, payable_revision);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "tenant = current_setting('jaring.tenant', true)"


def upgrade() -> None:
    """Nobody but the provider states its bill, and nobody but officers lets it be owed."""
    run(_TABLES)
    # A row lock asks for the right to update a column; this one the trigger holds still.
    grant("rehab", "bill", api="SELECT, INSERT, UPDATE (id)", worker="SELECT, INSERT, UPDATE (id)")
    for table in ("bill_statement", "bill_decision"):
        grant("rehab", table, api="SELECT, INSERT", worker="SELECT, INSERT")
    for table in ("bill", "bill_statement", "bill_decision"):
        protect("rehab", table)
        never_changed(table)
    for table in ("bill", "bill_statement"):
        op.execute(f"CREATE POLICY {table}_own ON {table} AS RESTRICTIVE FOR INSERT TO rehab_api WITH CHECK ({_OWN})")
    op.execute(
        "CREATE POLICY bill_decision_by_officers ON bill_decision AS RESTRICTIVE FOR INSERT TO rehab_api "
        f"WITH CHECK (({_OFFICER}) = (outcome <> 'withdrawn'))"
    )
