"""A bank file is handed out when it has been told what is in it; what was told is known again after a restore."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "benefits_0011"
down_revision = "benefits_0010"

_TOLD = """
-- The last row of the outbox that tells of a payment in the file; none where the file itself was lost.
ALTER TABLE bank_file ADD COLUMN told_by bigint;
UPDATE bank_file SET told_by = 0;

-- A payment can be known again before the account is that it went to. Nobody deletes a payee.
-- squawk-ignore ban-drop-constraint
ALTER TABLE payment DROP CONSTRAINT payment_person_payee_version_fkey;

-- The content of a file that was lost with the database, where rendering it again gave the bytes that were told of.
CREATE TABLE rendered_again (
    bank_file uuid PRIMARY KEY REFERENCES bank_file,
    tenant text NOT NULL,
    content bytea NOT NULL
);
"""


def upgrade() -> None:
    """Files that were made before count as told: the bank may have them already."""
    run(_TOLD)
    grant("benefits", "rendered_again", api="SELECT", worker="SELECT, INSERT")
    protect("benefits", "rendered_again")
    # What the bank answered is known again by the worker, after a restore.
    op.execute("GRANT UPDATE (reason, answered_at, reported_at, refused_with_file) ON payment TO benefits_worker")
    # Whether something is sent, and nothing of what it says.
    op.execute("GRANT SELECT (id, type, published_at) ON outbox TO benefits_api")
