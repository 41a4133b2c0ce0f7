"""What cannot be worked off holds up nothing else: officers close a file, and money of no amount is no credit."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0054"
down_revision = "registration_0053"

_CLOSED = """
ALTER TABLE contribution_file
    ADD COLUMN closed_for text,
    ADD COLUMN proposed_by text,
    ADD COLUMN approved_by text;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE contribution_file ADD CONSTRAINT contribution_file_closed_check CHECK (
    (closed_for IS NULL) = (proposed_by IS NULL) AND (closed_for IS NULL) = (approved_by IS NULL)
    AND approved_by <> proposed_by AND (closed_for IS NULL OR state = 'rejected'));
"""
# What was kept of no amount before stays as it is, and nobody can match it.
_ABOVE_ZERO = (
    "ALTER TABLE bank_credit ADD CONSTRAINT bank_credit_amount_sen_above_zero CHECK (amount_sen > 0) NOT VALID"
)
_BY_OFFICERS = "state, finished_at, closed_at, accepted_lines, rejected_lines, closed_for, proposed_by, approved_by"


def upgrade() -> None:
    """Officers close by their own request; row-level security keeps everybody else from it."""
    run(_CLOSED)
    op.execute(_ABOVE_ZERO)
    op.execute(f"GRANT UPDATE ({_BY_OFFICERS}) ON contribution_file TO registration_api")
