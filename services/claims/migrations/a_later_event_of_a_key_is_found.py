"""What a partner pushed later of the same key is found by an index: it may have been worked off before."""

from shared.persistence.platform import index_inbound_keys

revision = "claims_0038"
down_revision = "claims_0035"


def upgrade() -> None:
    """The index."""
    index_inbound_keys()
