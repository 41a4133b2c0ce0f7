"""People are found by keyed tokens of their names; every search is kept, for the person who was found too."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0033"
down_revision = "registration_0032"

_TOKENS = """
CREATE TABLE person_name_token (
    token text NOT NULL,
    person integer NOT NULL REFERENCES person,
    fact bigint NOT NULL REFERENCES person_fact,
    PRIMARY KEY (token, person, fact)
);
CREATE INDEX ix_person_name_token_fact ON person_name_token (fact);
"""
_SEARCHES = """
CREATE TABLE person_search (
    search uuid PRIMARY KEY,
    tenant text NOT NULL,
    officer text NOT NULL,
    criteria text[] NOT NULL CHECK (criteria <> '{}'),
    found integer NOT NULL CHECK (found >= 0),
    is_cut boolean NOT NULL,
    searched_at timestamptz NOT NULL
);

CREATE TABLE person_search_hit (
    search uuid NOT NULL REFERENCES person_search,
    person integer NOT NULL REFERENCES person,
    PRIMARY KEY (search, person)
);
CREATE INDEX ix_person_search_hit_person ON person_search_hit (person, search);
"""
# Names are sealed: the tokens of before are made by the worker, which has the keys.
_INDEX_NAMES = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT 'index_names', '{"after":' || 0 || '}', 'epoch', '{}', 'people are found by name', '{}'
WHERE EXISTS (SELECT FROM person)
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""
# Two who are registered at the same time under one name and one day of birth take turns, so that one sees the other.
_LIKE_ANOTHER = """
CREATE FUNCTION is_like_another(of_person integer, of_tokens text[], of_birth text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(token || of_birth, 64))
    FROM (SELECT token FROM unnest(of_tokens) AS token ORDER BY token) AS each;
    RETURN EXISTS (
        SELECT FROM public.person_name_token AS named
        JOIN public.person_attribute AS known ON known.person = named.person AND known.attribute = 'born_on'
        JOIN public.person_fact AS born ON born.id = known.fact
        WHERE named.token = ANY (of_tokens) AND named.person <> of_person AND born.plain = of_birth);
END
$$
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_SELF = "'person:' || {person} = current_setting('jaring.tenant', true)"


def upgrade() -> None:
    """Whoever registers adds tokens and reads none; the searches are those of officers."""
    run(_TOKENS)
    run(_SEARCHES)
    grant("registration", "person_name_token", api="SELECT, INSERT", worker="SELECT, INSERT")
    op.execute("ALTER TABLE person_name_token ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE person_name_token FORCE ROW LEVEL SECURITY")
    policy = "CREATE POLICY person_name_token_{} ON person_name_token TO registration_{}"
    op.execute(f"{policy.format('seen', 'api')} USING ({_OFFICER}) WITH CHECK (true)")
    for role in ("worker", "migrate"):
        op.execute(f"{policy.format(role, role)} USING (true) WITH CHECK (true)")
    never_changed("person_name_token")
    for table in ("person_search", "person_search_hit"):
        grant("registration", table, api="SELECT, INSERT", worker="SELECT")
        protect("registration", table, _OFFICER)
        never_changed(table)
    hit = f"EXISTS (SELECT FROM person_search_hit AS hit WHERE hit.search = person_search.search AND {_SELF})"
    for table, own in (("person_search_hit", _SELF.format(person="person")), ("person_search", hit)):
        own = own.format(person="hit.person")
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({own})")
    op.execute(_LIKE_ANOTHER)
    op.execute("REVOKE ALL ON FUNCTION is_like_another(integer, text[], text) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION is_like_another(integer, text[], text) TO registration_api, registration_worker"
    )
    run(_INDEX_NAMES)
