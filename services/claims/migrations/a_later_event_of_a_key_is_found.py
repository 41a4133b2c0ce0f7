"""What a partner pushed later of the same key is found by an index: it may have been worked off before."""

from shared.persistence.platform import index_inbound_keys

revision = "claims_0034"
down_revision = "claims_0033"


def upgrade() -> None:
    """The index."""
    index_inbound_keys()
