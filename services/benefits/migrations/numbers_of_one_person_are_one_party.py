"""Numbers that registration merged are one party: a day is owed once, debts are set off, payments wait meanwhile."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "benefits_0038"
down_revision = "benefits_0037"

_TABLES = """
CREATE TABLE known_merge (
    person bigint NOT NULL,
    survivor bigint NOT NULL,
    merged boolean NOT NULL,
    held_until timestamptz,
    revision integer NOT NULL,
    PRIMARY KEY (person, survivor)
);
CREATE INDEX ix_known_merge_survivor ON known_merge (survivor);
"""
# All numbers of the one person, the one that survives first; of each number its newest word counts.
_NUMBERS = """
CREATE FUNCTION numbers_of(of_person bigint) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH newest AS (
        SELECT DISTINCT ON (person) person, survivor, merged FROM public.known_merge
        WHERE person IN (SELECT each.person FROM public.known_merge AS each
                         WHERE of_person IN (each.person, each.survivor)
                            OR each.survivor IN (SELECT own.survivor FROM public.known_merge AS own
                                                 WHERE own.person = of_person))
        ORDER BY person, revision DESC),
    root AS (SELECT coalesce((SELECT survivor FROM newest WHERE person = of_person AND merged), of_person) AS number)
    SELECT array_prepend(root.number, ARRAY(
        SELECT person FROM newest WHERE survivor = root.number AND merged ORDER BY person))
    FROM root;
$$
"""
_PARTIES = """
CREATE FUNCTION parties_of(of_party text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN of_party ~ '^person:[1-9][0-9]{0,8}$' AND EXISTS (SELECT FROM public.known_merge)
                THEN ARRAY(SELECT 'person:' || number
                           FROM unnest(public.numbers_of(CAST(split_part(of_party, ':', 2) AS bigint)))
                                WITH ORDINALITY AS own (number, place) ORDER BY place)
                ELSE ARRAY[of_party] END;
$$
"""
# Until when nothing is paid to the party: officers of registration look whether two numbers are one person's.
_HELD = """
CREATE FUNCTION merge_held_until(of_party text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (
        SELECT CASE WHEN of_party ~ '^person:[1-9][0-9]{0,8}$' AND EXISTS (SELECT FROM public.known_merge)
                    THEN public.numbers_of(CAST(split_part(of_party, ':', 2) AS bigint)) ELSE '{}' END AS numbers),
    looked_at AS (
        SELECT each.person FROM own CROSS JOIN unnest(own.numbers) AS number
        JOIN public.known_merge AS each ON each.person = number
        UNION SELECT each.person FROM own CROSS JOIN unnest(own.numbers) AS number
        JOIN public.known_merge AS each ON each.survivor = number)
    SELECT max(newest.held_until)
    FROM own CROSS JOIN (
        SELECT DISTINCT ON (known.person) known.person, known.survivor, known.held_until
        FROM looked_at JOIN public.known_merge AS known USING (person)
        ORDER BY known.person, known.revision DESC) AS newest
    WHERE newest.held_until IS NOT NULL
      AND (newest.person = ANY (own.numbers) OR newest.survivor = ANY (own.numbers));
$$
"""


def upgrade() -> None:
    """The worker keeps what registration says; requests learn who is one by functions."""
    run(_TABLES)
    for function in (_NUMBERS, _PARTIES, _HELD):
        op.execute(function)
    for name in ("numbers_of(bigint)", "parties_of(text)", "merge_held_until(text)"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO benefits_api, benefits_worker")
    grant("benefits", "known_merge", api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    protect("benefits", "known_merge", "current_setting('jaring.role', true) = 'officer'")
