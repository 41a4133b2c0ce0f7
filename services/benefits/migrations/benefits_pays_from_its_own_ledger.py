"""The platform's tables; payees, what claims decided, payments with their bank files, and the ledger."""

from alembic import op

from shared.persistence.platform import create_platform_v1, grant, protect, run

revision = "benefits_0001"
down_revision = None

# What claims decided: a projection, dropped and rebuilt at will by announcement.
_DECIDED = """
CREATE TABLE assessment (
    claim uuid PRIMARY KEY,
    person bigint NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    scheme text NOT NULL,
    contingency text NOT NULL,
    happened_on date NOT NULL,
    decided_at timestamptz NOT NULL,
    decision_hash text NOT NULL,
    provisional boolean NOT NULL,
    refused_for text,
    refused_law text,
    CHECK ((refused_for IS NULL) = (refused_law IS NULL))
);
CREATE INDEX ix_assessment_person ON assessment (person, claim);

CREATE TABLE entitlement (
    claim uuid NOT NULL,
    benefit text NOT NULL,
    law text NOT NULL,
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    PRIMARY KEY (claim, benefit)
);

CREATE TABLE entitlement_period (
    claim uuid NOT NULL,
    benefit text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    days integer NOT NULL CHECK (days > 0),
    daily_rate_sen bigint NOT NULL CHECK (daily_rate_sen >= 0),
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    PRIMARY KEY (claim, benefit, first_day),
    CHECK (first_day <= last_day)
);
"""

_OWN = """
CREATE TABLE payee (
    person bigint NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    tenant text NOT NULL,
    account_name bytea NOT NULL,
    account_number bytea NOT NULL,
    bank_bic text NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (person, version)
);

-- One row per entitlement that was ever settled: the lock under which its books are read and posted.
CREATE TABLE settlement (
    claim uuid NOT NULL,
    benefit text NOT NULL,
    person bigint NOT NULL,
    revision integer NOT NULL,
    settled_on date NOT NULL,
    PRIMARY KEY (claim, benefit)
);

CREATE TABLE bank_file (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    state text NOT NULL CHECK (state IN ('ready', 'fetched', 'answered')),
    message_id text NOT NULL UNIQUE,
    transactions integer NOT NULL CHECK (transactions > 0),
    control_sum_sen bigint NOT NULL CHECK (control_sum_sen > 0),
    sha256 text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL,
    fetched_at timestamptz,
    answered_at timestamptz
);
CREATE INDEX ix_bank_file_tenant ON bank_file (tenant, state, id);

CREATE TABLE payment (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    claim uuid NOT NULL,
    benefit text NOT NULL,
    person bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payment', 'reissue')),
    revision integer NOT NULL,
    period_first date NOT NULL,
    period_last date NOT NULL,
    replaces text NOT NULL,
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    end_to_end_id text NOT NULL UNIQUE,
    state text NOT NULL CHECK (state IN ('unsent', 'sent', 'settled', 'returned', 'voided')),
    bank_file uuid REFERENCES bank_file,
    payee_version integer,
    reason text,
    traceparent text,
    correlation_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    answered_at timestamptz,
    CONSTRAINT uq_payment_natural_key
        UNIQUE (claim, benefit, period_first, period_last, person, kind, revision, replaces),
    FOREIGN KEY (person, payee_version) REFERENCES payee,
    CHECK (period_first <= period_last),
    CHECK ((kind = 'reissue') = (replaces <> '')),
    CHECK ((state IN ('unsent', 'voided')) = (bank_file IS NULL)),
    CHECK ((bank_file IS NULL) = (payee_version IS NULL)),
    CHECK ((state = 'returned') = (reason IS NOT NULL)),
    CHECK ((state IN ('settled', 'returned')) = (answered_at IS NOT NULL))
);
CREATE INDEX ix_payment_unsent ON payment (id) WHERE state = 'unsent';
CREATE INDEX ix_payment_person ON payment (person, id);
CREATE INDEX ix_payment_bank_file ON payment (bank_file);
CREATE INDEX ix_payment_returned ON payment (person, payee_version) WHERE state = 'returned';

CREATE TABLE recovery (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL,
    benefit text NOT NULL,
    person bigint NOT NULL,
    law text NOT NULL,
    revision integer NOT NULL,
    traceparent text,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (claim, benefit)
);
CREATE INDEX ix_recovery_person ON recovery (person, id);
"""

_LEDGER = """
CREATE TABLE account (
    code text PRIMARY KEY,
    about text NOT NULL
);
INSERT INTO account (code, about) VALUES
    ('bank', 'Paid out of the organisation''s account'),
    ('contributions_receivable', 'Contributions declared by employers, until bank statements confirm them'),
    ('benefit_expense', 'Benefits granted, net of what is to come back'),
    ('benefits_payable', 'Payments instructed and not settled yet'),
    ('recoveries_receivable', 'Paid beyond the entitlement (Act 4 s.50)'),
    ('fund_act4_employer', 'Act 4 contributions, employers'' share'),
    ('fund_act4_employee', 'Act 4 contributions, employees'' share'),
    ('fund_act800', 'Act 800 contributions, both shares'),
    ('fund_skbbk', 'Non-employment injury contributions (SKBBK)');

-- A row moves one amount between two accounts, so that every entry balances; nobody may change or delete a row.
CREATE TABLE transfer (
    id uuid PRIMARY KEY,
    tenant text NOT NULL DEFAULT coalesce(nullif(current_setting('jaring.tenant', true), ''), 'organisation:1'),
    entry uuid NOT NULL,
    debit text NOT NULL REFERENCES account,
    credit text NOT NULL REFERENCES account,
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    cause text NOT NULL,
    claim uuid,
    benefit text,
    revision integer,
    payment uuid REFERENCES payment,
    file uuid,
    employer bigint,
    month text,
    booked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (debit <> credit),
    CHECK ((claim IS NULL) = (benefit IS NULL)),
    CHECK ((claim IS NULL) <> (file IS NULL)),
    CHECK ((file IS NULL) = (employer IS NULL) AND (file IS NULL) = (month IS NULL)),
    UNIQUE (payment, cause)
);
-- A correction downwards takes from a fund: what a file changed is named by the fund, whichever side it stands on.
CREATE UNIQUE INDEX uq_transfer_file_fund
    ON transfer (file, employer, month, least(debit, credit), greatest(debit, credit));
CREATE INDEX ix_transfer_entitlement ON transfer (claim, benefit);
"""

PROJECTIONS = ("assessment", "entitlement", "entitlement_period")


def upgrade() -> None:
    """Make them, and say who may do what."""
    create_platform_v1("benefits")
    for statements in (_DECIDED, _OWN, _LEDGER):
        run(statements)
    for table in PROJECTIONS:
        grant("benefits", table, api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    grant("benefits", "payee", api="SELECT, INSERT", worker="SELECT")
    grant("benefits", "settlement", api="SELECT", worker="SELECT, INSERT, UPDATE")
    grant("benefits", "recovery", api="SELECT", worker="SELECT, INSERT")
    grant("benefits", "account", api="SELECT", worker="SELECT")
    # A bank's answer moves a payment on; nothing else of a payment or of a file ever changes through the API.
    grant("benefits", "payment", api="SELECT, UPDATE (state, reason, answered_at)", worker="SELECT, INSERT, UPDATE")
    grant("benefits", "bank_file", api="SELECT, UPDATE (state, fetched_at, answered_at)", worker="SELECT, INSERT")
    grant("benefits", "transfer", api="SELECT, INSERT", worker="SELECT, INSERT")
    for table in ("payee", "payment", "bank_file", "transfer"):
        protect("benefits", table)
    for table in (*PROJECTIONS, "settlement", "recovery"):
        _for_officers(table)


def _for_officers(table: str) -> None:
    """Rows that belong to no partner: through the API only the organisation's own officers see them."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY {table}_officer ON {table} TO benefits_api USING ({officer})")
    for role in ("worker", "migrate"):
        op.execute(f"CREATE POLICY {table}_{role} ON {table} TO benefits_{role} USING (true) WITH CHECK (true)")
