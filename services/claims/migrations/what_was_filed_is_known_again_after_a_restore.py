"""Appeals, complaints and the charter's clocks are published, and known again after a restore."""

from alembic import op

from shared.persistence.platform import run

revision = "claims_0076"
down_revision = "claims_0075"

# Which revision was published last. What was filed before is published when it is followed next, or announced.
_PUBLISHED = """
ALTER TABLE appeal ADD COLUMN published integer NOT NULL DEFAULT 0 CHECK (published >= 0);
ALTER TABLE complaint ADD COLUMN published integer NOT NULL DEFAULT 0 CHECK (published >= 0);
ALTER TABLE charter_clock ADD COLUMN revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0);
-- A claim of which nothing was published has another id when its notice is sent again.
-- squawk-ignore ban-drop-constraint
ALTER TABLE complaint DROP CONSTRAINT complaint_claim_fkey;
-- squawk-ignore ban-drop-constraint
ALTER TABLE letter DROP CONSTRAINT letter_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE letter ADD CONSTRAINT letter_kind_check CHECK (kind IN (
    'award', 'refusal', 'revision', 'evidence_request', 'payment_advice', 'recovery', 'certificate_due',
    'certificate_reminder', 'suspension', 'resumed', 'board_invitation', 'complaint_answer', 'known_again'));
"""


def upgrade() -> None:
    """The worker alone publishes and recalls them."""
    run(_PUBLISHED)
    op.execute("GRANT INSERT, UPDATE (published) ON appeal TO claims_worker")
    ended = "state, found, proposed_by, approved_by, ended_at, published"
    op.execute(f"GRANT INSERT, UPDATE ({ended}) ON complaint TO claims_worker")
