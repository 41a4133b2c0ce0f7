"""What is owed for a day is owed once: to one claim of a person for one loss; and what is due never goes back."""

from alembic import op

from shared.persistence.platform import grant, run

revision = "benefits_0005"
down_revision = "benefits_0004"

_OWED_DAYS = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Filled by settling. What is owed for a day has the constraint, not a payment: re-rating and reissuing pay again.
CREATE TABLE owed_days (
    claim uuid NOT NULL,
    benefit text NOT NULL,
    person bigint NOT NULL,
    loss text NOT NULL,
    days daterange NOT NULL CHECK (NOT isempty(days)),
    PRIMARY KEY (claim, benefit, days),
    CONSTRAINT ex_owed_days_once EXCLUDE USING gist (person WITH =, loss WITH =, days WITH &&)
);
"""
# Nothing was in production: no running release writes settlements without these.
_SETTLEMENT = """
ALTER TABLE settlement ADD COLUMN due_until date;
ALTER TABLE settlement ADD COLUMN waiting jsonb NOT NULL DEFAULT '[]';
-- squawk-ignore ban-drop-default
ALTER TABLE settlement ALTER COLUMN waiting DROP DEFAULT;
UPDATE settlement SET due_until = settled_on;
INSERT INTO account (code, about) VALUES
    ('recoveries_set_off', 'Benefit set off against what is to come back of another claim; always comes to nothing');
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_settlement_person ON settlement (person);
"""
# Every entitlement that was settled is settled again, so that it takes its days.
_SETTLE_ALL = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT 'settle_entitlement', '{"benefit":' || to_json(benefit)::text || ',"claim":"' || claim || '"}', 'epoch', '{}',
       'a day is owed once', '{}'
FROM settlement
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""


def upgrade() -> None:
    """Make the table, and let everything settled be settled again."""
    for statements in (_OWED_DAYS, _SETTLEMENT, _SETTLE_ALL):
        run(statements)
    grant("benefits", "owed_days", api="SELECT", worker="SELECT, INSERT, DELETE")
    op.execute("ALTER TABLE owed_days ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE owed_days FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY owed_days_officer ON owed_days TO benefits_api USING ({officer})")
    for role in ("worker", "migrate"):
        op.execute(f"CREATE POLICY owed_days_{role} ON owed_days TO benefits_{role} USING (true) WITH CHECK (true)")
