"""An office may hold a task, and who is to approve a proposal may ask about it before."""

from shared.persistence.platform import let_offices_hold_tasks

revision = "benefits_0048"
down_revision = "benefits_0047"


def upgrade() -> None:
    """The columns, and what may happen to a task."""
    let_offices_hold_tasks()
