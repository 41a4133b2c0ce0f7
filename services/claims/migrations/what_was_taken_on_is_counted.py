"""What the service took on is counted: how much of it is ended, and who holds the rest."""

from shared.persistence.platform import keep_control_totals, run

revision = "claims_0056"
down_revision = "claims_0055"

_RECEIVED = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_claim_received_at ON claim (received_at);
"""


def upgrade() -> None:
    """The control totals, which the worker keeps; and how much is decided straight through, by the day of receipt."""
    keep_control_totals("claims")
    run(_RECEIVED)
