"""Who looked at days beyond the 180th looked up to a day: of the looks of before, up to the last day that was paid."""

from shared.persistence.platform import run

revision = "claims_0021"
down_revision = "claims_0020"

# Appended, as evidence is: the finding that said yes to whatever comes is read by no question any more.
_UP_TO_A_DAY = """
WITH looked AS (
    SELECT evidence.claim, evidence.tenant, evidence.stated_at, evidence.stated_by, gen_random_uuid() AS found,
           approval.stated_by AS approved_by, claim.decided_days[cardinality(claim.decided_days)] AS paid_to
    FROM evidence JOIN claim ON claim.id = evidence.claim
    JOIN evidence AS approval ON approval.about = evidence.id AND approval.kind = 'approval'
    WHERE evidence.kind = 'finding' AND evidence.stated ->> 'fact' = 'looked at'
          AND evidence.stated ->> 'found' = 'yes' AND cardinality(claim.decided_days) > 0
), finding AS (
    INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days, stated_by, stated)
    SELECT found, claim, tenant, 'finding', stated_at, '{}', stated_by,
           jsonb_build_object('fact', 'looked at until', 'found', paid_to)
    FROM looked
)
INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days, about, stated_by, stated)
SELECT gen_random_uuid(), claim, tenant, 'approval', stated_at, '{}', found, approved_by, '{}' FROM looked
"""


def upgrade() -> None:
    """State the day."""
    run(_UP_TO_A_DAY)
