"""What the bank received from an employer for a month is held against what was declared for it."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0026"
down_revision = "registration_0025"

# Its id is made of who stated it and of the bank's reference: the same when it is stated again after a restore.
# Nobody has looked at revision 0 yet. The reference is free text: sealed, and none where it was forgotten.
_RECEIPT = """
CREATE TABLE contribution_receipt (
    receipt uuid PRIMARY KEY,
    tenant text NOT NULL,
    officer text,
    employer integer NOT NULL,
    month integer NOT NULL,
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    banked_on date NOT NULL,
    reference_sealed bytea,
    received_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 0 CHECK (revision >= 0),
    unallocated_for text,
    funds jsonb NOT NULL DEFAULT '[]',
    CHECK (revision = 0 OR (unallocated_for IS NULL) = (funds <> '[]'))
);
CREATE INDEX ix_contribution_receipt_month ON contribution_receipt (employer, month);
CREATE INDEX ix_contribution_receipt_tenant ON contribution_receipt (tenant, receipt);
CREATE INDEX ix_contribution_receipt_received ON contribution_receipt (receipt) WHERE revision = 0;
CREATE INDEX ix_contribution_receipt_unallocated ON contribution_receipt (receipt) WHERE unallocated_for IS NOT NULL;
"""
_STATED = (
    "receipt",
    "tenant",
    "officer",
    "employer",
    "month",
    "amount_sen",
    "banked_on",
    "reference_sealed",
    "received_at",
)
_EMPLOYERS_OWN = "'employer:' || employer = current_setting('jaring.tenant', true)"


def upgrade() -> None:
    """Whoever states one sees it, and so does the employer whose money it is."""
    run(_RECEIPT)
    worker = "SELECT, INSERT, UPDATE (revision, unallocated_for, funds)"
    grant("registration", "contribution_receipt", api="SELECT, INSERT", worker=worker)
    protect("registration", "contribution_receipt")
    policy = "CREATE POLICY contribution_receipt_own ON contribution_receipt FOR SELECT TO registration_api"
    op.execute(f"{policy} USING ({_EMPLOYERS_OWN})")
    never_changed("contribution_receipt", *_STATED)
