"""Whose a referral is, and what was answered, is never changed, by no role."""

from shared.persistence.platform import keep_stored_answers, never_changed

revision = "rehab_0005"
down_revision = "rehab_0004"


def upgrade() -> None:
    """Refuse what nobody may."""
    keep_stored_answers("rehab")
    never_changed("parked_action")
    never_changed("referral", "id", "claim", "person", "opened_at")
