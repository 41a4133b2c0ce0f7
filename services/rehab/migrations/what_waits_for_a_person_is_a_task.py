"""What waits for a person is a task: who took it, what was proposed and approved, and all that happened to it."""

from shared.persistence.platform import create_platform_v8

revision = "rehab_0010"
down_revision = "rehab_0009"


def upgrade() -> None:
    """The tables of people's work; no queue is filled yet."""
    create_platform_v8("rehab")
