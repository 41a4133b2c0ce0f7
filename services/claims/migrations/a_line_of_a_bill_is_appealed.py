"""A person appeals what is refused of a line of its own medical bill, by the record of that line."""

from alembic import op

from shared.persistence.platform import run

revision = "claims_0075"
down_revision = "claims_0074"

# An answer of a claim is of no bill; of a bill each line has an appeal of its own.
_OF_LINES = """
-- squawk-ignore adding-foreign-key-constraint
ALTER TABLE appeal ADD COLUMN bill uuid REFERENCES medical_bill,
    ADD COLUMN line integer CHECK (line > 0);
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE appeal ADD CONSTRAINT appeal_of_line CHECK ((bill IS NULL) = (line IS NULL));
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_appeal_bill ON appeal (bill, line) WHERE bill IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_appeal_open_of_line ON appeal (tenant, bill, line, forum)
    WHERE ended_at IS NULL AND bill IS NOT NULL;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX uq_appeal_open;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_appeal_open ON appeal (claim, tenant, question, forum)
    WHERE ended_at IS NULL AND bill IS NULL;
"""


def upgrade() -> None:
    """Which line it is of is never changed, as all that is filed."""
    run(_OF_LINES)
    op.execute(
        "CREATE TRIGGER bill_never_changed BEFORE UPDATE ON appeal FOR EACH ROW "
        "WHEN ((OLD.bill, OLD.line) IS DISTINCT FROM (NEW.bill, NEW.line)) EXECUTE FUNCTION never_changed()"
    )
