"""An event is found in the outbox by its id: reading back asks of every event whether it is known."""

from shared.persistence.platform import create_platform_v7

revision = "jobs_0010"
down_revision = "jobs_0009"


def upgrade() -> None:
    """No batch that is read back reads the whole outbox, of two weeks, within a statement's time limit."""
    create_platform_v7()
