"""What auditors draw is kept: by which seed, of which frame, and by whom."""

from shared.persistence.sampling_tables import keep_draws

revision = "claims_0068"
down_revision = "claims_0067"


def upgrade() -> None:
    """Before this a sample was drawn whenever somebody asked, and nobody knew how often."""
    keep_draws("claims")
