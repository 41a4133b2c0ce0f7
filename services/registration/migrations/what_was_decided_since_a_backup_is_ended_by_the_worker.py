"""What waited in a backup and was decided since is ended by the worker, which reads back how."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0083"
down_revision = "registration_0082"

_DECIDED = "counts, proposed_by, approved_by, decided_at"
_ENDED = {
    "person_merge_end": "INSERT",
    "duplicate_verdict": "INSERT",
    "spell_correction": f"UPDATE ({_DECIDED})",
    "employer_statement": f"UPDATE ({_DECIDED})",
    "relation_statement": "UPDATE (answer, proposed_by, approved_by, answered_at)",
}
# Each receipt that is read back is asked for among the few that wait.
_UNMATCHED = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_bank_credit_unmatched ON bank_credit (amount_sen, banked_on) WHERE state = 'unmatched';
"""


def upgrade() -> None:
    """Officers decide; what they had decided stands in what was published, and not who they were."""
    run(_UNMATCHED)
    for table, may in _ENDED.items():
        op.execute(f"GRANT {may} ON {table} TO registration_worker")
