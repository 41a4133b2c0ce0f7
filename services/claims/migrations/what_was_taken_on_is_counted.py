"""What the service took on is counted: how much of it is ended, and who holds the rest."""

from shared.persistence.platform import keep_control_totals

revision = "claims_0059"
down_revision = "claims_0048"


def upgrade() -> None:
    """The control totals, which the worker keeps."""
    keep_control_totals("claims")
