"""Whose id an opening file names, and who was erased, is known for a while after a restore, by the id's token alone."""

from shared.persistence.platform import grant, protect, run

revision = "registration_0084"
down_revision = "registration_0083"

# What is read back names who was erased by the tokens that the topic holds still. No number: it leads to nobody.
_TABLE = """
CREATE TABLE recalled_erased_id (
    id_token text PRIMARY KEY,
    read_back_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


def upgrade() -> None:
    """The worker alone writes them, asks of them, and lets go of them."""
    run(_TABLE)
    grant("registration", "recalled_erased_id", worker="SELECT, INSERT, DELETE")
    protect("registration", "recalled_erased_id", mine="false")
