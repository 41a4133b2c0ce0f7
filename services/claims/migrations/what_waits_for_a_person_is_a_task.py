"""What waits for a person is a task: who took it, what was proposed and approved, and all that happened to it."""

from alembic import op

from shared.persistence.platform import create_platform_v8, grant, run

revision = "claims_0017"
down_revision = "claims_0016"


_OFFICER = "current_setting('jaring.role', true) = 'officer'"
# An approval locks the claim, and opens or ends a notice, in the transaction of the officer's request.
_CLAIM = f"""
GRANT UPDATE ON claim TO claims_api;
CREATE POLICY claim_changed_by_officer ON claim AS RESTRICTIVE FOR UPDATE TO claims_api USING ({_OFFICER});
"""


def upgrade() -> None:
    """The tables of people's work, and what officers' approvals read and change."""
    create_platform_v8("claims")
    run(_CLAIM)
    for table in ("identity", "person", "membership", "wage"):
        _let_officers_read(f"known_{table}")


def _let_officers_read(table: str) -> None:
    """Whom a notice is about, and the wages of a person in similar work."""
    grant("claims", table, api="SELECT", worker="SELECT")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_officer ON {table} TO claims_api USING ({_OFFICER})")
    for role in ("worker", "migrate"):
        op.execute(f"CREATE POLICY {table}_{role} ON {table} TO claims_{role} USING (true) WITH CHECK (true)")
