"""Partners push events by Kafka too, each on a topic of its own, and are answered on another."""

from shared.persistence.platform import create_inbound_answers

revision = "claims_0033"
down_revision = "claims_0032"


def upgrade() -> None:
    """Answers that are to be sent; the worker takes events in as the API does."""
    create_inbound_answers("claims")
