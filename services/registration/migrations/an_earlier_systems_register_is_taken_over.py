"""The register of an earlier system is taken over by files that two officers release; its months are kept as ranges."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0049"
down_revision = "registration_0048"

_FILES = """
CREATE TABLE opening_file (
    file uuid PRIMARY KEY,
    tenant text NOT NULL,
    officer text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('employers', 'persons', 'spells', 'months')),
    digest bytea NOT NULL,
    lines integer NOT NULL CHECK (lines > 0),
    pieces integer NOT NULL CHECK (pieces > 0),
    received_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'checked', 'loading', 'loaded', 'dropped')),
    ended_at timestamptz,
    proposed_by text,
    approved_by text,
    revision integer NOT NULL CHECK (revision > 0),
    CHECK ((proposed_by IS NULL) = (approved_by IS NULL) AND approved_by <> proposed_by),
    CHECK ((state IN ('loaded', 'dropped')) = (ended_at IS NOT NULL)),
    CHECK ((state IN ('received', 'checked')) = (approved_by IS NULL))
);
-- The same bytes are one file, until they are dropped.
CREATE UNIQUE INDEX uq_opening_file_digest ON opening_file (kind, digest) WHERE state <> 'dropped';

-- What each piece is found to hold is written twice: by the dry run, and by the load.
CREATE TABLE opening_piece (
    file uuid NOT NULL REFERENCES opening_file,
    piece integer NOT NULL CHECK (piece >= 0),
    tenant text NOT NULL,
    first_line integer NOT NULL CHECK (first_line > 0),
    lines integer NOT NULL CHECK (lines > 0),
    content_sealed bytea NOT NULL,
    checked_new integer,
    checked_known integer,
    loaded_new integer,
    loaded_known integer,
    PRIMARY KEY (file, piece),
    CHECK ((checked_new IS NULL) = (checked_known IS NULL)),
    CHECK ((loaded_new IS NULL) = (loaded_known IS NULL)),
    CHECK (loaded_new IS NULL OR checked_new IS NOT NULL)
);

CREATE TABLE opening_fault (
    file uuid NOT NULL REFERENCES opening_file,
    line integer NOT NULL CHECK (line > 0),
    tenant text NOT NULL,
    field text NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (file, line)
);
"""
# Like `contribution_line` without foreign keys: whoever writes has just read the person and the employer.
_MONTHS = """
CREATE TABLE opening_month (
    employer integer NOT NULL,
    person integer NOT NULL,
    first_month integer NOT NULL CHECK (first_month % 100 BETWEEN 1 AND 12),
    last_month integer NOT NULL CHECK (last_month % 100 BETWEEN 1 AND 12 AND last_month >= first_month),
    wage_sen bigint NOT NULL CHECK (wage_sen > 0),
    act4_employer_sen bigint NOT NULL CHECK (act4_employer_sen >= 0),
    act4_employee_sen bigint NOT NULL CHECK (act4_employee_sen >= 0),
    act800_employer_sen bigint NOT NULL CHECK (act800_employer_sen >= 0),
    act800_employee_sen bigint NOT NULL CHECK (act800_employee_sen >= 0),
    skbbk_employee_sen bigint NOT NULL CHECK (skbbk_employee_sen >= 0),
    file uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (person, employer, first_month)
);
CREATE INDEX ix_opening_month_file ON opening_month (file, employer, person, first_month);
"""
# A month that a line was sent for since is that line's: it was written out under the line when that came.
_VIEW = """
CREATE VIEW known_line WITH (security_invoker = true) AS
SELECT employer, month, person, kind, revision, receipt, wage_sen, act4_employer_sen, act4_employee_sen,
       act800_employer_sen, act800_employee_sen, skbbk_employee_sen
FROM contribution_line
UNION ALL
SELECT taken.employer, of_month.month, taken.person, CAST(1 AS smallint), 1, CAST(0 AS bigint), taken.wage_sen,
       taken.act4_employer_sen, taken.act4_employee_sen, taken.act800_employer_sen, taken.act800_employee_sen,
       taken.skbbk_employee_sen
FROM opening_month AS taken
CROSS JOIN LATERAL (
    SELECT CAST(extract(year FROM first) * 100 + extract(month FROM first) AS integer) AS month
    FROM generate_series(make_date(taken.first_month / 100, taken.first_month % 100, 1),
                         make_date(taken.last_month / 100, taken.last_month % 100, 1), interval '1 month') AS first
) AS of_month
WHERE NOT EXISTS (SELECT FROM contribution_line AS line
                  WHERE line.employer = taken.employer AND line.month = of_month.month
                    AND line.person = taken.person AND line.kind = 1);
"""
# What is derived is disjoint by how it is derived. The exclusion costs more than all else that is written of a person,
# and nearly everything is known of every day: such a row is held apart by its start, the others by the exclusion.
# Nothing was in production: nobody waits while the indexes are made.
_ATTRIBUTES = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE person_attribute DROP CONSTRAINT ex_person_attribute_overlap;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE person_attribute ADD CONSTRAINT ex_person_attribute_overlap
    EXCLUDE USING gist (person WITH =, attribute WITH =, valid WITH &&)
    WHERE (NOT (lower_inf(valid) AND upper_inf(valid)));
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_person_attribute_start
    ON person_attribute (person, attribute, coalesce(lower(valid), '-infinity'::date));
"""
_MONTHS_OF_PERSON = """
CREATE OR REPLACE FUNCTION months_of_person(of_person integer, to_day date)
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
    LEFT JOIN (SELECT known.month, known.employer, known.wage_sen FROM public.known_line AS known
               WHERE known.person = of_person) AS line
      ON (line.employer, line.month) = (employed.employer, employed.month)
    LEFT JOIN public.contribution_account AS account
      ON (account.employer, account.month) = (employed.employer, employed.month);
$$
"""
_FOUND = ("checked_new", "checked_known", "loaded_new", "loaded_known")
_TURNED = "state, ended_at, proposed_by, approved_by, revision"
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = f"{_OFFICER} OR current_setting('jaring.tenant', true) IN ('employer:' || employer, 'person:' || person)"
_WRITTEN = ("employer", "person", "national_id", "person_attribute", "person_access", "spell_fact", "spell")


def upgrade() -> None:
    """Officers send, the worker checks and loads; what was sent and what was taken over is never changed."""
    run(_FILES)
    run(_MONTHS)
    run(_VIEW)
    run(_ATTRIBUTES)
    op.execute(_MONTHS_OF_PERSON)
    grant("registration", "opening_file", api=f"SELECT, INSERT, UPDATE ({_TURNED})", worker="SELECT, UPDATE")
    found = ", ".join(_FOUND)
    grant("registration", "opening_piece", api="SELECT, INSERT", worker=f"SELECT, UPDATE ({found})")
    grant("registration", "opening_fault", api="SELECT", worker="SELECT, INSERT")
    grant("registration", "opening_month", api="SELECT", worker="SELECT, INSERT")
    for table in ("opening_file", "opening_piece", "opening_fault"):
        protect("registration", table, mine=_OFFICER)
    protect("registration", "opening_month", mine=_OWN)
    op.execute("GRANT SELECT ON known_line TO registration_api, registration_worker")
    for table in (*_WRITTEN, "person_name_token", "spell_verification", "membership"):
        grant("registration", table, worker="INSERT")
    op.execute("GRANT USAGE ON SEQUENCE employer_number, person_number, person_fact_id TO registration_worker")
    stated = ("file", "tenant", "officer", "kind", "digest", "lines", "pieces", "received_at")
    never_changed("opening_file", *stated)
    never_changed("opening_piece", "file", "piece", "tenant", "first_line", "lines", "content_sealed")
    never_changed("opening_fault")
    never_changed("opening_month")
