"""What employers owe and paid is kept by month: declared, banked, interest, and who claims a waiver."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0034"
down_revision = "registration_0033"

# Declared sums add up from what each file brought, in the file's own transaction. No references: as of a refund.
_TABLES = """
CREATE TABLE contribution_account (
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    act4_employer_sen bigint NOT NULL,
    act4_employee_sen bigint NOT NULL,
    act800_employer_sen bigint NOT NULL,
    act800_employee_sen bigint NOT NULL,
    skbbk_employee_sen bigint NOT NULL,
    declared_sen bigint GENERATED ALWAYS AS (act4_employer_sen + act4_employee_sen + act800_employer_sen
                                             + act800_employee_sen + skbbk_employee_sen) STORED,
    due_on date,
    -- Of contributions, by day: what is known as banked.
    payments jsonb NOT NULL DEFAULT '[]',
    banked_sen bigint NOT NULL DEFAULT 0,
    interest_paid_sen bigint NOT NULL DEFAULT 0 CHECK (interest_paid_sen >= 0),
    interest_revision integer NOT NULL DEFAULT 0 CHECK (interest_revision >= 0),
    interest_left_sen bigint NOT NULL DEFAULT 0 CHECK (interest_left_sen >= 0),
    run_on date,
    last_appeal bigint NOT NULL DEFAULT 0 CHECK (last_appeal >= 0),
    PRIMARY KEY (employer, month)
);
CREATE INDEX ix_contribution_account_outstanding ON contribution_account (due_on, employer, month)
    WHERE declared_sen > banked_sen;
CREATE INDEX ix_contribution_account_arrears ON contribution_account (employer, month)
    WHERE declared_sen > banked_sen OR interest_left_sen > 0;

CREATE TABLE interest_statement (
    interest uuid NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    waived_sen bigint NOT NULL CHECK (waived_sen >= 0),
    as_of date NOT NULL,
    law text NOT NULL,
    stated_at timestamptz NOT NULL,
    -- What it was worked out from; none, where a restored database knows it from its event.
    record jsonb,
    decision_hash text NOT NULL,
    proposed_by text,
    approved_by text,
    PRIMARY KEY (interest, revision),
    CHECK ((proposed_by IS NULL) = (approved_by IS NULL) AND approved_by <> proposed_by)
);
CREATE INDEX ix_interest_statement_month ON interest_statement (employer, month, revision);

CREATE TABLE interest_appeal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    source text NOT NULL,
    officer text,
    claimed_at timestamptz NOT NULL
);
CREATE INDEX ix_interest_appeal_month ON interest_appeal (employer, month, id);
"""
# A receipt that is interest alone is of no fund's contributions, and of no reason either.
_OF_INTEREST = """
ALTER TABLE contribution_receipt ADD COLUMN interest_sen bigint NOT NULL DEFAULT 0;
-- squawk-ignore ban-drop-constraint
ALTER TABLE contribution_receipt DROP CONSTRAINT contribution_receipt_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE contribution_receipt ADD CONSTRAINT contribution_receipt_check CHECK (
    interest_sen BETWEEN 0 AND amount_sen AND (interest_sen = 0 OR unallocated_for IS NULL)
    AND (revision = 0 OR (unallocated_for IS NULL) = (funds <> '[]' OR interest_sen > 0)));
"""
# What stands already: the due day is the 15th here, and by the book once the month is looked at.
_FILL = """
INSERT INTO contribution_account (employer, month, tenant, act4_employer_sen, act4_employee_sen, act800_employer_sen,
                                  act800_employee_sen, skbbk_employee_sen, due_on)
SELECT employer, month, 'employer:' || employer, sum(act4_employer_sen), sum(act4_employee_sen),
       sum(act800_employer_sen), sum(act800_employee_sen), sum(skbbk_employee_sen),
       CAST(make_date(month / 100, month % 100, 15) + interval '1 month' AS date)
FROM contribution_line GROUP BY employer, month;
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT DISTINCT 'review_account',
       '{"employer":' || employer || ',"month":"' || month / 100 || '-' || lpad((month % 100)::text, 2, '0')
       || '","run_on":""}',
       'epoch'::timestamptz, '{}'::text[], 'what employers owe and paid is kept by month', '{}'::jsonb
FROM contribution_receipt WHERE revision > 0
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""
# A person reads its own months with every employer, which sees its own alone: of whoever asks, by whom it is asked.
_MONTHS = """
CREATE FUNCTION months_of_person(of_person integer, to_day date)
RETURNS TABLE (month integer, employer integer, wage_sen bigint, declared_sen bigint, banked_sen bigint,
               money_waits boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT employed.month, employed.employer, line.wage_sen, account.declared_sen, account.banked_sen,
           EXISTS (SELECT FROM public.contribution_receipt AS kept
                   WHERE (kept.employer, kept.month) = (employed.employer, employed.month)
                     AND (kept.revision = 0 OR kept.unallocated_for IN ('nothing_declared', 'banked_already',
                                                                        'more_than_declared')))
    FROM (SELECT DISTINCT CAST(extract(year FROM first) * 100 + extract(month FROM first) AS integer) AS month,
                 spell.employer
          FROM public.spell CROSS JOIN LATERAL generate_series(
              date_trunc('month', lower(spell.days)), least(upper(spell.days) - 1, to_day), interval '1 month') AS first
          WHERE spell.person = of_person AND NOT spell.refused
            AND (current_setting('jaring.role', true) = 'officer'
                 OR current_setting('jaring.tenant', true) IN ('person:' || of_person, 'employer:' || spell.employer))
         ) AS employed
    LEFT JOIN public.contribution_line AS line
      ON (line.employer, line.month, line.person) = (employed.employer, employed.month, of_person)
    LEFT JOIN public.contribution_account AS account
      ON (account.employer, account.month) = (employed.employer, employed.month);
$$
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "tenant = current_setting('jaring.tenant', true)"


def upgrade() -> None:
    """An employer reads what is about its months and claims; what is charged officers alone write, and the worker."""
    run(_TABLES)
    run(_OF_INTEREST)
    # What two officers decided is kept with the month by their request.
    decided = "SELECT, UPDATE (interest_revision, interest_left_sen, last_appeal)"
    grant("registration", "contribution_account", api=decided, worker="SELECT, INSERT, UPDATE")
    grant("registration", "interest_statement", api="SELECT, INSERT", worker="SELECT, INSERT")
    grant("registration", "interest_appeal", api="SELECT, INSERT", worker="SELECT")
    op.execute("GRANT UPDATE (interest_sen) ON contribution_receipt TO registration_worker")
    protect("registration", "interest_appeal")
    for table in ("contribution_account", "interest_statement"):
        protect("registration", table, mine=_OFFICER)
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({_OWN})")
    never_changed("contribution_account", "employer", "month")
    never_changed("interest_statement")
    never_changed("interest_appeal")
    op.execute(_MONTHS)
    op.execute("REVOKE ALL ON FUNCTION months_of_person(integer, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION months_of_person(integer, date) TO registration_api")
    run(_FILL)
