"""A notice counts by its sender's relation to the person; evidence is appended; a claim knows the days that it has."""

from shared.persistence.platform import grant, protect, run

revision = "claims_0005"
down_revision = "claims_0004"

# Nothing was in production: no running release uses these tables meanwhile, and there are few rows to move.
_CLAIM = """
ALTER TABLE claim ADD COLUMN kind text NOT NULL DEFAULT 'accident';
-- squawk-ignore ban-drop-default
ALTER TABLE claim ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE claim ADD COLUMN name_tokens text[] NOT NULL DEFAULT '{}';
-- squawk-ignore ban-drop-default
ALTER TABLE claim ALTER COLUMN name_tokens DROP DEFAULT;
ALTER TABLE claim ADD COLUMN capacity text;
ALTER TABLE claim ADD COLUMN relation text;
ALTER TABLE claim ADD COLUMN joined_at_revision integer NOT NULL DEFAULT 0;
-- squawk-ignore ban-drop-default
ALTER TABLE claim ALTER COLUMN joined_at_revision DROP DEFAULT;
-- First and last day of each period that the newest decision pays, in turn.
ALTER TABLE claim ADD COLUMN decided_days date[] NOT NULL DEFAULT '{}';
-- squawk-ignore ban-drop-default
ALTER TABLE claim ALTER COLUMN decided_days DROP DEFAULT;
-- squawk-ignore ban-drop-not-null
ALTER TABLE claim ALTER COLUMN place DROP NOT NULL;
-- What was taken up before is not asked again who may state it.
UPDATE claim SET relation = 'officer' WHERE state <> 'awaiting_identity';
UPDATE claim SET decided_days = coalesce((
    SELECT array_agg(day ORDER BY period.place, bound.place)
    FROM decision,
         jsonb_array_elements(convert_from(decision.event, 'UTF8')::jsonb -> 'entitlements') AS entitlement,
         jsonb_array_elements(entitlement -> 'periods') WITH ORDINALITY AS period (stated, place),
         unnest(ARRAY[period.stated ->> 'first', period.stated ->> 'last']::date[])
             WITH ORDINALITY AS bound (day, place)
    WHERE decision.claim = claim.id AND decision.revision = claim.revision), '{}')
WHERE state = 'decided';
-- squawk-ignore ban-drop-constraint
ALTER TABLE claim DROP CONSTRAINT claim_state_check;
-- squawk-ignore ban-drop-constraint
ALTER TABLE claim DROP CONSTRAINT claim_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE claim ADD CONSTRAINT claim_state_check CHECK (state IN
    ('awaiting_identity', 'no_relation', 'assessing', 'decided', 'refused', 'needs_officer', 'joined'));
-- Until the relation is known the row holds what the sender stated, and no more.
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE claim ADD CONSTRAINT claim_relation_check CHECK (
    CASE WHEN relation IS NULL THEN state IN ('awaiting_identity', 'no_relation', 'needs_officer')
         ELSE state NOT IN ('awaiting_identity', 'no_relation') AND person IS NOT NULL AND id_token IS NULL END);
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX uq_claim_accident;
-- One event, one claim: a second notice joins the first instead of being paid as well.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_claim_event ON claim (person, happened_on, kind)
    WHERE relation IS NOT NULL AND joined_to IS NULL;
"""

_EVIDENCE = """
CREATE TABLE evidence (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    tenant text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('certificate', 'final_certificate', 'wages_paid', 'withdrawal', 'approval')),
    stated_at timestamptz NOT NULL,
    issued_on date,
    first_day date,
    last_day date,
    fit_from date,
    wage_days date[] NOT NULL,
    about uuid REFERENCES evidence,
    CHECK ((first_day IS NULL) = (last_day IS NULL) AND first_day <= last_day),
    CHECK (CASE kind WHEN 'certificate' THEN first_day IS NOT NULL WHEN 'final_certificate' THEN fit_from IS NOT NULL
                     WHEN 'wages_paid' THEN true ELSE about IS NOT NULL END)
);
CREATE INDEX ix_evidence_claim ON evidence (claim);
INSERT INTO evidence (id, claim, tenant, kind, stated_at, issued_on, first_day, last_day, fit_from, wage_days)
SELECT certificate.id, claim, CASE WHEN fit_from IS NULL THEN certificate.tenant ELSE 'organisation:1' END,
       CASE WHEN fit_from IS NULL THEN 'certificate' ELSE 'final_certificate' END, received_at, issued_on,
       first_day, last_day, fit_from, '{}'
FROM certificate JOIN claim ON claim.id = certificate.claim;
-- Days with wages counted by whoever stated them; those of before still do.
INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days)
SELECT gen_random_uuid(), id, 'organisation:1', 'wages_paid', received_at, worked_with_wages
FROM claim WHERE cardinality(worked_with_wages) > 0;
-- squawk-ignore ban-drop-table
DROP TABLE certificate;
-- squawk-ignore ban-drop-column
ALTER TABLE claim DROP COLUMN worked_with_wages;
"""

_PERSON = """
ALTER TABLE known_person ADD COLUMN name_tokens jsonb NOT NULL DEFAULT '[]';
-- squawk-ignore ban-drop-default
ALTER TABLE known_person ALTER COLUMN name_tokens DROP DEFAULT;
"""

# A person reads what stands about that very person, whoever reported it.
_OWN = """
CREATE POLICY claim_person ON claim FOR SELECT TO claims_api
    USING (relation IS NOT NULL AND 'person:' || person = current_setting('jaring.tenant', true));
CREATE POLICY decision_person ON decision FOR SELECT TO claims_api
    USING (EXISTS (SELECT FROM claim WHERE claim.id = decision.claim AND claim.relation IS NOT NULL
                   AND 'person:' || claim.person = current_setting('jaring.tenant', true)));
"""


def upgrade() -> None:
    """Move what there is, and say who may do what."""
    run(_CLAIM)
    run(_EVIDENCE)
    run(_PERSON)
    run(_OWN)
    grant("claims", "evidence", api="SELECT, INSERT", worker="SELECT, INSERT")
    protect("claims", "evidence")
