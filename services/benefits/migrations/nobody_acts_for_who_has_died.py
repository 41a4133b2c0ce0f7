"""Who acted for somebody while it lived acts no more when it has died; who acts for the estate does from then on."""

from alembic import op

revision = "benefits_0057"
down_revision = "benefits_0056"

_ACTS = """
CREATE OR REPLACE FUNCTION acts_for(of_holder text, of_party text, on_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.party_statement AS said
        JOIN public.party_statement_answer AS word ON word.statement = said.id AND word.counts
        WHERE said.kind = 'acting' AND said.party = ANY (public.parties_of(of_party))
              AND said.holder = ANY (public.parties_of(of_holder)) AND NOT said.withdrawn
              AND said.first_on <= on_day AND coalesce(said.last_on, 'infinity') >= on_day AND NOT EXISTS (
                  SELECT FROM public.party_statement AS later
                  JOIN public.party_statement_answer AS last ON last.statement = later.id AND last.counts
                  WHERE later.replaces = said.id)
              AND NOT EXISTS (
                  SELECT FROM public.known_death AS died
                  WHERE died.party = ANY (public.parties_of(of_party)) AND died.died_on >= said.first_on));
$$
"""


def upgrade() -> None:
    """The policies and the reads ask it."""
    op.execute(_ACTS)
