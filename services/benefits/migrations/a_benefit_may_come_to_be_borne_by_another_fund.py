"""Which fund bears a benefit may be found later: the books name the fund of the last settling, and not of the first."""

from shared.persistence.platform import grant

revision = "benefits_0020"
down_revision = "benefits_0019"


def upgrade() -> None:
    """Let the worker note the fund."""
    grant("benefits", "settlement", worker="UPDATE (fund)")
