"""Two numbers of one person are merged on the word of two officers, and split again by what each stated."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0053"
down_revision = "registration_0052"

# What is stated, and what became of it, never change; the current table says who is one, and is told by events.
_TABLES = """
CREATE TABLE person_merge_statement (
    statement uuid PRIMARY KEY,
    person integer NOT NULL REFERENCES person,
    survivor integer NOT NULL REFERENCES person,
    what text NOT NULL CHECK (what IN ('merge', 'split')),
    reason text NOT NULL,
    evidence text,
    -- Of a split: facts that were stated since the merge and are the other one's, by their ids.
    assigned bigint[] NOT NULL,
    tenant text NOT NULL,
    officer text NOT NULL,
    stated_at timestamptz NOT NULL,
    held_until timestamptz NOT NULL,
    CHECK (person <> survivor)
);
CREATE INDEX ix_person_merge_statement_person ON person_merge_statement (person);
CREATE INDEX ix_person_merge_statement_survivor ON person_merge_statement (survivor);

CREATE TABLE person_merge_end (
    statement uuid PRIMARY KEY REFERENCES person_merge_statement,
    counts boolean NOT NULL,
    -- Of a merge: whose fact is kept where the two differ, by attribute.
    kept jsonb NOT NULL,
    proposed_by text NOT NULL,
    approved_by text NOT NULL,
    ended_at timestamptz NOT NULL,
    -- By the clock of the facts.
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CHECK (proposed_by <> approved_by)
);

CREATE TABLE person_merge (
    person integer PRIMARY KEY,
    survivor integer NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    merged boolean NOT NULL,
    held_until timestamptz,
    -- None where a restored database knows it from the event alone.
    statement uuid,
    changed_at timestamptz NOT NULL,
    CHECK (person <> survivor)
);
CREATE INDEX ix_person_merge_survivor ON person_merge (survivor) WHERE merged;

-- Who sees one of both sees the other while they are one: through which number, where it is not by that one's own.
ALTER TABLE person_access ADD COLUMN through integer;
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
# All numbers of the one person behind a number, the one that survives first; as of an instant, by what counted then.
_ONE = """
CREATE FUNCTION numbers_of(of_person integer) RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT array_prepend(root.number, ARRAY(
        SELECT person FROM public.person_merge WHERE survivor = root.number AND merged ORDER BY person))
    FROM (SELECT coalesce((SELECT survivor FROM public.person_merge WHERE person = of_person AND merged), of_person)
          AS number) AS root;
$$
"""
_ONE_AT = """
CREATE FUNCTION numbers_known_of(of_person integer, known_at timestamptz) RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH counted AS (
        SELECT DISTINCT ON (said.person) said.person, said.survivor, said.what
        FROM public.person_merge_statement AS said JOIN public.person_merge_end AS ended USING (statement)
        WHERE ended.counts AND ended.recorded_at <= known_at ORDER BY said.person, ended.recorded_at DESC),
    root AS (SELECT coalesce((SELECT survivor FROM counted WHERE person = of_person AND what = 'merge'), of_person)
             AS number)
    SELECT CASE WHEN known_at IS NULL THEN public.numbers_of(of_person) ELSE (
        SELECT array_prepend(root.number, ARRAY(SELECT person FROM counted
                                                WHERE survivor = root.number AND what = 'merge' ORDER BY person))
        FROM root) END;
$$
"""
# Whoever asks is a person: all numbers of it, by one look-up in a statement.
_OWN_NUMBERS = """
CREATE FUNCTION own_numbers() RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN current_setting('jaring.tenant', true) ~ '^person:[1-9][0-9]{0,8}$'
                THEN public.numbers_of(CAST(split_part(current_setting('jaring.tenant', true), ':', 2) AS integer))
                ELSE '{}' END;
$$
"""
_OWN = "{} = ANY (CAST((SELECT own_numbers()) AS integer[]))"
_READ_BY_ITSELF: tuple[str, ...] = (
    "contribution_line",
    "cover_inquiry",
    "person_correction",
    "person_correction_end",
    "skbbk_statement",
)
_READ_BY_ITSELF += ("relation_named", "person_search_hit")
_WRITTEN_BY_ITSELF = ("person", "person_fact", "person_attribute", "membership")
_READ_BY_BOTH = ("relation_fact", "relation")
# Parties that see one of them see all: also one that comes to see one of them later.
_SHARE = """
CREATE FUNCTION share_access(of_person integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.person_access (tenant, person, through)
    SELECT DISTINCT ON (seen.tenant, number) seen.tenant, number, seen.through
    FROM (SELECT tenant, person AS through FROM public.person_access
          WHERE person = ANY(public.numbers_of(of_person)) AND through IS NULL
          UNION ALL SELECT 'person:' || number, number FROM unnest(public.numbers_of(of_person)) AS number) AS seen
    CROSS JOIN unnest(public.numbers_of(of_person)) AS number
    -- Of a database that was put back not everybody is known again yet.
    JOIN public.person AS known ON known.person = number
    WHERE number <> seen.through AND cardinality(public.numbers_of(of_person)) > 1
    ON CONFLICT (tenant, person) DO NOTHING;
$$
"""
# By source again: what each sees through the other is gone, what it sees by an employment of that number is not.
_PART = """
CREATE FUNCTION part_access(of_person integer, of_survivor integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM public.person_access
    WHERE through IS NOT NULL AND (person = of_person OR through = of_person);
    INSERT INTO public.person_access (tenant, person)
    SELECT DISTINCT tenant, person FROM public.spell_fact
    WHERE person = of_person OR person = ANY(public.numbers_of(of_survivor)) ON CONFLICT (tenant, person) DO NOTHING;
$$
"""
_ON_ACCESS = """
CREATE FUNCTION access_is_shared() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF cardinality(public.numbers_of(NEW.person)) > 1 THEN
        PERFORM public.share_access(NEW.person);
    END IF;
    RETURN NULL;
END $$
"""
_ON_RETURN = """
CREATE TRIGGER access_is_shared AFTER INSERT ON person FOR EACH ROW WHEN (NEW.revision > 1)
EXECUTE FUNCTION access_is_shared()
"""
_TRIGGER = """
CREATE TRIGGER access_is_shared AFTER INSERT ON person_access FOR EACH ROW WHEN (NEW.through IS NULL)
EXECUTE FUNCTION access_is_shared()
"""
# What stands of the one person is derived from what was stated of all its numbers.
_DAYS = """
CREATE OR REPLACE FUNCTION days_of_employment(of_person integer) RETURNS SETOF daterange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT unnest(CASE WHEN act4_has IS NULL THEN datemultirange(days) ELSE datemultirange(days) * act4_has END)
    FROM public.spell WHERE person = ANY(public.numbers_of(of_person)) AND NOT refused;
$$
"""
_DAYS_OF_ACT800 = """
CREATE OR REPLACE FUNCTION days_of_act800(of_person integer) RETURNS SETOF daterange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT unnest(CASE WHEN act800_has IS NULL THEN datemultirange(days) ELSE datemultirange(days) * act800_has END)
    FROM public.spell WHERE person = ANY(public.numbers_of(of_person)) AND NOT refused;
$$
"""
_SKBBK = """
CREATE OR REPLACE FUNCTION skbbk_statements(of_person integer)
    RETURNS TABLE (kind text, filed_on date, stated_at timestamptz, stated_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT said.kind, said.filed_on, said.said_at, split_part(said.tenant, ':', 1)
    FROM public.skbbk_statement AS said WHERE said.person = ANY(public.numbers_of(of_person)) ORDER BY said.id;
$$
"""
# As in `cover_is_read_from_facts_by_who_may_ask`, of all numbers of the one person as it was known.
_CHANGED = {
    "known_of_cover(integer, date, timestamptz, text, boolean)": (
        (
            "    spells jsonb;\n",
            "    spells jsonb;\n    numbers integer[] := public.numbers_known_of(of_person, known_at);\n",
        ),
        ("WHERE known.person = of_person AND", "WHERE known.person = numbers[1] AND"),
        ("WHERE held.person = of_person;", "WHERE held.person = ANY(numbers);"),
        ("WHERE fact.person = of_person AND fact.attribute", "WHERE fact.person = numbers[1] AND fact.attribute"),
        ("WHERE fact.person = of_person AND fact.recorded_at", "WHERE fact.person = ANY(numbers) AND fact.recorded_at"),
        ("WHERE said.person = of_person AND (known_at", "WHERE said.person = ANY(numbers) AND (known_at"),
        ("WHERE line.person = of_person AND", "WHERE line.person = ANY(numbers) AND"),
        ("WHERE taken.person = of_person AND", "WHERE taken.person = ANY(numbers) AND"),
        ("AND line.person = of_person AND line.kind", "AND line.person = taken.person AND line.kind"),
    ),
    "cover_facts(integer, date, timestamptz)": (
        (
            "caller_tenant = 'person:' || of_person, false)",
            "caller_tenant = ANY(SELECT 'person:' || number FROM unnest(public.numbers_of(of_person)) AS number),"
            " false)",
        ),
    ),
    "months_of_person(integer, date)": (
        ("WHERE spell.person = of_person AND", "WHERE spell.person = ANY(public.numbers_of(of_person)) AND"),
        (
            "IN ('person:' || of_person, 'employer:' || spell.employer)",
            "= ANY(array_append(ARRAY(SELECT 'person:' || number FROM unnest(public.numbers_of(of_person)) AS number), "
            "'employer:' || spell.employer))",
        ),
        (
            "LEFT JOIN (SELECT known.month, known.employer, known.wage_sen FROM public.known_line AS known\n"
            "               WHERE known.person = of_person) AS line",
            "LEFT JOIN (SELECT known.month, known.employer, CAST(sum(known.wage_sen) AS bigint) AS wage_sen\n"
            "               FROM public.known_line AS known WHERE known.person = ANY(public.numbers_of(of_person))\n"
            "               GROUP BY known.month, known.employer) AS line",
        ),
    ),
    "employers_who_see(integer)": (
        (
            "= 'person:' || of_person",
            "= ANY(SELECT 'person:' || number FROM unnest(public.numbers_of(of_person)) AS number)",
        ),
    ),
}


def upgrade() -> None:
    """Officers state and decide; everybody's reads learn who is one person by functions."""
    run(_TABLES)
    for function in (_ONE, _ONE_AT, _OWN_NUMBERS, _SHARE, _PART, _ON_ACCESS, _TRIGGER, _ON_RETURN):
        op.execute(function)
    for function in (_DAYS, _DAYS_OF_ACT800, _SKBBK):
        op.execute(function)
    for name, changes in _CHANGED.items():
        _change(name, changes)
    for name in ("numbers_of(integer)", "share_access(integer)", "part_access(integer, integer)"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO registration_api, registration_worker")
    for table in (*_READ_BY_ITSELF, *_WRITTEN_BY_ITSELF):
        op.execute(f"ALTER POLICY {table}_own ON {table} USING ({_OWN.format('person')})")
    for table in _WRITTEN_BY_ITSELF:
        op.execute(f"ALTER POLICY {table}_own ON {table} WITH CHECK ({_OWN.format('person')})")
    for table in _READ_BY_BOTH:
        both = f"{_OWN.format('person')} OR {_OWN.format('relative')}"
        op.execute(f"ALTER POLICY {table}_own ON {table} USING ({both})")
    own = _OWN.format("person")
    op.execute(f"CREATE POLICY opening_month_own ON opening_month FOR SELECT TO registration_api USING ({own})")
    op.execute("REVOKE ALL ON FUNCTION own_numbers() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION own_numbers() TO registration_api")
    op.execute("REVOKE ALL ON FUNCTION numbers_known_of(integer, timestamptz) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION numbers_known_of(integer, timestamptz) TO registration_api")
    for table in ("person_merge_statement", "person_merge_end"):
        grant("registration", table, api="SELECT, INSERT", worker="SELECT")
        protect("registration", table, _OFFICER)
        never_changed(table)
    grant("registration", "person_merge", api="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE")
    protect("registration", "person_merge", _OFFICER)
    never_changed("person_merge", "person")


def _change(name: str, changes: tuple[tuple[str, str], ...]) -> None:
    """Make a function again with each of these in place of what stood there, which must stand there once or more."""
    steps = "".join(
        f"IF position($b${before}$b$ in made) = 0 THEN RAISE EXCEPTION 'it says something else'; END IF;\n"
        f"made = replace(made, $b${before}$b$, $b${after}$b$);\n"
        for before, after in changes
    )
    op.execute(
        f"DO $do$ DECLARE made text = pg_get_functiondef(CAST('{name}' AS regprocedure));\n"
        f"BEGIN\n{steps}EXECUTE made;\nEND $do$"
    )
