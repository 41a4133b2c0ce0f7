"""Contributions that were paid and not due are refunded: what lines declared before, claims, and what was stated."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0027"
down_revision = "registration_0026"

# No references: each would cost a look-up for every line of a file, and after a restore a payable may be known before
# its employer is.
_TABLES = """
CREATE TABLE changed_line (
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    person integer NOT NULL,
    kind smallint NOT NULL CHECK (kind = 1),
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    employment_injury_sen bigint NOT NULL,
    invalidity_sen bigint NOT NULL,
    non_employment_injury_sen bigint NOT NULL,
    employment_insurance_sen bigint NOT NULL,
    PRIMARY KEY (employer, month, person, kind)
);

CREATE TABLE refund (
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    revision integer NOT NULL CHECK (revision > 0),
    shares jsonb NOT NULL,
    released_lines integer NOT NULL CHECK (released_lines >= 0),
    banked_sen bigint CHECK (banked_sen >= 0),
    paid_sen bigint CHECK (paid_sen >= 0),
    last_claim bigint NOT NULL CHECK (last_claim >= 0),
    recalled boolean NOT NULL,
    PRIMARY KEY (employer, month)
);

CREATE TABLE refund_claim (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    source text NOT NULL,
    officer text,
    claimed_at timestamptz NOT NULL
);
CREATE INDEX ix_refund_claim_month ON refund_claim (employer, month, id);

CREATE TABLE refund_statement (
    payable uuid NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    fund text NOT NULL CHECK (fund IN ('employment_injury', 'invalidity', 'non_employment_injury',
                                       'employment_insurance')),
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    owed_on date NOT NULL,
    law text NOT NULL,
    stated_at timestamptz NOT NULL,
    withdrawn_for text,
    -- What it was worked out from; none, where a restored database knows it from its event.
    record jsonb,
    decision_hash text NOT NULL,
    proposed_by text,
    approved_by text,
    PRIMARY KEY (payable, revision),
    CHECK ((amount_sen = 0) = (withdrawn_for IS NOT NULL)),
    CHECK ((proposed_by IS NULL) = (approved_by IS NULL) AND approved_by <> proposed_by)
);
CREATE INDEX ix_refund_statement_month ON refund_statement (employer, month, fund, revision);
"""
# Of who was released before this, what stands is looked at.
_REVIEW_ALL = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT DISTINCT 'review_released_lines', '{"person":' || person || '}', 'epoch'::timestamptz, '{}'::text[],
                'contributions that were not due are refunded', '{}'::jsonb
FROM skbbk_statement
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "tenant = current_setting('jaring.tenant', true)"


def upgrade() -> None:
    """An employer reads what is about its months and claims; what is refunded officers alone write, and the worker."""
    run(_TABLES)
    grant("registration", "changed_line", api="SELECT", worker="SELECT, INSERT, UPDATE")
    # What two officers decided is kept with the month by their request.
    decided = "SELECT, UPDATE (paid_sen, last_claim, recalled)"
    grant("registration", "refund", api=decided, worker="SELECT, INSERT, UPDATE")
    grant("registration", "refund_claim", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "refund_statement", api="SELECT, INSERT", worker="SELECT, INSERT")
    for table in ("changed_line", "refund_claim"):
        protect("registration", table)
    for table in ("refund", "refund_statement"):
        protect("registration", table, mine=_OFFICER)
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({_OWN})")
    never_changed("refund", "employer", "month")
    never_changed("refund_claim")
    never_changed("refund_statement")
    run(_REVIEW_ALL)
