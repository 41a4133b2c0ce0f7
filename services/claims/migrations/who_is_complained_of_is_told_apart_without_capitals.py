"""Who is complained of is told apart without capitals, and what an officer typed for a party bars none of its own."""

from alembic import op

from shared.persistence.platform import run

revision = "claims_0059"
down_revision = "claims_0058"

_ANOTHER = """
ALTER TABLE complaint ADD CONSTRAINT complaint_by_others CHECK (
    lower(proposed_by) <> lower(of_officer) AND lower(approved_by) <> lower(of_officer)
) NOT VALID;
"""
_OPEN = """
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX uq_complaint_open;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_complaint_open
    ON complaint (tenant, kind, coalesce(claim, '00000000-0000-0000-0000-000000000000'), by_officer)
    WHERE state = 'open';
"""
# A person has what it filed and sent by each of its numbers, as it reads them.
_MINE = """
    tenant = current_setting('jaring.tenant', true) OR current_setting('jaring.role', true) = 'officer'
    OR tenant IN (SELECT 'person:' || number FROM unnest(CAST((SELECT own_numbers()) AS bigint[])) AS number)
"""


def upgrade() -> None:
    """A person takes its own back by any of its numbers; what withdraws a document is by the number that sent it."""
    run(_ANOTHER)
    run(_OPEN)
    for table in ("complaint", "document"):
        op.execute(f"ALTER POLICY {table}_tenant ON {table} USING ({_MINE}) WITH CHECK ({_MINE})")
    op.execute(f"ALTER POLICY evidence_tenant ON evidence WITH CHECK ({_MINE})")
