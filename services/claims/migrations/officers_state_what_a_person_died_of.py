"""Officers state of which accident a person died, where no notice names it, and what a board orders."""

from shared.persistence.platform import run

revision = "claims_0025"
down_revision = "claims_0024"

# Nothing was in production, and there are few rows to check.
_CAUSE = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check CHECK (kind IN
    ('certificate', 'final_certificate', 'wages_paid', 'circumstances', 'dependant', 'permanent_loss', 'choice',
     'invalidity', 'funeral', 'cause', 'board_order', 'finding', 'withdrawal', 'approval'));
-- squawk-ignore ban-drop-constraint
ALTER TABLE evidence DROP CONSTRAINT evidence_states;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE evidence ADD CONSTRAINT evidence_states CHECK (
    CASE kind WHEN 'certificate' THEN first_day IS NOT NULL WHEN 'final_certificate' THEN fit_from IS NOT NULL
              WHEN 'wages_paid' THEN true WHEN 'circumstances' THEN stated ? 'place'
              WHEN 'finding' THEN stated ? 'fact' AND stated ? 'found'
              WHEN 'dependant' THEN stated ? 'party' WHEN 'funeral' THEN stated ? 'party'
              WHEN 'permanent_loss' THEN stated ? 'percent' WHEN 'choice' THEN stated ? 'option'
              WHEN 'invalidity' THEN stated ? 'certified' WHEN 'cause' THEN stated ? 'claim'
              WHEN 'board_order' THEN stated ? 'party'
              ELSE about IS NOT NULL END);
"""


def upgrade() -> None:
    """Let such statements be kept."""
    run(_CAUSE)
