"""Only who acts for a person sees its case before a board."""

from alembic import op

revision = "claims_0048"
down_revision = "claims_0047"

# The person, and a guardian or representative whom two officers were shown: whoever else noticed the event reads no
# diagnosis.
_OWN = """
EXISTS (SELECT FROM claim WHERE claim.id = board_case.claim AND claim.relation IS NOT NULL
        AND (claim.person = ANY (CAST((SELECT own_numbers()) AS bigint[]))
             OR (claim.relation = 'shown' AND claim.capacity IN ('guardian', 'representative')
                 AND claim.tenant = current_setting('jaring.tenant', true))))
"""


def upgrade() -> None:
    """In one transaction: nobody reads by both."""
    op.execute("DROP POLICY board_case_own ON board_case")
    op.execute(f"CREATE POLICY board_case_own ON board_case FOR SELECT TO claims_api USING ({_OWN})")
