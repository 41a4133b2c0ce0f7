"""Every claim stands in one bucket, by its state, with whom it is and why; buckets are counted and listed."""

from shared.persistence.platform import run

revision = "claims_0018"
down_revision = "claims_0017"

# Nothing was in production: no running release uses these tables meanwhile, and there are few rows to move.
_BUCKETS = """
-- The kinds of those with whom a claim's open questions are.
ALTER TABLE claim ADD COLUMN awaits text[] NOT NULL DEFAULT '{}';
-- squawk-ignore ban-drop-default
ALTER TABLE claim ALTER COLUMN awaits DROP DEFAULT;
-- State, with whom, and reasons: as it is, and as whoever is no officer is shown it.
ALTER TABLE claim ADD COLUMN bucket text;
ALTER TABLE claim ADD COLUMN shown_bucket text;
ALTER TABLE claim ADD COLUMN stands_since timestamptz;
UPDATE claim SET stands_since = received_at, awaits = coalesce(
    (SELECT array_agg(DISTINCT split_part(waits_for, ':', 1) ORDER BY split_part(waits_for, ':', 1))
     FROM question WHERE question.claim = claim.id AND waits_for <> ''), '{}');
UPDATE claim SET bucket = concat_ws('|', state, array_to_string(ARRAY(
    SELECT DISTINCT unnest(awaits || CASE
        WHEN state = 'awaiting_identity' AND reason IS NULL OR state = 'assessing' THEN '{topic}'
        WHEN state = 'awaiting_identity' AND reason <> 'identity_overdue' THEN '{party}'
        WHEN state IN ('awaiting_identity', 'needs_officer') OR state = 'decided' AND reason IS NOT NULL
             OR 'evidence_waits' = ANY (string_to_array(reason, ', ')) THEN '{officer}'
        ELSE '{}' END::text[]) ORDER BY 1), ','), replace(coalesce(reason, ''), ', ', ','));
-- As domain/relation.py has it: without a relation it is as if nobody were registered.
UPDATE claim SET shown_bucket = CASE
    WHEN relation IS NOT NULL THEN bucket
    WHEN reason IS NULL THEN 'awaiting_identity|topic|'
    WHEN kind = 'death' THEN 'needs_officer|officer|death'
    WHEN capacity IS NOT NULL THEN 'needs_officer|officer|relation_to_be_shown'
    ELSE 'no_relation||no_relation' END;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE claim ALTER COLUMN bucket SET NOT NULL;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE claim ALTER COLUMN shown_bucket SET NOT NULL;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE claim ALTER COLUMN stands_since SET NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_claim_bucket ON claim (bucket, id) INCLUDE (stands_since);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_claim_shown_bucket ON claim (tenant, shown_bucket, id);
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_question_open;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_question_open ON question (waits_for, reason, state) INCLUDE (since)
    WHERE state IN ('awaiting', 'officer');
"""


def upgrade() -> None:
    """Say where each claim stands."""
    run(_BUCKETS)
