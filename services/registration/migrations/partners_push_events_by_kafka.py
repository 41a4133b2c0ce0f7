"""Partners push events by Kafka too, each on a topic of its own, and are answered on another."""

from shared.persistence.platform import create_inbound_answers

revision = "registration_0047"
down_revision = "registration_0046"


def upgrade() -> None:
    """Answers that are to be sent; the worker takes events in as the API does."""
    create_inbound_answers("registration")
