"""What is found at employers is kept: inspections, notices, assessments of what was not declared, and compounds."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0057"
down_revision = "registration_0056"

_AMOUNTS = (
    *("act4_employer_sen", "act4_employee_sen", "act800_employer_sen", "act800_employee_sen"),
    "skbbk_employee_sen",
)
_DUE = ",\n    ".join(f"{name} bigint NOT NULL CHECK ({name} >= 0)" for name in _AMOUNTS)
# No references: a restored database may know of one before the other.
_TABLES = f"""
CREATE TABLE inspection (
    inspection uuid PRIMARY KEY,
    employer integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    reason text NOT NULL,
    planned_for date NOT NULL,
    officer text NOT NULL,
    stated_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'held', 'called_off')),
    held_on date,
    findings text[] NOT NULL DEFAULT '{{}}',
    evidence text,
    reported_by text,
    reported_at timestamptz,
    CHECK ((state = 'planned') = (reported_by IS NULL) AND (reported_by IS NULL) = (reported_at IS NULL)),
    CHECK ((state = 'held') = (held_on IS NOT NULL) AND (state = 'held') = (findings <> '{{}}'))
);
CREATE INDEX ix_inspection_employer ON inspection (employer, inspection);

CREATE TABLE enforcement_notice (
    notice uuid PRIMARY KEY,
    employer integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    inspection uuid,
    demand text NOT NULL,
    given_on date NOT NULL,
    answer_by date NOT NULL CHECK (answer_by >= given_on),
    law text NOT NULL,
    evidence text,
    officer text NOT NULL,
    stated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    state text NOT NULL CHECK (state IN ('open', 'overdue', 'complied', 'not_complied')),
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by),
    decided_at timestamptz,
    CHECK ((state IN ('complied', 'not_complied')) = (decided_at IS NOT NULL))
);
CREATE INDEX ix_enforcement_notice_employer ON enforcement_notice (employer, notice);

CREATE TABLE assessment (
    assessment uuid PRIMARY KEY,
    employer integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    inspection uuid,
    evidence text NOT NULL,
    officer text NOT NULL,
    stated_at timestamptz NOT NULL,
    object_by date NOT NULL,
    known_on date NOT NULL,
    law text NOT NULL,
    revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    state text NOT NULL CHECK (state IN ('stated', 'confirmed', 'withdrawn')),
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by),
    decided_at timestamptz,
    CHECK ((state = 'stated') = (decided_at IS NULL))
);
CREATE INDEX ix_assessment_employer ON assessment (employer, assessment);

CREATE TABLE assessment_line (
    assessment uuid NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    person integer NOT NULL,
    employer integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    wage_sen bigint NOT NULL CHECK (wage_sen >= 0),
    {_DUE},
    PRIMARY KEY (assessment, month, person)
);

CREATE TABLE assessment_objection (
    assessment uuid PRIMARY KEY,
    tenant text NOT NULL,
    source text NOT NULL,
    officer text,
    reason text NOT NULL,
    evidence text NOT NULL,
    objected_at timestamptz NOT NULL
);

-- What two officers confirmed last of a person's month: the employer owes it, less what it declares.
CREATE TABLE assessed_line (
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    person integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    assessment uuid NOT NULL,
    wage_sen bigint NOT NULL CHECK (wage_sen >= 0),
    {_DUE},
    PRIMARY KEY (employer, month, person)
);

CREATE TABLE compound (
    compound uuid PRIMARY KEY,
    -- What its payer writes (shared/kernel/payment_reference.py).
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    employer integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    inspection uuid,
    offence text NOT NULL,
    amount_sen bigint NOT NULL CHECK (amount_sen > 0),
    evidence text NOT NULL,
    law text NOT NULL,
    officer text NOT NULL,
    stated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    state text NOT NULL
        CHECK (state IN ('proposed', 'refused', 'offered', 'paid', 'to_be_prosecuted', 'prosecuted', 'withdrawn')),
    offered_on date,
    pay_by date CHECK (pay_by >= offered_on),
    lapsed_at timestamptz,
    paid_sen bigint NOT NULL DEFAULT 0 CHECK (paid_sen >= 0),
    paid_late boolean NOT NULL DEFAULT false,
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by),
    decided_at timestamptz,
    decided_for text,
    CHECK ((offered_on IS NULL) = (pay_by IS NULL) AND (offered_on IS NULL) = (state IN ('proposed', 'refused')))
);
CREATE INDEX ix_compound_employer ON compound (employer, compound);

CREATE TABLE compound_payment (
    credit uuid PRIMARY KEY,
    compound uuid NOT NULL,
    employer integer NOT NULL,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    banked_on date NOT NULL,
    recorded_at timestamptz NOT NULL,
    taken_back_at timestamptz
);
CREATE INDEX ix_compound_payment_compound ON compound_payment (compound);
"""
_ASSESSED = ",\n    ".join(
    f"ADD COLUMN assessed_{name} bigint NOT NULL DEFAULT 0 CHECK (assessed_{name} >= 0)" for name in _AMOUNTS
)
_OWED = " + ".join((*_AMOUNTS, *(f"assessed_{name}" for name in _AMOUNTS)))
# Nothing was in production: no running release is held up while these are made.
_ACCOUNT = f"""
-- squawk-ignore adding-required-field, adding-not-nullable-field, constraint-missing-not-valid
ALTER TABLE contribution_account
    ADD COLUMN is_assessed boolean NOT NULL DEFAULT false,
    {_ASSESSED};
-- squawk-ignore adding-required-field, adding-not-nullable-field, adding-field-with-default
ALTER TABLE contribution_account ADD COLUMN owed_sen bigint GENERATED ALWAYS AS ({_OWED}) STORED;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_contribution_account_interest_left;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_contribution_account_due;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_contribution_account_run;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_account_interest_left ON contribution_account (employer, month)
    WHERE owed_sen <= banked_sen AND interest_left_sen > 0;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_account_due ON contribution_account (employer, month, due_on)
    WHERE owed_sen > banked_sen;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_account_run
    ON contribution_account (due_on, (coalesce(run_on, '-infinity'::date)), employer, month)
    WHERE owed_sen > banked_sen;
"""
_CREDIT = """
ALTER TABLE bank_credit ADD COLUMN compound uuid;
-- squawk-ignore ban-drop-constraint
ALTER TABLE bank_credit DROP CONSTRAINT bank_credit_check2;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE bank_credit ADD CONSTRAINT bank_credit_matched
    CHECK (state <> 'matched' OR (employer IS NULL) <> (compound IS NULL));
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "tenant = current_setting('jaring.tenant', true)"
# Nobody is told beforehand that an inspection comes, or that officers think of a compound.
_TOLD = {
    "inspection": f"{_OWN} AND state = 'held'",
    "enforcement_notice": _OWN,
    "assessment": _OWN,
    "assessment_line": _OWN,
    "assessed_line": _OWN,
    "compound": f"{_OWN} AND offered_on IS NOT NULL",
    "compound_payment": _OWN,
}
_DECIDED = "revision, state, proposed_by, approved_by, decided_at"


def upgrade() -> None:
    """An employer reads what it was told; officers alone write, and the worker what follows from days and payments."""
    run(_TABLES)
    run(_ACCOUNT)
    run(_CREDIT)
    reported = "SELECT, INSERT, UPDATE (state, held_on, findings, evidence, reported_by, reported_at)"
    grant("registration", "inspection", api=reported, worker="SELECT")
    decided = f"SELECT, INSERT, UPDATE ({_DECIDED})"
    grant("registration", "enforcement_notice", api=decided, worker="SELECT, UPDATE (revision, state)")
    grant("registration", "assessment", api=decided, worker="SELECT, UPDATE (revision)")
    grant("registration", "assessment_line", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "assessment_objection", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "assessed_line", api="SELECT, INSERT, UPDATE", worker="SELECT")
    compound = f"SELECT, INSERT, UPDATE ({_DECIDED}, offered_on, pay_by, paid_late, decided_for)"
    followed = "SELECT, UPDATE (revision, state, paid_sen, lapsed_at)"
    grant("registration", "compound", api=compound, worker=followed)
    grant("registration", "compound_payment", api="SELECT, INSERT", worker="SELECT, INSERT, UPDATE (taken_back_at)")
    op.execute("GRANT UPDATE (compound) ON bank_credit TO registration_api, registration_worker")
    protect("registration", "assessment_objection")
    for table, seen in _TOLD.items():
        protect("registration", table, mine=_OFFICER)
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({seen})")
    never_changed("inspection", "inspection", "employer", "reason", "planned_for", "officer", "stated_at")
    never_changed("enforcement_notice", "notice", "employer", "demand", "given_on", "answer_by", "officer")
    never_changed("assessment", "assessment", "employer", "evidence", "officer", "stated_at", "object_by")
    never_changed("assessment_line")
    never_changed("assessment_objection")
    never_changed("assessed_line", "employer", "month", "person")
    never_changed("compound", "compound", "number", "employer", "offence", "amount_sen", "evidence", "officer")
    never_changed("compound_payment", "credit", "compound", "employer", "amount_sen", "banked_on")
