"""The client charter's clocks of claims, and complaints, which two officers answer."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0053"
down_revision = "claims_0052"

_CLOCKS = """
CREATE TABLE charter_clock (
    -- Follows from the claim, what of it the clock is of, and its number.
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    name text NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    promise text NOT NULL,
    days integer NOT NULL CHECK (days > 0),
    -- When nothing was missing any more.
    complete_at timestamptz NOT NULL,
    -- The end of the last day in time; infinity while it stands.
    due_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'predicted', 'missed', 'standing')),
    predicted_at timestamptz,
    missed_at timestamptz,
    ended_at timestamptz,
    UNIQUE (claim, name, number)
);
CREATE UNIQUE INDEX uq_charter_clock_live ON charter_clock (claim, name) WHERE ended_at IS NULL;
CREATE INDEX ix_charter_clock_due ON charter_clock (due_at, id) WHERE ended_at IS NULL;
CREATE TABLE charter_stop (
    clock uuid NOT NULL REFERENCES charter_clock,
    stopped_at timestamptz NOT NULL,
    stands_for text NOT NULL CHECK (stands_for IN ('evidence', 'medical_board', 'records', 'officers_stop')),
    resumed_at timestamptz,
    PRIMARY KEY (clock, stopped_at)
);
"""
_COMPLAINTS = """
CREATE TABLE complaint (
    id uuid PRIMARY KEY,
    -- Who complains.
    tenant text NOT NULL,
    -- Who typed it: of the party, or the officer to whom it was told.
    filed_by text NOT NULL,
    by_officer boolean NOT NULL,
    kind text NOT NULL CHECK (kind IN ('delay', 'not_told', 'not_paid', 'wrong_data', 'conduct', 'access', 'other')),
    claim uuid REFERENCES claim,
    of_officer text,
    document text,
    filed_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'answered', 'withdrawn')),
    found text CHECK (found IN ('upheld', 'upheld_in_part', 'not_upheld')),
    proposed_by text,
    approved_by text,
    ended_at timestamptz,
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK ((state = 'answered') = (found IS NOT NULL)),
    CHECK ((found IS NULL) = (proposed_by IS NULL) AND (found IS NULL) = (approved_by IS NULL)),
    CHECK (proposed_by <> approved_by AND proposed_by <> of_officer AND approved_by <> of_officer)
);
CREATE UNIQUE INDEX uq_complaint_open
    ON complaint (tenant, kind, coalesce(claim, '00000000-0000-0000-0000-000000000000')) WHERE state = 'open';
CREATE INDEX ix_complaint_tenant ON complaint (tenant, id);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
# Also what was filed under a number that was merged into the reader's, or survives it.
_OWN = "tenant IN (SELECT 'person:' || number FROM unnest(CAST((SELECT own_numbers()) AS bigint[])) AS number)"


def upgrade() -> None:
    """The worker follows clocks; a party files and takes back its own complaints, and officers answer them."""
    run(_CLOCKS)
    for table in ("charter_clock", "charter_stop"):
        grant("claims", table, api="SELECT", worker="SELECT, INSERT, UPDATE")
        protect("claims", table, mine=_OFFICER)
    never_changed("charter_clock", "id", "claim", "name", "number", "promise", "days", "complete_at")
    never_changed("charter_stop", "clock", "stopped_at", "stands_for")
    run(_COMPLAINTS)
    ended = "state, found, proposed_by, approved_by, ended_at"
    grant("claims", "complaint", api=f"SELECT, INSERT, UPDATE ({ended})", worker="SELECT")
    protect("claims", "complaint")
    op.execute(f"CREATE POLICY complaint_person ON complaint FOR SELECT TO claims_api USING ({_OWN})")
    # A party takes its own back, and answers none.
    op.execute(
        "CREATE POLICY complaint_ended ON complaint AS RESTRICTIVE FOR UPDATE TO claims_api USING (true) "
        f"WITH CHECK ({_OFFICER} OR state = 'withdrawn')"
    )
    filed = ("id", "tenant", "filed_by", "by_officer", "kind", "claim", "of_officer", "document", "filed_at")
    never_changed("complaint", *filed)
