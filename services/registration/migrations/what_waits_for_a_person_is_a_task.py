"""What waits for a person is a task: who took it, what was proposed and approved, and all that happened to it."""

from shared.persistence.platform import create_platform_v8

revision = "registration_0021"
down_revision = "registration_0020"


def upgrade() -> None:
    """The tables of people's work; no queue is filled yet."""
    create_platform_v8("registration")
