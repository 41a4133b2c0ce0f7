"""What is known of a person is corrected by facts that two officers let count; ids are added and withdrawn."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0032"
down_revision = "registration_0031"

# A retraction states no value and no days: it takes back the fact that it names.
_FACTS = """
ALTER TABLE person_fact ADD COLUMN officer text;
ALTER TABLE person_fact ADD COLUMN approved_by text;
ALTER TABLE person_fact ADD COLUMN reason text;
ALTER TABLE person_fact ADD COLUMN evidence text;
ALTER TABLE person_fact ADD COLUMN correction uuid;
-- squawk-ignore ban-drop-constraint
ALTER TABLE person_fact DROP CONSTRAINT person_fact_check;
-- squawk-ignore ban-drop-constraint
ALTER TABLE person_fact DROP CONSTRAINT person_fact_check1;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE person_fact ADD CONSTRAINT person_fact_value_check CHECK (
    CASE WHEN isempty(valid) THEN retracts IS NOT NULL AND plain IS NULL AND sealed IS NULL
         WHEN attribute IN ('name', 'address') THEN plain IS NULL AND sealed IS NOT NULL
         ELSE plain IS NOT NULL AND sealed IS NULL END);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_person_fact_born_on ON person_fact (plain, person) WHERE attribute = 'born_on';
"""
_CORRECTIONS = """
CREATE TABLE person_correction (
    correction uuid PRIMARY KEY,
    person integer NOT NULL REFERENCES person,
    tenant text NOT NULL,
    officer text,
    what text NOT NULL CHECK (what IN ('fact', 'retraction', 'national_id', 'withdrawal')),
    attribute text NOT NULL CHECK (attribute IN ('name', 'address', 'born_on', 'residence', 'national_id')),
    valid daterange NOT NULL,
    value_sealed bytea,
    about text,
    reason text NOT NULL,
    evidence text,
    stated_at timestamptz NOT NULL,
    CHECK ((what IN ('national_id', 'withdrawal')) = (attribute = 'national_id')),
    CHECK ((what IN ('fact', 'national_id')) = (value_sealed IS NOT NULL)),
    CHECK ((what IN ('retraction', 'withdrawal')) = (about IS NOT NULL))
);
CREATE INDEX ix_person_correction_person ON person_correction (person, correction);

CREATE TABLE person_correction_end (
    correction uuid PRIMARY KEY REFERENCES person_correction,
    person integer NOT NULL,
    tenant text NOT NULL,
    counts boolean NOT NULL,
    proposed_by text,
    approved_by text,
    ended_at timestamptz NOT NULL,
    CHECK (proposed_by <> approved_by)
);
"""
# Ids of before: since when they are known, and by whom they were stated, was not kept.
_IDS = """
ALTER TABLE national_id ADD COLUMN valid daterange NOT NULL DEFAULT '(,)';
ALTER TABLE national_id ADD COLUMN source text;
ALTER TABLE national_id ADD COLUMN officer text;
ALTER TABLE national_id ADD COLUMN approved_by text;
ALTER TABLE national_id ADD COLUMN reason text;
ALTER TABLE national_id ADD COLUMN evidence text;
ALTER TABLE national_id ADD COLUMN recorded_at timestamptz;
ALTER TABLE national_id ADD COLUMN withdrawn_at timestamptz;
-- squawk-ignore ban-drop-constraint
ALTER TABLE national_id DROP CONSTRAINT uq_national_id_blind_index;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_national_id_blind_index ON national_id (blind_index) WHERE withdrawn_at IS NULL;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX uq_national_id_digits;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_national_id_digits ON national_id (number_index)
    WHERE NOT shares_digits AND withdrawn_at IS NULL;
CREATE SEQUENCE ssfw_number;
DROP TRIGGER never_changed ON national_id;
DROP TRIGGER never_deleted ON national_id;
DROP TRIGGER never_emptied ON national_id;
"""
_OF_AN_ID = (
    *("id", "person", "kind", "number_sealed", "blind_index", "id_token", "valid", "source", "officer"),
    *("approved_by", "reason", "evidence", "recorded_at"),
)
_DUPLICATES = """
CREATE TABLE possible_duplicate (
    person integer NOT NULL REFERENCES person,
    other integer NOT NULL REFERENCES person,
    reason text NOT NULL,
    revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    found_at timestamptz NOT NULL,
    PRIMARY KEY (person, other),
    CHECK (person < other)
);
CREATE INDEX ix_possible_duplicate_other ON possible_duplicate (other);

CREATE TABLE duplicate_verdict (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person integer NOT NULL,
    other integer NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('different_persons', 'same_person')),
    proposed_by text NOT NULL,
    approved_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    FOREIGN KEY (person, other) REFERENCES possible_duplicate,
    CHECK (proposed_by <> approved_by)
);
CREATE INDEX ix_duplicate_verdict_pair ON duplicate_verdict (person, other, id);
"""
# Of a posted line whose amounts are not those of the table any more. No references, as of the line itself.
_DIFFERENCES = """
CREATE TABLE line_difference (
    employer integer NOT NULL,
    month integer NOT NULL,
    person integer NOT NULL,
    kind smallint NOT NULL,
    tenant text NOT NULL,
    line_revision integer NOT NULL,
    reason text NOT NULL,
    declared jsonb NOT NULL,
    due jsonb NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (employer, month, person, kind)
);
CREATE INDEX ix_line_difference_person ON line_difference (person);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_SELF = "'person:' || {person} = current_setting('jaring.tenant', true)"
# `national_id` itself stays closed to requests. Each of these tells or does one thing, and for whom is part of it.
_FUNCTIONS = {
    "bears_national_id(integer, bytea)": """
CREATE OR REPLACE FUNCTION bears_national_id(of_person integer, of_index bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.national_id
                   WHERE blind_index = of_index AND person = of_person AND withdrawn_at IS NULL);
$$
""",
    "name_behind_national_id(bytea, date)": """
CREATE OR REPLACE FUNCTION name_behind_national_id(of_index bytea, on_day date)
RETURNS TABLE (person integer, fact bigint, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id.person, stated.id, stated.sealed
    FROM public.national_id AS id
    JOIN public.person_attribute AS known
      ON known.person = id.person AND known.attribute = 'name' AND known.valid @> on_day
    JOIN public.person_fact AS stated ON stated.id = known.fact
    WHERE id.blind_index = of_index AND id.withdrawn_at IS NULL;
$$
""",
    "bearers_of_number(bytea)": f"""
CREATE FUNCTION bearers_of_number(of_index bytea) RETURNS SETOF integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT person FROM public.national_id
    WHERE (blind_index = of_index OR number_index = of_index) AND withdrawn_at IS NULL AND {_OFFICER};
$$
""",  # noqa: S608 - constants
    "id_tokens_of(integer)": """
CREATE FUNCTION id_tokens_of(of_person integer) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_agg(id_token ORDER BY id) FROM public.national_id
    WHERE person = of_person AND withdrawn_at IS NULL;
$$
""",
    "national_ids_of(integer)": f"""
CREATE FUNCTION national_ids_of(of_person integer)
RETURNS TABLE (id uuid, kind text, valid daterange, source text, officer text, approved_by text, reason text,
               evidence text, recorded_at timestamptz, withdrawn_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id, kind, valid, source, officer, approved_by, reason, evidence, recorded_at, withdrawn_at
    FROM public.national_id WHERE person = of_person AND ({_OFFICER} OR {_SELF.format(person="person")}) ORDER BY id;
$$
""",  # noqa: S608 - constants
    "ssfw_number_of(integer)": f"""
CREATE FUNCTION ssfw_number_of(of_person integer) RETURNS TABLE (id uuid, number_sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT own.id, own.number_sealed FROM public.national_id AS own
    WHERE own.person = of_person AND own.kind = 'ssfw' AND own.withdrawn_at IS NULL
      AND ({_OFFICER} OR {_SELF.format(person="own.person")}
           OR EXISTS (SELECT FROM public.person_access AS access
                      WHERE access.person = own.person AND access.tenant = current_setting('jaring.tenant', true)))
    ORDER BY own.id DESC LIMIT 1;
$$
""",  # noqa: S608 - constants
    "withdraw_national_id(uuid, integer, timestamp with time zone)": f"""
CREATE FUNCTION withdraw_national_id(of_id uuid, of_person integer, at timestamp with time zone) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.national_id AS own SET withdrawn_at = at
    WHERE own.id = of_id AND own.person = of_person AND own.withdrawn_at IS NULL AND {_OFFICER}
      AND EXISTS (SELECT FROM public.national_id AS rest
                  WHERE rest.person = of_person AND rest.id <> of_id AND rest.withdrawn_at IS NULL)
    RETURNING true;
$$
""",  # noqa: S608 - constants
}


def upgrade() -> None:
    """Corrections wait and count; of ids a request learns what it may, and never a number but the SSFW's."""
    for statements in (_FACTS, _CORRECTIONS, _IDS, _DUPLICATES, _DIFFERENCES):
        run(statements)
    never_changed("national_id", *_OF_AN_ID)
    for function, made in _FUNCTIONS.items():
        op.execute(made)
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO registration_api")
    op.execute("GRANT EXECUTE ON FUNCTION id_tokens_of(integer) TO registration_worker")
    op.execute("GRANT EXECUTE ON FUNCTION derive_person_attributes(integer[]) TO registration_worker")
    op.execute("GRANT INSERT ON person_fact TO registration_worker")
    op.execute("GRANT USAGE ON SEQUENCE person_fact_id TO registration_worker")
    op.execute("GRANT USAGE ON SEQUENCE ssfw_number TO registration_api")
    op.execute("GRANT DELETE ON recalled_person TO registration_worker")
    _admit()


def _admit() -> None:
    own = _SELF.format(person="person")
    for table in ("person_correction", "person_correction_end"):
        grant("registration", table, api="SELECT, INSERT", worker="SELECT, INSERT")
        protect("registration", table)
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({own})")
        never_changed(table)
    grant("registration", "possible_duplicate", api="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE")
    protect("registration", "possible_duplicate", _OFFICER)
    never_changed("possible_duplicate", "person", "other", "found_at")
    grant("registration", "duplicate_verdict", api="SELECT, INSERT", worker="SELECT")
    protect("registration", "duplicate_verdict", _OFFICER)
    never_changed("duplicate_verdict")
    grant("registration", "line_difference", api="SELECT")
    protect("registration", "line_difference")
