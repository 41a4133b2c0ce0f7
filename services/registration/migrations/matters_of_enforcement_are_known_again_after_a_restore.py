"""Matters of enforcement are known again after a restore, from what was published of them: the worker writes them."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0066"
down_revision = "registration_0065"

# What a compound may be kept as, where the events say no more; officers are in none.
_RECALLED = {
    "inspection": "INSERT, UPDATE (state, held_on, findings, evidence, reported_by, reported_at)",
    "enforcement_notice": "INSERT, UPDATE (revision, state, proposed_by, approved_by, decided_at)",
    "assessment": "INSERT, UPDATE (revision, state, proposed_by, approved_by, decided_at)",
    "assessment_line": "INSERT",
    "assessment_objection": "INSERT",
    "assessed_line": "INSERT, UPDATE",
    "compound": "INSERT, UPDATE (revision, state, offered_on, pay_by, lapsed_at, paid_sen, paid_late, proposed_by, "
    "approved_by, decided_at, decided_for)",
}


def upgrade() -> None:
    """The worker may write what a restore brings back; what was stated stays as it was stated."""
    for table, granted in _RECALLED.items():
        op.execute(f"GRANT {granted} ON {table} TO registration_worker")
    run("GRANT SELECT, USAGE, UPDATE ON SEQUENCE compound_number_seq TO registration_worker;\n")
