"""What a party was granted under an earlier revision than the newest stands by its party until it is settled."""

from alembic import op

from shared.persistence.platform import grant, run

revision = "benefits_0029"
down_revision = "benefits_0027"

_OVERTAKEN = """
CREATE TABLE overtaken (
    party text NOT NULL,
    scheme text NOT NULL,
    claim uuid NOT NULL,
    benefit text NOT NULL,
    PRIMARY KEY (party, scheme, claim, benefit)
) WITH (autovacuum_vacuum_scale_factor = 0.01);
INSERT INTO overtaken (party, scheme, claim, benefit)
SELECT party, scheme, claim, benefit
FROM (SELECT party, scheme, claim, benefit FROM settlement
      UNION SELECT party, scheme, claim, benefit FROM payment) AS granted
JOIN assessment USING (claim) LEFT JOIN settlement USING (claim, scheme, benefit, party)
WHERE coalesce(settlement.revision, 0) < assessment.revision;
"""


def upgrade() -> None:
    """Make it, with what newer revisions came of and is not settled yet."""
    run(_OVERTAKEN)
    grant("benefits", "overtaken", api="SELECT", worker="SELECT, INSERT, DELETE")
    op.execute("ALTER TABLE overtaken ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE overtaken FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY overtaken_officer ON overtaken TO benefits_api USING ({officer})")
    for role in ("worker", "migrate"):
        policy = f"CREATE POLICY overtaken_{role} ON overtaken TO benefits_{role} USING (true)"
        op.execute(f"{policy} WITH CHECK (true)")
