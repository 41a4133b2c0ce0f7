"""Pieces of large files are kept as long as the bytes of small ones: no role deletes them before."""

from alembic import op

revision = "registration_0069"
down_revision = "registration_0068"


def upgrade() -> None:
    """What became no file (an upload that was refused, the same pieces once more) is not kept."""
    op.execute(
        "CREATE TRIGGER kept_long_enough BEFORE DELETE ON contribution_piece FOR EACH ROW "
        "EXECUTE FUNCTION kept_long_enough('contribution_file', 'file', 'finished_at', '2 years')"
    )
