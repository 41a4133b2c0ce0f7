"""Merges follow one another to the last number of a person, and what a split takes back it takes of copies too."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0064"
down_revision = "registration_0063"

# Of a fact that a merge kept of one for the other: which fact it is a copy of, perhaps a copy itself.
_COPIES = """
ALTER TABLE person_fact ADD COLUMN copied_from bigint;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_person_fact_copied_from ON person_fact (copied_from) WHERE copied_from IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_person_fact_correction ON person_fact (correction) WHERE correction IS NOT NULL;
"""
# Of a split: employments and lines that were stated since the merge and are the other one's.
_ASSIGNED = """
ALTER TABLE person_merge_statement ADD COLUMN assigned_spells uuid[] NOT NULL DEFAULT '{}';
ALTER TABLE person_merge_statement ADD COLUMN assigned_lines jsonb NOT NULL DEFAULT '[]';
-- squawk-ignore ban-drop-default
ALTER TABLE person_merge_statement ALTER COLUMN assigned_spells DROP DEFAULT;
-- squawk-ignore ban-drop-default
ALTER TABLE person_merge_statement ALTER COLUMN assigned_lines DROP DEFAULT;
"""
# All numbers of the one person behind a number, the one that survives first: from link to link, in either direction. A
# database that was put back may know links that close a ring until their newest words came: then the lowest is first.
_ONE = """
CREATE OR REPLACE FUNCTION numbers_of(of_person integer) RETURNS integer[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.person_merge WHERE person = of_person AND merged)
       AND NOT EXISTS (SELECT FROM public.person_merge WHERE survivor = of_person AND merged) THEN
        RETURN ARRAY[of_person];
    END IF;
    RETURN (
        WITH RECURSIVE one (number) AS (
            SELECT of_person
            UNION SELECT next.number FROM one CROSS JOIN LATERAL (
                SELECT survivor FROM public.person_merge WHERE person = one.number AND merged
                UNION ALL SELECT person FROM public.person_merge WHERE survivor = one.number AND merged)
                AS next (number))
        SELECT array_agg(number ORDER BY goes_on, number)
        FROM (SELECT number, EXISTS (SELECT FROM public.person_merge WHERE person = one.number AND merged) AS goes_on
              FROM one) AS each);
END $$
"""
# The same as it was known at an instant: of each number what counted of it last by then.
_ONE_AT = """
CREATE OR REPLACE FUNCTION numbers_known_of(of_person integer, known_at timestamptz) RETURNS integer[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF known_at IS NULL THEN
        RETURN public.numbers_of(of_person);
    END IF;
    IF NOT EXISTS (SELECT FROM public.person_merge_statement WHERE person = of_person)
       AND NOT EXISTS (SELECT FROM public.person_merge_statement WHERE survivor = of_person) THEN
        RETURN ARRAY[of_person];
    END IF;
    RETURN (
        WITH RECURSIVE ever (number) AS (
            SELECT of_person
            UNION SELECT next.number FROM ever CROSS JOIN LATERAL (
                SELECT survivor FROM public.person_merge_statement WHERE person = ever.number
                UNION ALL SELECT person FROM public.person_merge_statement WHERE survivor = ever.number)
                AS next (number)),
        link AS MATERIALIZED (
            SELECT person, survivor FROM (
                SELECT DISTINCT ON (said.person) said.person, said.survivor, said.what
                FROM ever JOIN public.person_merge_statement AS said ON said.person = ever.number
                JOIN public.person_merge_end AS ended USING (statement)
                WHERE ended.counts AND ended.recorded_at <= known_at
                ORDER BY said.person, ended.recorded_at DESC) AS last
            WHERE what = 'merge'),
        one (number) AS (
            SELECT of_person
            UNION SELECT CASE one.number WHEN link.person THEN link.survivor ELSE link.person END
            FROM one JOIN link ON one.number IN (link.person, link.survivor))
        SELECT array_agg(number ORDER BY goes_on, number)
        FROM (SELECT number, EXISTS (SELECT FROM link WHERE person = one.number) AS goes_on FROM one) AS each);
END $$
"""
# By source again: what anybody sees through another number is gone, and made again for each of the two people. What was
# stated of a number itself shows it again.
_PART = """
CREATE OR REPLACE FUNCTION part_access(of_person integer, of_survivor integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM public.person_access
    WHERE through IS NOT NULL
          AND person = ANY(public.numbers_of(of_person) || public.numbers_of(of_survivor));
    INSERT INTO public.person_access (tenant, person)
    SELECT DISTINCT tenant, person FROM public.spell_fact
    WHERE person = ANY(public.numbers_of(of_person) || public.numbers_of(of_survivor))
    ON CONFLICT (tenant, person) DO NOTHING;
    SELECT public.share_access(of_person);
    SELECT public.share_access(of_survivor);
$$
"""


def upgrade() -> None:
    """The functions by which all reads learn who is one person; of which fact one is a copy; what a split assigns."""
    run(_COPIES)
    run(_ASSIGNED)
    for function in (_ONE, _ONE_AT, _PART):
        op.execute(function)
