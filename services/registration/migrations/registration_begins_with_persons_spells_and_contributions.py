"""Registration's first tables: persons, employers, spells, memberships, contribution files and their lines."""

from alembic import op

from shared.persistence.platform import create_platform_v1, grant, protect, run

revision = "registration_0001"
down_revision = None

_PEOPLE = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE SEQUENCE employer_number AS integer;
CREATE TABLE employer (
    employer integer PRIMARY KEY,
    tenant text NOT NULL CHECK (tenant = 'employer:' || employer),
    revision integer NOT NULL CHECK (revision > 0),
    code text NOT NULL CONSTRAINT uq_employer_code UNIQUE,
    name text NOT NULL,
    mycoid text,
    registered_at timestamptz NOT NULL
);

CREATE SEQUENCE person_number AS integer;
CREATE TABLE person (
    person integer PRIMARY KEY,
    revision integer NOT NULL CHECK (revision > 0),
    registered_at timestamptz NOT NULL
);

CREATE TABLE national_id (
    id uuid PRIMARY KEY,
    person integer NOT NULL REFERENCES person,
    kind text NOT NULL CHECK (kind IN ('mykad', 'ssfw', 'passport', 'army', 'police', 'old_ic')),
    number_sealed bytea NOT NULL,
    blind_index bytea NOT NULL CONSTRAINT uq_national_id_blind_index UNIQUE,
    number_index bytea NOT NULL,
    id_token text NOT NULL
);
CREATE INDEX ix_national_id_person ON national_id (person);
CREATE INDEX ix_national_id_number_index ON national_id (number_index);

CREATE SEQUENCE person_fact_id;
CREATE TABLE person_fact (
    id bigint PRIMARY KEY,
    person integer NOT NULL REFERENCES person,
    attribute text NOT NULL CHECK (attribute IN ('name', 'address', 'born_on', 'residence')),
    valid daterange NOT NULL,
    plain text,
    sealed bytea,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text NOT NULL,
    retracts bigint REFERENCES person_fact,
    CHECK ((attribute IN ('name', 'address')) = (plain IS NULL)),
    CHECK ((plain IS NULL) <> (sealed IS NULL))
);
CREATE INDEX ix_person_fact_person ON person_fact (person, attribute);
CREATE INDEX ix_person_fact_retracts ON person_fact (retracts) WHERE retracts IS NOT NULL;

CREATE TABLE person_attribute (
    person integer NOT NULL REFERENCES person,
    attribute text NOT NULL,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    fact bigint NOT NULL REFERENCES person_fact,
    CONSTRAINT ex_person_attribute_overlap EXCLUDE USING gist (person WITH =, attribute WITH =, valid WITH &&)
);

CREATE TABLE person_access (
    tenant text NOT NULL,
    person integer NOT NULL REFERENCES person,
    PRIMARY KEY (tenant, person)
);
CREATE INDEX ix_person_access_person ON person_access (person);
"""

_SPELLS = """
CREATE TABLE spell_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    spell uuid NOT NULL,
    tenant text NOT NULL,
    person integer NOT NULL REFERENCES person,
    employer integer NOT NULL REFERENCES employer,
    days daterange NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text NOT NULL,
    retracts bigint REFERENCES spell_fact,
    CHECK (tenant = 'employer:' || employer)
);
CREATE INDEX ix_spell_fact_spell ON spell_fact (spell);

CREATE TABLE spell (
    spell uuid PRIMARY KEY,
    tenant text NOT NULL,
    person integer NOT NULL REFERENCES person,
    employer integer NOT NULL REFERENCES employer,
    days daterange NOT NULL CHECK (NOT isempty(days) AND NOT lower_inf(days)),
    fact bigint NOT NULL REFERENCES spell_fact,
    revision integer NOT NULL CHECK (revision > 0),
    confirmed_month integer CHECK (confirmed_month % 100 BETWEEN 1 AND 12),
    confirmed_wage_sen bigint CHECK (confirmed_wage_sen > 0),
    CHECK (tenant = 'employer:' || employer),
    CHECK ((confirmed_month IS NULL) = (confirmed_wage_sen IS NULL)),
    CONSTRAINT ex_spell_overlap EXCLUDE USING gist (person WITH =, employer WITH =, days WITH &&)
);
CREATE INDEX ix_spell_employer_person ON spell (employer, person);

CREATE TABLE membership (
    person integer NOT NULL REFERENCES person,
    scheme text NOT NULL CHECK (scheme IN ('act4')),
    revision integer NOT NULL CHECK (revision > 0),
    periods jsonb NOT NULL,
    PRIMARY KEY (person, scheme)
);
"""

# contribution_line has no foreign keys: each would cost a look-up for every one of a nation's lines, and its writer has
# just read the person and the file that it names.
_CONTRIBUTIONS = """
CREATE TABLE contribution_file (
    file uuid PRIMARY KEY,
    receipt bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT uq_contribution_file_receipt UNIQUE,
    tenant text NOT NULL,
    employer integer NOT NULL REFERENCES employer,
    digest bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'validating', 'accepted', 'partly_rejected', 'rejected')),
    lines integer NOT NULL CHECK (lines > 0),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    accepted_lines integer,
    rejected_lines integer,
    CHECK ((state IN ('received', 'validating')) = (finished_at IS NULL)),
    CHECK (finished_at IS NULL OR accepted_lines + rejected_lines = lines)
);
CREATE UNIQUE INDEX uq_contribution_file_unfinished ON contribution_file (tenant, employer, digest)
    WHERE finished_at IS NULL;
CREATE INDEX ix_contribution_file_unfinished ON contribution_file (received_at) WHERE finished_at IS NULL;
CREATE INDEX ix_contribution_file_finished_at ON contribution_file (finished_at);

CREATE TABLE contribution_upload (
    file uuid PRIMARY KEY REFERENCES contribution_file,
    tenant text NOT NULL,
    content_sealed bytea NOT NULL
);

CREATE TABLE contribution_file_fault (
    file uuid NOT NULL REFERENCES contribution_file,
    line integer NOT NULL CHECK (line > 0),
    field text NOT NULL,
    tenant text NOT NULL,
    code text NOT NULL,
    PRIMARY KEY (file, line, field)
);

CREATE TABLE contribution_file_sum (
    file uuid NOT NULL REFERENCES contribution_file,
    month integer NOT NULL,
    basis text NOT NULL CHECK (basis IN ('declared', 'brought')),
    tenant text NOT NULL,
    lines integer NOT NULL CHECK (lines > 0),
    wages_sen bigint NOT NULL,
    act4_employer_sen bigint NOT NULL,
    act4_employee_sen bigint NOT NULL,
    act800_employer_sen bigint NOT NULL,
    act800_employee_sen bigint NOT NULL,
    skbbk_employee_sen bigint NOT NULL,
    PRIMARY KEY (file, month, basis)
);

CREATE TABLE contribution_line (
    employer integer NOT NULL,
    month integer NOT NULL CHECK (month % 100 BETWEEN 1 AND 12),
    person integer NOT NULL,
    kind smallint NOT NULL CHECK (kind = 1),
    revision integer NOT NULL CHECK (revision > 0),
    receipt bigint NOT NULL,
    wage_sen bigint NOT NULL CHECK (wage_sen > 0),
    act4_employer_sen bigint NOT NULL CHECK (act4_employer_sen >= 0),
    act4_employee_sen bigint NOT NULL CHECK (act4_employee_sen >= 0),
    act800_employer_sen bigint NOT NULL CHECK (act800_employer_sen >= 0),
    act800_employee_sen bigint NOT NULL CHECK (act800_employee_sen >= 0),
    skbbk_employee_sen bigint NOT NULL CHECK (skbbk_employee_sen >= 0),
    PRIMARY KEY (employer, month, person, kind)
);
CREATE INDEX ix_contribution_line_person ON contribution_line (person, month);
"""

# The two things that a request must do beyond what its tenant may see: derive what it has just written about a person
# whom it may not read, and know on which days, not for whom, a person works.
_DERIVE_PERSON_ATTRIBUTES = """
CREATE FUNCTION derive_person_attributes(of_persons integer[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM public.person_attribute WHERE person = ANY(of_persons);
    WITH live AS (
        SELECT * FROM public.person_fact AS stated
        WHERE person = ANY(of_persons)
          AND NOT EXISTS (SELECT FROM public.person_fact AS later WHERE later.retracts = stated.id)
    )
    INSERT INTO public.person_attribute (person, attribute, valid, fact)
    SELECT person, attribute, part, id
    FROM live, LATERAL unnest(datemultirange(live.valid) - coalesce(
        (SELECT range_agg(later.valid) FROM live AS later
         WHERE later.person = live.person AND later.attribute = live.attribute
           AND (later.recorded_at, later.id) > (live.recorded_at, live.id)),
        '{}'::datemultirange)) AS part;
$$
"""
_DAYS_OF_EMPLOYMENT = """
CREATE FUNCTION days_of_employment(of_person integer) RETURNS SETOF daterange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT days FROM public.spell WHERE person = of_person;
$$
"""

_FUNCTION_NAMES = ("derive_person_attributes(integer[])", "days_of_employment(integer)")
_SEQUENCES = ("employer_number", "person_number", "person_fact_id")
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_TENANT = "current_setting('jaring.tenant', true)"
_OF_A_PERSON = ("person", "national_id", "person_fact", "person_attribute", "membership")
_OF_A_TENANT = (
    "employer",
    "person_access",
    "spell_fact",
    "spell",
    "contribution_file",
    "contribution_upload",
    "contribution_file_fault",
    "contribution_file_sum",
)


def upgrade() -> None:
    """Create the tables, and let each role do what it needs and no more."""
    create_platform_v1("registration")
    for statements in (_PEOPLE, _SPELLS, _CONTRIBUTIONS):
        run(statements)
    for function in (_DERIVE_PERSON_ATTRIBUTES, _DAYS_OF_EMPLOYMENT):
        op.execute(function)
    _grant_all()
    for table in _OF_A_TENANT:
        protect("registration", table)
    for table in _OF_A_PERSON:
        seen = f"EXISTS (SELECT FROM person_access AS a WHERE a.person = {table}.person AND a.tenant = {_TENANT})"
        _protect(table, f"{_OFFICER} OR {seen}", check="true")
    own = f"{_OFFICER} OR 'employer:' || employer = {_TENANT}"
    _protect("contribution_line", own, check=own)


def _grant_all() -> None:
    grant("registration", "employer", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "person", api="SELECT, INSERT, UPDATE", worker="SELECT")
    grant("registration", "national_id", api="INSERT", worker="SELECT")
    # Facts are append-only: nobody who runs may change or remove one.
    grant("registration", "person_fact", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "person_attribute", api="SELECT", worker="SELECT")
    grant("registration", "person_access", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "spell_fact", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "spell", api="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE")
    grant("registration", "membership", api="SELECT, INSERT, UPDATE", worker="SELECT")
    # What is sent again before it is worked off takes a new place among the files, and nothing else of it changes.
    grant("registration", "contribution_file", api="SELECT, INSERT, UPDATE (receipt)", worker="SELECT, UPDATE")
    grant("registration", "contribution_upload", api="SELECT, INSERT", worker="SELECT")
    grant("registration", "contribution_file_fault", api="SELECT", worker="SELECT, INSERT")
    grant("registration", "contribution_file_sum", api="SELECT", worker="SELECT, INSERT")
    grant("registration", "contribution_line", api="SELECT", worker="SELECT, INSERT, UPDATE")
    for sequence in _SEQUENCES:
        op.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO registration_api")
    for function in _FUNCTION_NAMES:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO registration_api")


def _protect(table: str, seen: str, *, check: str) -> None:
    """Force row-level security by a rule of its own; the API may add what it could not read, if `check` says so."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_seen ON {table} TO registration_api USING ({seen}) WITH CHECK ({check})")
    for role in ("worker", "migrate"):
        op.execute(f"CREATE POLICY {table}_{role} ON {table} TO registration_{role} USING (true) WITH CHECK (true)")
