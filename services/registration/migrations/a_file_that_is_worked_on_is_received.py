"""A contribution file is received until it is through: no state says that the work has begun."""

from shared.persistence.platform import run

revision = "registration_0004"
down_revision = "registration_0003"

# Nothing was in production: no running release writes the state that goes, and there are few files to scan.
_STATES = """
UPDATE contribution_file SET state = 'received' WHERE state = 'validating';
-- squawk-ignore ban-drop-constraint
ALTER TABLE contribution_file DROP CONSTRAINT contribution_file_state_check;
-- squawk-ignore ban-drop-constraint
ALTER TABLE contribution_file DROP CONSTRAINT contribution_file_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE contribution_file ADD CHECK (state IN ('received', 'accepted', 'partly_rejected', 'rejected'));
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE contribution_file ADD CHECK ((state = 'received') = (finished_at IS NULL));
"""


def upgrade() -> None:
    """The work that had begun has its row of due work, and starts from the beginning."""
    run(_STATES)
