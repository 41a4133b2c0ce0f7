"""Payments that wait for a merge are found at once: the parties that are held, not each payment's numbers."""

from alembic import op

from shared.persistence.platform import run

revision = "benefits_0042"
down_revision = "benefits_0041"

_HELD = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_known_merge_held_until ON known_merge (held_until) WHERE held_until IS NOT NULL;
"""
# Everybody of whom `merge_held_until` says a later instant; officers look at few at a time.
_PARTIES = """
CREATE FUNCTION parties_held(at timestamptz) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT 'person:' || one.number
    FROM public.known_merge AS held
    CROSS JOIN LATERAL unnest(public.numbers_of(held.person) || public.numbers_of(held.survivor)) AS one (number)
    WHERE held.held_until > at AND NOT EXISTS (
        SELECT FROM public.known_merge AS later
        WHERE later.person = held.person AND later.revision > held.revision);
$$
"""


def upgrade() -> None:
    """Whoever makes a bank file asks once."""
    run(_HELD)
    op.execute(_PARTIES)
    op.execute("REVOKE ALL ON FUNCTION parties_held(timestamptz) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION parties_held(timestamptz) TO benefits_api, benefits_worker")
