"""A month falls due on its payment day and stays due; the days that were known are kept, to see when one moves."""

from alembic import op

from shared.persistence.platform import grant, run

revision = "benefits_0022"
down_revision = "benefits_0021"

# What was paid by the month so far was paid when the month had ended.
_SETTLEMENT = """
ALTER TABLE settlement ADD COLUMN months_until date;
UPDATE settlement SET months_until = date_trunc('month', settled_on)::date
WHERE EXISTS (
    SELECT FROM entitlement_term AS term
    WHERE (term.claim, term.scheme, term.benefit, term.party)
          = (settlement.claim, settlement.scheme, settlement.benefit, settlement.party) AND term.per = 'month');
"""
_PAYMENT_DAY = """
CREATE TABLE payment_day (
    month text PRIMARY KEY CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    paid_on date NOT NULL
);
"""
# What waited for the end of a month is looked at again: its payment day may come before.
_SETTLE_MONTHS = """
UPDATE due_work SET due_at = least(due_at, 'epoch'), armed = armed + 1
FROM settlement
WHERE kind = 'settle_entitlement' AND settlement.months_until IS NOT NULL
      AND payload::json ->> 'claim' = settlement.claim::text AND payload::json ->> 'party' = settlement.party
      AND payload::json ->> 'benefit' = settlement.benefit AND payload::json ->> 'scheme' = settlement.scheme;
"""


def upgrade() -> None:
    """Keep until when months are due, and on which days the calendar had them paid."""
    for statements in (_SETTLEMENT, _PAYMENT_DAY, _SETTLE_MONTHS):
        run(statements)
    grant("benefits", "settlement", worker="UPDATE (months_until)")
    grant("benefits", "payment_day", api="SELECT", worker="SELECT, INSERT, UPDATE")
    op.execute("ALTER TABLE payment_day ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE payment_day FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY payment_day_officer ON payment_day TO benefits_api USING ({officer})")
    for role in ("worker", "migrate"):
        op.execute(f"CREATE POLICY payment_day_{role} ON payment_day TO benefits_{role} USING (true) WITH CHECK (true)")
