"""Being insured under Act 800 is a membership, beside that of Act 4 and of SKBBK."""

from shared.persistence.platform import run

revision = "registration_0036"
down_revision = "registration_0035"

_MEMBERSHIP = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE membership DROP CONSTRAINT membership_scheme_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE membership ADD CONSTRAINT membership_scheme_check CHECK (scheme IN ('act4', 'skbbk', 'act800'));
"""
# Everybody who is a member of Act 4 is derived again, with the new scheme.
_DERIVE_ALL = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT 'derive_again', '{"person":' || person || '}', 'epoch', '{}', 'being insured under act 800 is a membership', '{}'
FROM membership WHERE scheme = 'act4'
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""


def upgrade() -> None:
    """Widen the list of schemes, and leave the derivation for the worker."""
    run(_MEMBERSHIP)
    run(_DERIVE_ALL)
