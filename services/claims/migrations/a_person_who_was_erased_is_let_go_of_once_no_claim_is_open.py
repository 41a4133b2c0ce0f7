"""A person who was erased is let go of once no claim is open; decisions stand under the number."""

from shared.persistence.platform import know_erased_persons

revision = "claims_0039"
down_revision = "claims_0038"


def upgrade() -> None:
    """The worker follows registration."""
    know_erased_persons("claims")
