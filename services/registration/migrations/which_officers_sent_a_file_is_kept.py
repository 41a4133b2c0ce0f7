"""Which officers sent a contribution file is kept: none of them approves what it says, nor that it is closed."""

from shared.persistence.platform import grant, protect, run

revision = "registration_0091"
down_revision = "registration_0090"

# Of a file, an archive or an upload, and of what a file says of a spell. Of what came before nobody knows it.
_TABLE = """
CREATE TABLE contribution_sender (
    sent uuid NOT NULL,
    officer text NOT NULL,
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (sent, officer)
);
"""


def upgrade() -> None:
    """Officers add themselves; the worker hands on to files what an archive has, and to statements what files have."""
    run(_TABLE)
    grant("registration", "contribution_sender", api="SELECT, INSERT", worker="SELECT, INSERT")
    protect("registration", "contribution_sender", mine="current_setting('jaring.role', true) = 'officer'")
