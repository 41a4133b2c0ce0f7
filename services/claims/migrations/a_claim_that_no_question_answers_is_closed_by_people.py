"""A claim that no question answers, or whose notice was lost, waits in a queue, and two officers may close it."""

from alembic import op

from shared.persistence.platform import run

revision = "claims_0023"
down_revision = "claims_0022"

# Nothing was in production, so that the table may be locked while every row is looked at.
_STATE = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE claim DROP CONSTRAINT claim_state_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE claim ADD CONSTRAINT claim_state_check CHECK (state IN
    ('awaiting_identity', 'no_relation', 'assessing', 'decided', 'refused', 'needs_officer', 'closed', 'joined'));
"""
# Those that wait already are asked about.
_ASK = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT 'assess_claim', '{"claim":"' || id || '"}', '2000-01-01T00:00Z', '{}', 'claims_0023', '{}'
FROM claim WHERE state = 'needs_officer' AND reason IN ('disease', 'lost_since_backup')
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1
"""


def upgrade() -> None:
    """One state more."""
    run(_STATE)
    op.execute(_ASK)
