"""Interviews, offers, whose a search is and what was answered are never changed, by no role."""

from shared.persistence.platform import keep_stored_answers, never_changed

revision = "jobs_0005"
down_revision = "jobs_0004"

_SEEKER = ("id", "person", "referral", "claim", "discharged_on", "opened_at")
_PLACEMENT = ("id", "offer", "seeker", "person", "claim", "employer", "starts_on", "accepted_at")


def upgrade() -> None:
    """Refuse what nobody may."""
    keep_stored_answers("jobs")
    for table in ("interview", "offer", "parked_action"):
        never_changed(table)
    never_changed("seeker", *_SEEKER)
    never_changed("placement", *_PLACEMENT)
