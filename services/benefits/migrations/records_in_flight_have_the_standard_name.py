"""Records in flight, and commands that wait, stand under the names that the code has for them now."""

from shared.persistence.platform import create_platform_v2

revision = "benefits_0002"
down_revision = "benefits_0001"


def upgrade() -> None:
    """Nothing is lost: rows are renamed, and a timer that is deleted here starts again with its worker."""
    create_platform_v2("benefits")
