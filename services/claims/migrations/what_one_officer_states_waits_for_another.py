"""What one officer states counts when another one lets it count, and a notice knows who reported it."""

from shared.persistence.platform import run

revision = "claims_0024"
down_revision = "claims_0023"

# Nothing was in production, and there are few rows to move.
_REPORTED_BY = """
-- Empty in a notice of before. The release that runs meanwhile does not name it.
ALTER TABLE claim ADD COLUMN reported_by text NOT NULL DEFAULT '';
CREATE TRIGGER reported_by_never_changed BEFORE UPDATE ON claim FOR EACH ROW
    WHEN (OLD.reported_by IS DISTINCT FROM NEW.reported_by) EXECUTE FUNCTION never_changed();
"""

# What officers stated or changed alone counted, and goes on counting.
_LET_COUNT = """
INSERT INTO evidence (id, claim, tenant, kind, stated_at, wage_days, about, stated_by, stated)
SELECT gen_random_uuid(), said.claim, said.tenant, 'approval', said.stated_at, '{}', said.id, '', '{}'
FROM evidence AS said LEFT JOIN evidence AS changed ON changed.id = said.about
WHERE said.tenant LIKE 'organisation:%'
  AND (CASE said.kind WHEN 'withdrawal' THEN changed.kind ELSE said.kind END
           IN ('certificate', 'wages_paid', 'circumstances')
       OR (said.kind IN ('withdrawal', changed.kind) AND changed.kind = 'final_certificate')
       -- What an officer had let count of a choice no other one took back alone.
       OR (said.kind IN ('withdrawal', changed.kind) AND changed.kind = 'choice'
           AND NOT EXISTS (SELECT FROM evidence AS approval
                           WHERE approval.kind = 'approval' AND approval.about = changed.id
                             AND approval.tenant LIKE 'organisation:%')));
"""

# A partner's notice that two officers opened by its task: nothing but that shows the relation.
_SHOWN = """
UPDATE claim SET relation = 'shown'
WHERE relation = 'officer' AND EXISTS (
    SELECT FROM task WHERE queue = 'identity' AND state = 'approved' AND subject = 'claim/' || claim.id)
  AND tenant NOT LIKE 'organisation:%';
"""


def upgrade() -> None:
    """Add the column, and keep what counted before."""
    run(_REPORTED_BY)
    run(_LET_COUNT)
    run(_SHOWN)
