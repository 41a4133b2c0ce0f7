"""What the service took on is counted: how much of it is ended, and who holds the rest."""

from shared.persistence.platform import keep_control_totals

revision = "benefits_0055"
down_revision = "benefits_0054"


def upgrade() -> None:
    """The control totals, which the worker keeps."""
    keep_control_totals("benefits")
