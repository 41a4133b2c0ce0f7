"""A seal is renewed by the row: what may change of it is asked of its columns, and no longer of the whole as JSON."""

from shared.persistence.platform import renew_seals_by_the_row

revision = "registration_0061"
down_revision = "registration_0060"


def upgrade() -> None:
    """The functions know the tables as they stand; a column that is added later is compared with the rest."""
    renew_seals_by_the_row()
