"""Who came with an opening file is found by the file, and not by going through the register."""

from alembic import op

revision = "registration_0074"
down_revision = "registration_0073"


def upgrade() -> None:
    """Of ids that came with a file alone: it is the evidence of each of them."""
    # Nothing was in production: no running release is held up while this is made.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_national_id_opening ON national_id (evidence) WHERE source = 'opening'"
    )
