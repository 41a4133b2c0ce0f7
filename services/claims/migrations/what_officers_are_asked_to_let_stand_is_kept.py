"""What officers are asked to let stand is kept, investigations and inconsistencies are, and offices hold tasks."""

from shared.persistence.platform import grant, let_offices_hold_tasks, never_changed, protect, run

revision = "claims_0043"
down_revision = "claims_0042"

_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_TABLES = """
-- As the notice states it; the release that runs meanwhile does not name it.
ALTER TABLE claim ADD COLUMN at_time text CHECK (at_time ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$');
CREATE TRIGGER at_time_never_changed BEFORE UPDATE ON claim FOR EACH ROW
    WHEN (OLD.at_time IS DISTINCT FROM NEW.at_time) EXECUTE FUNCTION never_changed();

-- The answers that a task laid before officers, at each of its revisions: question and record, in their order.
CREATE TABLE held_answer (
    claim uuid NOT NULL REFERENCES claim,
    question text NOT NULL,
    revision integer NOT NULL CHECK (revision >= 0),
    tenant text NOT NULL,
    questions text[] NOT NULL,
    records bytea[] NOT NULL,
    held_at timestamptz NOT NULL,
    PRIMARY KEY (claim, question, revision),
    CHECK (cardinality(questions) = cardinality(records))
);

CREATE TABLE investigation (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    reason text NOT NULL,
    opened_by text NOT NULL,
    opened_at timestamptz NOT NULL
);
CREATE INDEX ix_investigation_claim ON investigation (claim);

CREATE TABLE interview (
    id uuid PRIMARY KEY,
    investigation uuid NOT NULL REFERENCES investigation,
    tenant text NOT NULL,
    heard text NOT NULL,
    person bigint,
    held_on date NOT NULL,
    held_at text NOT NULL,
    document text NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    -- One that was recorded wrongly: it is replaced once.
    replaces uuid UNIQUE REFERENCES interview
);
CREATE INDEX ix_interview_investigation ON interview (investigation);

CREATE TABLE investigation_end (
    investigation uuid PRIMARY KEY REFERENCES investigation,
    tenant text NOT NULL,
    conclusion text NOT NULL,
    -- Facts and what was found of each, in turn: each is evidence of the claim as well.
    found text[] NOT NULL,
    proposed_by text NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> proposed_by),
    at timestamptz NOT NULL
);

-- What a document or an interview says of day, time, employer or wage.
CREATE TABLE particular (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    source text NOT NULL,
    document text NOT NULL,
    interview uuid REFERENCES interview,
    item text NOT NULL CHECK (item IN ('day', 'time', 'employer', 'wage')),
    month text NOT NULL CHECK ((month <> '') = (item = 'wage')),
    employer bigint CHECK (employer IS NULL OR item = 'wage'),
    value text NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    CHECK ((source = 'interview') = (interview IS NOT NULL))
);
CREATE INDEX ix_particular_claim ON particular (claim);
CREATE INDEX ix_particular_interview ON particular (interview) WHERE interview IS NOT NULL;

CREATE TABLE particular_withdrawal (
    particular uuid PRIMARY KEY REFERENCES particular,
    tenant text NOT NULL,
    stated_by text NOT NULL,
    at timestamptz NOT NULL
);

-- The register of what contradicts a notice.
CREATE TABLE inconsistency (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    item text NOT NULL CHECK (item IN ('day', 'time', 'employer', 'wage')),
    about text NOT NULL,
    source_kind text NOT NULL,
    -- A particular, or the notice of a claim that joined.
    source uuid NOT NULL,
    notice_value text NOT NULL,
    document_value text NOT NULL CHECK (document_value <> notice_value),
    number integer NOT NULL CHECK (number > 0),
    opened_at timestamptz NOT NULL,
    stated_by text
);
CREATE INDEX ix_inconsistency_claim ON inconsistency (claim);

CREATE TABLE inconsistency_end (
    inconsistency uuid PRIMARY KEY REFERENCES inconsistency,
    tenant text NOT NULL,
    -- None of these where what contradicted is gone.
    stands text CHECK (stands IN ('notice', 'document', 'neither')),
    corrected text,
    why text,
    proposed_by text,
    approved_by text,
    at timestamptz NOT NULL,
    CHECK (num_nulls(stands, corrected, why, proposed_by, approved_by) IN (0, 5)),
    CHECK (approved_by <> proposed_by)
);
"""
_OF_OFFICERS = (
    *("held_answer", "investigation", "interview", "investigation_end", "particular", "particular_withdrawal"),
    *("inconsistency", "inconsistency_end"),
)
# A person reads what contradicts the notice of the event, and how that was decided.
_OWN = """
CREATE POLICY inconsistency_person ON inconsistency FOR SELECT TO claims_api
    USING (EXISTS (SELECT FROM claim WHERE claim.id = inconsistency.claim AND claim.relation IS NOT NULL
                   AND 'person:' || claim.person = current_setting('jaring.tenant', true)));
CREATE POLICY inconsistency_end_person ON inconsistency_end FOR SELECT TO claims_api
    USING (EXISTS (SELECT FROM inconsistency JOIN claim ON claim.id = inconsistency.claim
                   WHERE inconsistency.id = inconsistency_end.inconsistency AND claim.relation IS NOT NULL
                         AND 'person:' || claim.person = current_setting('jaring.tenant', true)));
"""


def upgrade() -> None:
    """Tables that are appended to; officers see them, and a person what contradicts its own event."""
    let_offices_hold_tasks()
    run(_TABLES)
    for table in _OF_OFFICERS:
        grant("claims", table, api="SELECT, INSERT", worker="SELECT, INSERT")
        protect("claims", table, mine=_OFFICER)
        never_changed(table)
    run(_OWN)
