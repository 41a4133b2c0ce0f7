"""What a database that was put back has lost is remembered, and who releases it is written down for good."""

from shared.persistence.platform import create_platform_v5

revision = "claims_0011"
down_revision = "claims_0010"


def upgrade() -> None:
    """A database that is held now has lost nothing that it knows of; its worker looks again."""
    create_platform_v5("claims")
