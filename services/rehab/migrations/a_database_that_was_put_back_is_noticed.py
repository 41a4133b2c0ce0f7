"""Where reading stands is kept with what was read, so that a database that was put back is noticed."""

from shared.persistence.platform import create_platform_v4

revision = "rehab_0006"
down_revision = "rehab_0005"


def upgrade() -> None:
    """Positions begin empty: a database that has read before reads its topics once again, and does nothing twice."""
    create_platform_v4("rehab")
