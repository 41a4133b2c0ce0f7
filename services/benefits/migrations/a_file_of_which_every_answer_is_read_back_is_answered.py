"""A bank file of which every answer is read back after a restore is answered by the worker: no report comes for it."""

from alembic import op

revision = "benefits_0062"
down_revision = "benefits_0061"


def upgrade() -> None:
    """The bank's reports are taken by the API; what they said is read back by the worker."""
    op.execute("GRANT UPDATE (state, answered_at) ON bank_file TO benefits_worker")
