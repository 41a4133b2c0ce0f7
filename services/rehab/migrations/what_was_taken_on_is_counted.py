"""What the service took on is counted: how much of it is ended, and who holds the rest."""

from shared.persistence.platform import keep_control_totals

revision = "rehab_0022"
down_revision = "rehab_0021"


def upgrade() -> None:
    """The control totals, which the worker keeps."""
    keep_control_totals("rehab")
