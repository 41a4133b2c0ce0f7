"""Every transfer has a fund and a day on which it counts; payables, loans, receipts and two funds have accounts."""

from alembic import op

from shared.persistence.platform import grant, run

revision = "benefits_0024"
down_revision = "benefits_0023"

_CHART = """
INSERT INTO account (code, about) VALUES
    ('contributions_unallocated', 'Banked, and not what the employer declared for the month: of no fund yet'),
    ('payable_expense', 'What other owners state as owed, such as a bill, net of what is to come back'),
    ('loans_receivable', 'Lent, and neither called in nor paid back yet'),
    ('receipts_unallocated', 'Paid back beyond what was to come back'),
    ('fund_act789', 'Act 789 contributions, self-employed persons'),
    ('fund_act838', 'Act 838 contributions, housewives');
"""
# What is booked is never changed: what the first entries lack is added to them once, before the trigger stands again.
# When a file was received is not known here: what it brought counts from the day on which it was booked. Every row is
# written again, once: of ten million that takes minutes, in which nothing of benefits runs (docs/operations.md).
_TRANSFER = """
SET LOCAL statement_timeout = '1h';
ALTER TABLE transfer ADD COLUMN value_on date;
ALTER TABLE transfer ADD COLUMN repayment uuid;
ALTER TABLE transfer ADD COLUMN receipt uuid;
ALTER TABLE transfer DISABLE TRIGGER never_changed;
UPDATE transfer SET fund = coalesce(fund, 'clearing'), value_on = (coalesce(
    (SELECT payment.reported_at FROM payment WHERE payment.id = transfer.payment AND (payment.state, transfer.cause)
         IN (('settled', 'settled'), ('returned', 'returned'), ('returned', 'reversed'))),
    booked_at) AT TIME ZONE 'Asia/Kuala_Lumpur')::date;
ALTER TABLE transfer ENABLE TRIGGER never_changed;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE transfer ALTER COLUMN value_on SET NOT NULL;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE transfer ALTER COLUMN fund SET NOT NULL;
-- It is of one thing: of what is owed, of a file, of a receipt; or of a repayment that belongs to none of them.
-- squawk-ignore ban-drop-constraint
ALTER TABLE transfer DROP CONSTRAINT transfer_check2;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE transfer ADD CONSTRAINT transfer_of_one_thing_check CHECK (
    num_nonnulls(claim, file, receipt) <= 1 AND num_nonnulls(claim, file, receipt, repayment) >= 1);
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_transfer_repayment ON transfer (repayment, cause) WHERE repayment IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_receipt ON transfer (receipt) WHERE receipt IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_fund ON transfer (fund, value_on, booked_at) INCLUDE (debit, credit, amount_sen, cause);
SET LOCAL statement_timeout = '60s';
"""
# How far each receipt is booked: what is told of it in an older revision changes nothing.
_RECEIPTS = """
CREATE TABLE banked_receipt (
    receipt uuid PRIMARY KEY,
    employer bigint NOT NULL,
    month text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0)
);
"""


def upgrade() -> None:
    """Add what every entry lacks, and let the worker note how far receipts are booked."""
    for statements in (_CHART, _TRANSFER, _RECEIPTS):
        run(statements)
    grant("benefits", "banked_receipt", api="SELECT", worker="SELECT, INSERT, UPDATE (revision)")
    op.execute("ALTER TABLE banked_receipt ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE banked_receipt FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY banked_receipt_officer ON banked_receipt TO benefits_api USING ({officer})")
    for role in ("worker", "migrate"):
        policy = f"CREATE POLICY banked_receipt_{role} ON banked_receipt TO benefits_{role} USING (true)"
        op.execute(f"{policy} WITH CHECK (true)")
