"""Parties are asked for what the house does not hold, and send documents, whose bytes are sealed."""

from alembic import op

from shared.persistence.platform import (
    grant,
    let_seals_be_renewed,
    never_changed,
    protect,
    renew_seals_by_the_row,
    rotate_keys,
    run,
)

revision = "claims_0046"
down_revision = "claims_0045"

# The release that runs meanwhile names no such kind; each constraint stays as it is beside it.
_DOCUMENT_IS_EVIDENCE = """
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                   WHERE conname = 'evidence_kind_check' AND conrelid = 'evidence'::regclass);
    states text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE conname = 'evidence_states' AND conrelid = 'evidence'::regclass);
BEGIN
    ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check, DROP CONSTRAINT evidence_states;
    EXECUTE 'ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''document''::text, ');
    EXECUTE 'ALTER TABLE evidence ADD CONSTRAINT evidence_states '
        || regexp_replace(states, 'CASE kind', 'CASE kind WHEN ''document''::text THEN stated ? ''sha256''::text');
END $$
"""
# What a party says that was asked, and had not spoken of the claim before.
_LATE = """
-- squawk-ignore adding-field-with-default
ALTER TABLE evidence ADD COLUMN late boolean NOT NULL DEFAULT false;
"""
_REQUEST = """
CREATE TABLE evidence_request (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    -- The party that is asked.
    tenant text NOT NULL,
    person bigint NOT NULL,
    happened_on date NOT NULL,
    question text NOT NULL,
    item text NOT NULL CHECK (item IN (
        'days_with_wages', 'medical_certificate', 'medical_report', 'proof_of_circumstances', 'proof_of_activity',
        'proof_of_employment', 'end_of_employment', 'wages_of_months', 'earlier_contributions',
        'grounds_of_late_notice', 'application', 'proof_of_dependants', 'funeral_cost')),
    why text NOT NULL,
    law text NOT NULL,
    outcomes text[] NOT NULL,
    -- SHA-256 of what makes it needed.
    basis text NOT NULL,
    asked_at timestamptz NOT NULL,
    remind_at timestamptz,
    due_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'answered', 'late', 'waived')),
    reminded_at timestamptz,
    late_at timestamptz,
    closed_at timestamptz,
    closed_for text,
    answered_by uuid REFERENCES evidence,
    revision integer NOT NULL CHECK (revision >= 0),
    CHECK ((state IN ('answered', 'waived')) = (closed_at IS NOT NULL)),
    CHECK ((closed_at IS NULL) = (closed_for IS NULL)),
    CHECK (answered_by IS NULL OR state = 'answered'),
    CHECK (remind_at IS NULL OR state = 'open'),
    CHECK (state <> 'late' OR late_at IS NOT NULL)
);
CREATE UNIQUE INDEX uq_evidence_request_waiting ON evidence_request (claim, tenant, item)
    WHERE state IN ('open', 'late');
CREATE INDEX ix_evidence_request_claim ON evidence_request (claim, id);
CREATE INDEX ix_evidence_request_tenant ON evidence_request (tenant, id);
"""
_DOCUMENT = """
CREATE TABLE document (
    -- That of the statement by which it is evidence.
    id uuid PRIMARY KEY REFERENCES evidence,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    sent_by text NOT NULL,
    kind text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size integer NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    received_at timestamptz NOT NULL,
    request uuid REFERENCES evidence_request,
    about uuid REFERENCES document,
    state text NOT NULL CHECK (state IN ('kept', 'withdrawn', 'superseded')),
    ended_at timestamptz,
    CHECK ((state = 'kept') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX uq_document_kept ON document (claim, tenant, sha256) WHERE state = 'kept';
CREATE INDEX ix_document_claim ON document (claim, id);

CREATE TABLE document_content (
    document uuid PRIMARY KEY REFERENCES document,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    content_sealed bytea NOT NULL
);
ALTER TABLE document_content ALTER COLUMN content_sealed SET STORAGE EXTERNAL;
CREATE INDEX ix_document_content_claim ON document_content (claim);
"""
_MADE = ("id", "claim", "tenant", "person", "happened_on", "question", "item", "why", "law", "outcomes", "basis")
_SENT = ("id", "claim", "tenant", "sent_by", "kind", "sha256", "size", "media_type", "received_at", "request", "about")
_MOVES = "state, remind_at, due_at, reminded_at, late_at, closed_at, closed_for, answered_by, revision"
# A person is asked by one of its numbers, and answers by any.
_ASKED = """
    tenant = current_setting('jaring.tenant', true) OR current_setting('jaring.role', true) = 'officer'
    OR tenant = ANY (ARRAY (SELECT 'person:' || number FROM unnest(own_numbers()) AS number))
"""
_ABOUT_ONESELF = """
    EXISTS (SELECT FROM claim WHERE claim.id = {table}.claim AND claim.relation IS NOT NULL
            AND claim.person = ANY (CAST((SELECT own_numbers()) AS bigint[])))
"""


def upgrade() -> None:
    """A party reads what it is asked, and its own documents; a person also those of its own claims."""
    op.execute(_DOCUMENT_IS_EVIDENCE)
    run(_LATE)
    run(_REQUEST)
    grant("claims", "evidence_request", api=f"SELECT, UPDATE ({_MOVES})", worker=f"SELECT, INSERT, UPDATE ({_MOVES})")
    protect("claims", "evidence_request", mine=_ASKED)
    never_changed("evidence_request", *_MADE, "asked_at")
    run(_DOCUMENT)
    grant("claims", "document", api="SELECT, INSERT, UPDATE (state, ended_at)", worker="SELECT")
    grant("claims", "document_content", api="SELECT, INSERT", worker="SELECT, DELETE")
    for table in ("document", "document_content"):
        protect("claims", table)
        own = _ABOUT_ONESELF.format(table=table)
        op.execute(f"CREATE POLICY {table}_person ON {table} FOR SELECT TO claims_api USING ({own})")
    never_changed("document", *_SENT)
    never_changed("document_content", deletable=True)
    rotate_keys("claims")
    let_seals_be_renewed("claims", {"document_content": ("content_sealed",)})
    renew_seals_by_the_row()
