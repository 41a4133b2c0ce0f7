"""Who discarded, fixed or replayed a parked record is never changed, by no role."""

from shared.persistence.platform import never_changed

revision = "benefits_0009"
down_revision = "benefits_0008"


def upgrade() -> None:
    """Refuse what nobody may."""
    never_changed("parked_action")
