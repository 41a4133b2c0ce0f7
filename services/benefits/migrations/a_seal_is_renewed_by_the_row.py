"""A seal is renewed by the row here too: what may change is asked of its columns, and not of the whole as JSON."""

from shared.persistence.platform import renew_seals_by_the_row

revision = "benefits_0044"
down_revision = "benefits_0043"


def upgrade() -> None:
    """The functions know the tables as they stand; a column that is added later is compared with the rest."""
    renew_seals_by_the_row()
