"""Officers are shown how evidence stands: days with wages count from the employer of the day, by the known spells."""

from alembic import op

from shared.persistence.platform import grant

revision = "claims_0013"
down_revision = "claims_0012"


def upgrade() -> None:
    """Let the API read the spells, for the organisation's officers only."""
    grant("claims", "known_spell", api="SELECT", worker="SELECT")
    op.execute("ALTER TABLE known_spell ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE known_spell FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY known_spell_officer ON known_spell TO claims_api USING ({officer})")
    for role in ("worker", "migrate"):
        op.execute(f"CREATE POLICY known_spell_{role} ON known_spell TO claims_{role} USING (true) WITH CHECK (true)")
