"""What is known of people is seen by officers alone, whichever table it stands in."""

from shared.persistence.platform import protect

revision = "claims_0040"
down_revision = "claims_0039"

_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """As `known_wage` is: these tables were made without it."""
    for table in ("known_wage_range", "known_payment", "known_placement"):
        protect("claims", table, mine=_OFFICER)
