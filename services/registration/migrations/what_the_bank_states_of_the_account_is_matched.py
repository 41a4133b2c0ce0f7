"""What the bank states of the account is kept, and each credit on it is matched to an employer's month, once."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0035"
down_revision = "registration_0034"

# Account, ids, references and what a payer wrote may name somebody: sealed, and found by keyed hashes.
_TABLES = """
CREATE TABLE bank_statement (
    statement uuid PRIMARY KEY,
    tenant text NOT NULL,
    officer text,
    kind text NOT NULL CHECK (kind IN ('camt.053', 'camt.054')),
    position smallint NOT NULL CHECK (position >= 0),
    account_index bytea NOT NULL,
    identification_index bytea NOT NULL,
    identification_sealed bytea NOT NULL,
    digest bytea NOT NULL,
    content_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    entries integer NOT NULL CHECK (entries >= 0),
    credits integer NOT NULL CHECK (credits >= 0),
    credits_sen bigint NOT NULL,
    held_for text,
    state text NOT NULL CHECK (state IN ('to_be_released', 'received', 'taken', 'held')),
    released_by text CHECK (released_by <> officer),
    released_at timestamptz,
    repeated integer NOT NULL DEFAULT 0 CHECK (repeated >= 0),
    CHECK ((state = 'held') = (held_for IS NOT NULL)),
    CHECK ((released_by IS NULL) = (released_at IS NULL))
);
CREATE UNIQUE INDEX ux_bank_statement_identification ON bank_statement (tenant, account_index, identification_index)
    WHERE state <> 'held';
CREATE UNIQUE INDEX ux_bank_statement_held ON bank_statement (tenant, account_index, identification_index, digest)
    WHERE state = 'held';
CREATE INDEX ix_bank_statement_tenant ON bank_statement (tenant, statement);
CREATE INDEX ix_bank_statement_waiting ON bank_statement (received_at) WHERE state IN ('to_be_released', 'held');

CREATE TABLE bank_credit (
    credit uuid PRIMARY KEY,
    statement uuid NOT NULL,
    tenant text NOT NULL,
    account_index bytea NOT NULL,
    entry_index bytea NOT NULL,
    reference_indexes bytea[] NOT NULL,
    is_whole boolean NOT NULL,
    is_reversal boolean NOT NULL,
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    banked_on date NOT NULL,
    said_sealed bytea NOT NULL,
    received_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    state text NOT NULL DEFAULT 'unmatched'
        CHECK (state IN ('unmatched', 'matched', 'reversed', 'reverses', 'in_detail', 'set_aside')),
    unmatched_for text,
    employer integer,
    month integer CHECK (month % 100 BETWEEN 1 AND 12),
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by),
    evidence text,
    CHECK ((employer IS NULL) = (month IS NULL)),
    CHECK (state <> 'matched' OR employer IS NOT NULL)
);
CREATE INDEX ix_bank_credit_statement ON bank_credit (statement, credit);
CREATE INDEX ix_bank_credit_entry ON bank_credit (account_index, entry_index);
CREATE INDEX ix_bank_credit_references ON bank_credit USING gin (reference_indexes);
CREATE INDEX ix_bank_credit_open ON bank_credit (credit) WHERE state IN ('unmatched', 'set_aside');
CREATE INDEX ix_bank_credit_reversal ON bank_credit (account_index) WHERE is_reversal AND state = 'unmatched';
"""
_STATED = (
    *("statement", "tenant", "officer", "kind", "position", "account_index", "identification_index"),
    *("identification_sealed", "digest", "content_sealed", "created_at", "received_at", "entries", "credits"),
    *("credits_sen", "held_for"),
)
_CREDIT = (
    *("credit", "statement", "tenant", "account_index", "entry_index", "reference_indexes", "is_whole"),
    *("is_reversal", "amount_sen", "banked_on", "said_sealed", "received_at"),
)
_FOUND = "revision, state, unmatched_for, employer, month, proposed_by, approved_by, evidence"
_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """The bank sees its statements and what became of its credits; officers match those that name nobody."""
    run(_TABLES)
    released = "SELECT, INSERT, UPDATE (state, released_by, released_at)"
    grant("registration", "bank_statement", api=released, worker="SELECT, UPDATE (state, repeated)")
    grant("registration", "bank_credit", api=f"SELECT, UPDATE ({_FOUND})", worker=f"SELECT, INSERT, UPDATE ({_FOUND})")
    protect("registration", "bank_statement")
    protect("registration", "bank_credit", mine=_OFFICER)
    own = "tenant = current_setting('jaring.tenant', true)"
    op.execute(f"CREATE POLICY bank_credit_own ON bank_credit FOR SELECT TO registration_api USING ({own})")
    never_changed("bank_statement", *_STATED)
    never_changed("bank_credit", *_CREDIT)
