"""What waits for a person is a task: who took it, what was proposed and approved, and all that happened to it."""

from shared.persistence.platform import create_platform_v8

revision = "benefits_0017"
down_revision = "benefits_0016"


def upgrade() -> None:
    """The tables of people's work; no queue is filled yet."""
    create_platform_v8("benefits")
