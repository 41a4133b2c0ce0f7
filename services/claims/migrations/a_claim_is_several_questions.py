"""A claim is several questions: each has its state, a decision lists the records that stand, and a record is kept once.

Circumstances and findings are evidence like the rest.
"""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0016"
down_revision = "claims_0015"

# Nothing was in production: no running release uses these tables meanwhile, and there are few rows to move.
_RECORDS = """
CREATE TABLE record (
    claim uuid NOT NULL REFERENCES claim,
    hash text NOT NULL,
    tenant text NOT NULL,
    question text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (claim, hash)
);
INSERT INTO record (claim, hash, tenant, question, body)
SELECT DISTINCT ON (claim, hash) claim, hash, tenant, 'temporary_disablement', body FROM decision;
-- In the order of the catalogue.
ALTER TABLE decision ADD COLUMN records text[];
ALTER TABLE decision DISABLE TRIGGER never_changed;
UPDATE decision SET records = ARRAY[hash];
ALTER TABLE decision ENABLE TRIGGER never_changed;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE decision ALTER COLUMN records SET NOT NULL;
-- squawk-ignore ban-drop-column
ALTER TABLE decision DROP COLUMN body;
"""

_QUESTIONS = """
CREATE TABLE question (
    claim uuid NOT NULL REFERENCES claim,
    question text NOT NULL,
    tenant text NOT NULL,
    state text NOT NULL CHECK (state IN ('entitled', 'found', 'refused', 'awaiting', 'officer')),
    reason text NOT NULL,
    -- A party, an officer's queue, or a topic that has not arrived; empty where it is answered.
    waits_for text NOT NULL,
    since timestamptz NOT NULL,
    -- In which queues it waits for people, and what of it they look at: of most questions nothing.
    queues text[] NOT NULL,
    facts jsonb NOT NULL,
    PRIMARY KEY (claim, question)
);
CREATE INDEX ix_question_open ON question (waits_for, reason, since) WHERE state IN ('awaiting', 'officer');
"""

_EVIDENCE = """
-- Who of the party: of an officer's finding, another officer lets it count.
ALTER TABLE evidence ADD COLUMN stated_by text NOT NULL DEFAULT '';
-- squawk-ignore ban-drop-default
ALTER TABLE evidence ALTER COLUMN stated_by DROP DEFAULT;
-- The claim about the event that brought this one about.
-- squawk-ignore adding-foreign-key-constraint
ALTER TABLE claim ADD COLUMN caused_by uuid REFERENCES claim;
-- What it states beside days: circumstances, or the fact that an officer found.
ALTER TABLE evidence ADD COLUMN stated jsonb NOT NULL DEFAULT '{}';
-- squawk-ignore ban-drop-default
ALTER TABLE evidence ALTER COLUMN stated DROP DEFAULT;
-- squawk-ignore ban-drop-constraint
ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check CHECK (kind IN
    ('certificate', 'final_certificate', 'wages_paid', 'circumstances', 'dependant', 'permanent_loss', 'choice',
     'invalidity', 'funeral', 'finding', 'withdrawal', 'approval'));
-- squawk-ignore ban-drop-constraint
ALTER TABLE evidence DROP CONSTRAINT evidence_check1;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE evidence ADD CONSTRAINT evidence_states CHECK (
    CASE kind WHEN 'certificate' THEN first_day IS NOT NULL WHEN 'final_certificate' THEN fit_from IS NOT NULL
              WHEN 'wages_paid' THEN true WHEN 'circumstances' THEN stated ? 'place'
              WHEN 'finding' THEN stated ? 'fact' AND stated ? 'found'
              WHEN 'dependant' THEN stated ? 'party' WHEN 'funeral' THEN stated ? 'party'
              WHEN 'permanent_loss' THEN stated ? 'percent' WHEN 'choice' THEN stated ? 'option'
              WHEN 'invalidity' THEN stated ? 'certified' ELSE about IS NOT NULL END);
INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days, stated_by, stated)
SELECT gen_random_uuid(), id, tenant, 'circumstances', received_at, '{}', '', jsonb_build_object('place', place)
FROM claim WHERE place IS NOT NULL;
"""

# Decided before: its records are of a format that nobody reads, so that it is asked again and announced whole.
_AGAIN = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT 'assess_claim', '{"claim":"' || id || '"}', '2000-01-01T00:00Z', '{}', 'claims_0016', '{}'
FROM claim WHERE revision > 0
ON CONFLICT (kind, payload) DO NOTHING;
"""

_OWN = """
CREATE POLICY record_person ON record FOR SELECT TO claims_api
    USING (EXISTS (SELECT FROM claim WHERE claim.id = record.claim AND claim.relation IS NOT NULL
                   AND 'person:' || claim.person = current_setting('jaring.tenant', true)));
CREATE POLICY question_person ON question FOR SELECT TO claims_api
    USING (EXISTS (SELECT FROM claim WHERE claim.id = question.claim AND claim.relation IS NOT NULL
                   AND 'person:' || claim.person = current_setting('jaring.tenant', true)));
"""


def upgrade() -> None:
    """Move what there is, and say who may do what."""
    run(_RECORDS)
    run(_QUESTIONS)
    run(_EVIDENCE)
    run(_AGAIN)
    grant("claims", "record", api="SELECT", worker="SELECT, INSERT")
    grant("claims", "question", api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE")
    for table in ("record", "question"):
        protect("claims", table)
    never_changed("record")
    run(_OWN)
