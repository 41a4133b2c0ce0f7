"""Money that did not come in after all, by the bank's own line or at a counter, is countered by two officers."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "benefits_0027"
down_revision = "benefits_0026"

# That it holds stands in the ledger, as that a repayment does.
_COUNTER = """
CREATE TABLE counter_entry (
    repayment uuid PRIMARY KEY REFERENCES repayment,
    tenant text NOT NULL,
    evidence text NOT NULL,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    released_by text,
    released_at timestamptz,
    CHECK ((released_by IS NULL) = (released_at IS NULL) AND released_by <> proposed_by)
);
CREATE INDEX ix_counter_entry_waiting ON counter_entry (repayment) WHERE released_by IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_countered ON transfer (repayment)
    WHERE cause IN ('repaid_countered', 'repaid_beyond_countered');
"""
_PROPOSED = ("repayment", "tenant", "evidence", "proposed_by", "proposed_at")


def upgrade() -> None:
    """What one officer proposed is never changed, and another releases it once."""
    run(_COUNTER)
    grant("benefits", "counter_entry", api="SELECT, INSERT, UPDATE (released_by, released_at)", worker="SELECT")
    protect("benefits", "counter_entry")
    never_changed("counter_entry", *_PROPOSED)
    # What is agreed is known again after a restore.
    for table in ("recovery_agreement", "recovery_agreement_word"):
        grant("benefits", table, worker="SELECT, INSERT")
