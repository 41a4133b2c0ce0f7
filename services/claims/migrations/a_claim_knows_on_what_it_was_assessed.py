"""A claim keeps a fingerprint of all that it was assessed on, so that nothing is decided twice on the same."""

from shared.persistence.platform import run

revision = "claims_0031"
down_revision = "claims_0030"

# A release of before leaves it as it is: what it saves of the claim, and to what it has it listen, is part of what is
# compared.
_KNOWN_STATE = "ALTER TABLE claim ADD COLUMN known_state bytea;"


def upgrade() -> None:
    """Every claim is assessed once more before it has one."""
    run(_KNOWN_STATE)
