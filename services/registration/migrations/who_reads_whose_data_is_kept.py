"""Who reads whose data is kept, in the transaction in which it is told."""

from shared.persistence.read_log_tables import log_reads

revision = "registration_0094"
down_revision = "registration_0093"


def upgrade() -> None:
    """The read log, which a person reads of itself."""
    log_reads("registration")
