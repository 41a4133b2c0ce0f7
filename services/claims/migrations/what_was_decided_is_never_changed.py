"""Decisions, evidence, whose a notice is and what was answered are never changed, by no role."""

from shared.persistence.platform import keep_stored_answers, never_changed

revision = "claims_0007"
down_revision = "claims_0006"


def upgrade() -> None:
    """Refuse what nobody may."""
    keep_stored_answers("claims")
    for table in ("decision", "evidence", "parked_action"):
        never_changed(table)
    never_changed("claim", "id", "notice", "tenant", "kind", "received_at")
