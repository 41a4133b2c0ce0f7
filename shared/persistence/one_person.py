"""Which numbers are one person's, as a consumer of ``registration`` keeps it: versioned functions for its migrations.

Registration publishes links: of each number the newest says into which other it was merged, if into any. Links follow
one another, so the number that survives is the last. While words are on their way links may even close a ring: then the
lowest number stands for all, on which everybody agrees who knows as much.
"""

from alembic import op

from shared.persistence.platform import grant, protect, run

_TABLE = """
CREATE TABLE known_merge (
    person bigint NOT NULL,
    survivor bigint NOT NULL,
    merged boolean NOT NULL,
    revision integer NOT NULL,
    PRIMARY KEY (person, survivor)
);
CREATE INDEX ix_known_merge_survivor ON known_merge (survivor);
"""
# Most people have one number: that is asked first, and the rest for those of whom there was ever a word.
_NUMBERS_V1 = """
CREATE OR REPLACE FUNCTION numbers_of(of_person bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY {} SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.known_merge WHERE of_person IN (person, survivor)) THEN
        RETURN ARRAY[of_person];
    END IF;
    RETURN (
        WITH RECURSIVE one (number) AS (
            SELECT of_person
            UNION SELECT next.number FROM one CROSS JOIN LATERAL (
                SELECT own.survivor FROM (SELECT survivor, merged FROM public.known_merge WHERE person = one.number
                                          ORDER BY revision DESC LIMIT 1) AS own WHERE own.merged
                UNION ALL
                SELECT other.person FROM public.known_merge AS other
                WHERE other.survivor = one.number AND other.merged AND NOT EXISTS (
                    SELECT FROM public.known_merge AS later
                    WHERE later.person = other.person AND later.revision > other.revision)) AS next (number))
        SELECT array_agg(number ORDER BY goes_on, number)
        FROM (SELECT number, coalesce((SELECT merged FROM public.known_merge WHERE person = one.number
                                       ORDER BY revision DESC LIMIT 1), false) AS goes_on FROM one) AS each);
END $$
"""


def keep_known_merges_v1(service: str) -> None:
    """The table that a consumer fills, which officers read, and the function by which their reads learn of it.

    Whoever may not read the table asks for a number and has that one: it learns of no other.
    """
    run(_TABLE)
    op.execute(_NUMBERS_V1.format("INVOKER"))
    op.execute("REVOKE ALL ON FUNCTION numbers_of(bigint) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION numbers_of(bigint) TO {service}_api, {service}_worker")
    grant(service, "known_merge", api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    protect(service, "known_merge", "current_setting('jaring.role', true) = 'officer'")


def follow_merges_v1() -> None:
    """All numbers of the one person behind a number, the one that survives first, however many links lead to it.

    For services that kept merges before links followed one another: what people read of their own goes by it too.
    """
    op.execute(_NUMBERS_V1.format("DEFINER"))
