"""Merges follow one another to the last number of a person, and all that was once one stays known."""

from alembic import op

from shared.persistence.one_person import follow_merges_v1
from shared.persistence.platform import run

revision = "claims_0038"
down_revision = "claims_0037"

# Through whichever links, that count or counted once.
_ONCE = """
CREATE OR REPLACE FUNCTION numbers_once_of(of_person bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.known_merge WHERE of_person IN (person, survivor)) THEN
        RETURN ARRAY[of_person];
    END IF;
    RETURN (
        WITH RECURSIVE once (number) AS (
            SELECT of_person
            UNION SELECT next.number FROM once CROSS JOIN LATERAL (
                SELECT survivor FROM public.known_merge WHERE person = once.number
                UNION ALL SELECT person FROM public.known_merge WHERE survivor = once.number) AS next (number))
        SELECT array_agg(number ORDER BY number) FROM once);
END $$
"""
# Of a placement that nothing proves any more, as its next revision says, there is neither day nor wage.
_WITHDRAWN = """
-- squawk-ignore ban-drop-not-null
ALTER TABLE known_placement ALTER COLUMN started_on DROP NOT NULL;
-- squawk-ignore ban-drop-not-null
ALTER TABLE known_placement ALTER COLUMN month DROP NOT NULL;
-- squawk-ignore ban-drop-not-null
ALTER TABLE known_placement ALTER COLUMN wage_sen DROP NOT NULL;
"""


def upgrade() -> None:
    """The functions by which all reads learn who is one person."""
    follow_merges_v1()
    op.execute(_ONCE)
    run(_WITHDRAWN)
