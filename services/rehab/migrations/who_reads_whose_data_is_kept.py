"""Who reads whose data is kept, in the transaction in which it is told."""

from shared.persistence.read_log_tables import log_reads

revision = "rehab_0020"
down_revision = "rehab_0019"


def upgrade() -> None:
    """The read log, which a person reads of itself."""
    log_reads("rehab")
