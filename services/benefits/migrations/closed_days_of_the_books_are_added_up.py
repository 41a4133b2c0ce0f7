"""What was booked on a day that is over is added up once, by the day on which it counts, fund, accounts and cause."""

from alembic import op

from shared.persistence.platform import grant, never_changed, run

revision = "benefits_0030"
down_revision = "benefits_0029"

# Balances read the rows of what is not added up yet by the order in which they were booked, which is that of the table.
_LEDGER_DAY = """
CREATE TABLE ledger_day (
    booked_on date NOT NULL,
    value_on date NOT NULL,
    fund text NOT NULL,
    debit text NOT NULL,
    credit text NOT NULL,
    cause text NOT NULL,
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    PRIMARY KEY (booked_on, value_on, fund, debit, credit, cause)
);
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_transfer_fund;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_booked_at ON transfer USING brin (booked_at) WITH (autosummarize = on);
"""


def upgrade() -> None:
    """Make it; the worker fills it, and nobody changes what stands in it."""
    run(_LEDGER_DAY)
    never_changed("ledger_day")
    grant("benefits", "ledger_day", api="SELECT", worker="SELECT, INSERT")
    op.execute("ALTER TABLE ledger_day ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE ledger_day FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY ledger_day_officer ON ledger_day TO benefits_api USING ({officer})")
    for role in ("worker", "migrate"):
        policy = f"CREATE POLICY ledger_day_{role} ON ledger_day TO benefits_{role} USING (true)"
        op.execute(f"{policy} WITH CHECK (true)")
