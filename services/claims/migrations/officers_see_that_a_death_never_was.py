"""Officers are shown what a death ends: one that was published as never having been, ends nothing after a restore."""

from alembic import op

from shared.persistence.platform import grant

revision = "claims_0026"
down_revision = "claims_0025"


def upgrade() -> None:
    """Let the API read the recalled decisions, for the organisation's officers only."""
    grant("claims", "recalled_decision", api="SELECT", worker="SELECT")
    op.execute("ALTER TABLE recalled_decision ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE recalled_decision FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY recalled_decision_officer ON recalled_decision TO claims_api USING ({officer})")
    for role in ("worker", "migrate"):
        policy = f"CREATE POLICY recalled_decision_{role} ON recalled_decision TO claims_{role}"
        op.execute(f"{policy} USING (true) WITH CHECK (true)")
