"""What the bank says is taken by its own time or held; a changed account waits for a second officer or some days."""

from shared.persistence.platform import grant, protect, run

revision = "benefits_0006"
down_revision = "benefits_0005"

# Nothing was in production: no running release writes payments, files or payees without these.
_ANSWERS = """
ALTER TABLE payment ADD COLUMN reported_at timestamptz;
-- What came back with a whole file says nothing of its account: held until the cause is mended, then released.
ALTER TABLE payment ADD COLUMN refused_with_file text;
UPDATE payment SET reported_at = answered_at;
ALTER TABLE bank_file ADD COLUMN reason text;

CREATE TABLE held_status (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    bank_file uuid NOT NULL REFERENCES bank_file,
    end_to_end_id text,
    code text NOT NULL,
    reason text NOT NULL,
    report text NOT NULL,
    reported_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (bank_file, report, end_to_end_id, code, reason)
);
CREATE INDEX ix_held_status_bank_file ON held_status (bank_file, id);
"""
_ACCOUNTS = """
-- The first version of the person with this very account: whoever enters it again has not entered another one.
ALTER TABLE payee ADD COLUMN account_version integer NOT NULL DEFAULT 0;
-- squawk-ignore ban-drop-default
ALTER TABLE payee ALTER COLUMN account_version DROP DEFAULT;
ALTER TABLE payee ADD COLUMN entered_by text NOT NULL DEFAULT '';
-- squawk-ignore ban-drop-default
ALTER TABLE payee ALTER COLUMN entered_by DROP DEFAULT;
ALTER TABLE payee ADD COLUMN held_until timestamptz;
UPDATE payee SET account_version = version;

CREATE TABLE payee_release (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    person bigint NOT NULL,
    version integer NOT NULL,
    released_by text NOT NULL,
    released_at timestamptz NOT NULL,
    FOREIGN KEY (person, version) REFERENCES payee
);
CREATE INDEX ix_payee_release_person ON payee_release (person, version);
"""


def upgrade() -> None:
    """Make them, and say who may do what."""
    run(_ANSWERS)
    run(_ACCOUNTS)
    grant("benefits", "payment", api="UPDATE (reported_at, refused_with_file)", worker="SELECT")
    grant("benefits", "bank_file", api="UPDATE (reason)", worker="UPDATE (reason)")
    grant("benefits", "held_status", api="SELECT, INSERT", worker="SELECT")
    grant("benefits", "payee_release", api="SELECT, INSERT", worker="SELECT")
    for table in ("held_status", "payee_release"):
        protect("benefits", table)
