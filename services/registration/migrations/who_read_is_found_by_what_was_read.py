"""Who read is found by what was read, by its id."""

from shared.persistence.read_log_tables import log_what_was_read

revision = "registration_0098"
down_revision = "registration_0097"


def upgrade() -> None:
    """Beside each row of the read log stands what was read; of what was read before as its address has it."""
    log_what_was_read("registration")
