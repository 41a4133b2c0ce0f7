"""What is to come back is repaid by a route or a line of the bank's statement, or set off as it was agreed."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "benefits_0025"
down_revision = "benefits_0024"

# Of the entitlement alone: the same in a database that was put back, so that no payer's reference means another debt.
_REFERENCE = """
-- squawk-ignore adding-field-with-default
ALTER TABLE recovery ADD COLUMN reference text GENERATED ALWAYS AS
    ('R' || upper(left(md5(claim::text || '/' || scheme || '/' || benefit || '/' || party), 16))) STORED;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE recovery ALTER COLUMN reference SET NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_recovery_reference ON recovery (reference);
"""
_CAME_IN = """
CREATE TABLE statement_line (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    statement text NOT NULL,
    line integer NOT NULL CHECK (line > 0),
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    value_on date NOT NULL,
    reference text,
    -- What the payer wrote may name somebody: it is encrypted.
    written bytea NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (tenant, statement, line)
);

-- A line whose reference no recovery has is one too, of no recovery.
CREATE TABLE repayment (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    recovery uuid REFERENCES recovery,
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    received_on date NOT NULL,
    route text NOT NULL CHECK (route IN ('bank_line', 'counter')),
    reference text NOT NULL,
    statement_line uuid REFERENCES statement_line,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    CHECK (recovery IS NOT NULL OR route = 'bank_line')
);
CREATE INDEX ix_repayment_recovery ON repayment (recovery, id);
CREATE INDEX ix_repayment_of_nobody ON repayment (id) WHERE recovery IS NULL;

-- What is neither booked nor withdrawn yet: all others are found without it.
CREATE TABLE repayment_waiting (
    repayment uuid PRIMARY KEY REFERENCES repayment,
    tenant text NOT NULL
);

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_beyond ON transfer (repayment) WHERE cause = 'repaid_beyond';

CREATE TABLE repayment_word (
    repayment uuid PRIMARY KEY REFERENCES repayment,
    tenant text NOT NULL,
    word text NOT NULL CHECK (word IN ('released', 'withdrawn')),
    said_by text NOT NULL,
    said_at timestamptz NOT NULL
);
CREATE INDEX ix_repayment_withdrawn ON repayment_word (repayment) WHERE word = 'withdrawn';
"""
_AGREED = """
CREATE TABLE recovery_agreement (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    recovery uuid NOT NULL REFERENCES recovery,
    kind text NOT NULL CHECK (kind IN ('instalments', 'across')),
    monthly_sen bigint CHECK (monthly_sen > 0),
    against_scheme text,
    against_owner text,
    ends boolean NOT NULL,
    from_on date NOT NULL,
    evidence text NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    CHECK ((monthly_sen IS NULL) = (kind = 'across' OR ends)),
    CHECK (num_nulls(against_scheme, against_owner) = CASE kind WHEN 'across' THEN 0 ELSE 2 END)
);
CREATE INDEX ix_recovery_agreement_recovery ON recovery_agreement (recovery, kind);

CREATE TABLE recovery_agreement_word (
    agreement uuid PRIMARY KEY REFERENCES recovery_agreement,
    tenant text NOT NULL,
    word text NOT NULL CHECK (word IN ('released', 'withdrawn')),
    said_by text NOT NULL,
    said_at timestamptz NOT NULL
);
"""
_TABLES = ("statement_line", "repayment", "repayment_word", "recovery_agreement", "recovery_agreement_word")


def upgrade() -> None:
    """Make them, and say who may do what: all of it is added to, and nothing is changed."""
    for statements in (_REFERENCE, _CAME_IN, _AGREED):
        run(statements)
    for table in _TABLES:
        # The worker keeps what a line brought, and what is known again after a restore.
        adds = ", INSERT" if table == "repayment" else ""
        grant("benefits", table, api="SELECT, INSERT", worker=f"SELECT{adds}")
        protect("benefits", table)
        never_changed(table)
    grant("benefits", "repayment_waiting", api="SELECT, INSERT, DELETE", worker="SELECT, INSERT, DELETE")
    protect("benefits", "repayment_waiting")
