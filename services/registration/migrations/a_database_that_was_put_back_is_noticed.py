"""Where reading stands is kept with what was read, so that a database that was put back is noticed."""

from shared.persistence.platform import create_platform_v4

revision = "registration_0013"
down_revision = "registration_0012"


def upgrade() -> None:
    """Positions begin empty: a database that has read before reads its topics once again, and does nothing twice."""
    create_platform_v4("registration")
