"""Partners push events, and the worker does what they say: what a request may do for its party, it may do as well."""

from shared.persistence.platform import create_inbound_events

revision = "claims_0032"
down_revision = "claims_0031"


def upgrade() -> None:
    """The table; the worker keeps notices already."""
    create_inbound_events("claims")
