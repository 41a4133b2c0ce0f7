"""Who was one at an instant is known without the statement, which a restore loses: by when the number's word came."""

from alembic import op

revision = "registration_0068"
down_revision = "registration_0067"

# As in `merges_follow_one_another_to_the_last_number`; of a number whose statement is lost its current word
# counts, from the instant on at which it was published to stand so.
_ONE_AT = """
CREATE OR REPLACE FUNCTION numbers_known_of(of_person integer, known_at timestamptz) RETURNS integer[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF known_at IS NULL THEN
        RETURN public.numbers_of(of_person);
    END IF;
    IF NOT EXISTS (SELECT FROM public.person_merge_statement WHERE person = of_person)
       AND NOT EXISTS (SELECT FROM public.person_merge_statement WHERE survivor = of_person)
       AND NOT EXISTS (SELECT FROM public.person_merge WHERE person = of_person)
       AND NOT EXISTS (SELECT FROM public.person_merge WHERE survivor = of_person AND merged) THEN
        RETURN ARRAY[of_person];
    END IF;
    RETURN (
        WITH RECURSIVE ever (number) AS (
            SELECT of_person
            UNION SELECT next.number FROM ever CROSS JOIN LATERAL (
                SELECT survivor FROM public.person_merge_statement WHERE person = ever.number
                UNION ALL SELECT person FROM public.person_merge_statement WHERE survivor = ever.number
                UNION ALL SELECT survivor FROM public.person_merge WHERE person = ever.number
                UNION ALL SELECT person FROM public.person_merge WHERE survivor = ever.number AND merged)
                AS next (number)),
        counted AS (
            SELECT said.person, said.survivor, said.what = 'merge' AS merged, ended.recorded_at AS since
            FROM ever JOIN public.person_merge_statement AS said ON said.person = ever.number
            JOIN public.person_merge_end AS ended USING (statement)
            WHERE ended.counts
            UNION ALL
            SELECT stands.person, stands.survivor, stands.merged, stands.changed_at
            FROM ever JOIN public.person_merge AS stands ON stands.person = ever.number
            WHERE stands.statement IS NULL),
        link AS MATERIALIZED (
            SELECT person, survivor FROM (
                SELECT DISTINCT ON (person) person, survivor, merged FROM counted
                WHERE since <= known_at ORDER BY person, since DESC) AS last
            WHERE merged),
        one (number) AS (
            SELECT of_person
            UNION SELECT CASE one.number WHEN link.person THEN link.survivor ELSE link.person END
            FROM one JOIN link ON one.number IN (link.person, link.survivor))
        SELECT array_agg(number ORDER BY goes_on, number)
        FROM (SELECT number, EXISTS (SELECT FROM link WHERE person = one.number) AS goes_on FROM one) AS each);
END $$
"""


def upgrade() -> None:
    """Reads with an instant find the same as before, and after a restore too."""
    op.execute(_ONE_AT)
