"""What was booked, instructed, sent and entered is never changed, by no role: grants by column, and a trigger."""

from alembic import op

from shared.persistence.platform import grant, keep_stored_answers, never_changed

revision = "benefits_0007"
down_revision = "benefits_0006"

_WHOLE = ("transfer", "payee", "payee_release", "recovery", "held_status", "account")
_PAYMENT = (
    *("id", "claim", "benefit", "person", "kind", "revision", "period_first", "period_last", "replaces"),
    *("amount_sen", "end_to_end_id", "correlation_id", "created_at"),
)
_BANK_FILE = ("id", "tenant", "message_id", "transactions", "control_sum_sen", "sha256", "content", "created_at")
# What moves on, and is the worker's to move.
_MOVES = {
    "payment": "state, bank_file, tenant, payee_version",
    "settlement": "revision, settled_on, due_until, waiting",
}


def upgrade() -> None:
    """Take the rights that nobody needs, and refuse what nobody may."""
    keep_stored_answers("benefits")
    for table, columns in _MOVES.items():
        op.execute(f"REVOKE UPDATE ON {table} FROM benefits_worker")
        grant("benefits", table, worker=f"UPDATE ({columns})")
    for table in _WHOLE:
        never_changed(table)
    never_changed("payment", *_PAYMENT)
    never_changed("bank_file", *_BANK_FILE)
