"""What the service took on is counted: how much of it is ended, and who holds the rest."""

from shared.persistence.platform import keep_control_totals

revision = "registration_0095"
down_revision = "registration_0094"


def upgrade() -> None:
    """The control totals, which the worker keeps."""
    keep_control_totals("registration")
