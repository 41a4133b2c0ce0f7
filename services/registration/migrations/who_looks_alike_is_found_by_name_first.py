"""Who is registered is compared with those of its name, and with nobody else, whatever the server knows of the tables.

A database that is new has no statistics: the plan began with everybody who was born on the day, and read what is known
of everybody for each of them. A thousand registrations took minutes.
"""

from alembic import op

revision = "registration_0056"
down_revision = "registration_0055"

# Each step is fenced: the names first, then by their person and day, then whether that birth still stands.
_LIKE_ANOTHER = """
CREATE OR REPLACE FUNCTION is_like_another(of_person integer, of_tokens text[], of_birth text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(token || of_birth, 64))
    FROM (SELECT token FROM unnest(of_tokens) AS token ORDER BY token) AS each;
    RETURN EXISTS (
        SELECT FROM (SELECT DISTINCT person FROM public.person_name_token
                     WHERE token = ANY (of_tokens) AND person <> of_person OFFSET 0) AS named
        CROSS JOIN LATERAL (SELECT id FROM public.person_fact
                            WHERE attribute = 'born_on' AND plain = of_birth AND person = named.person
                            OFFSET 0) AS born
        CROSS JOIN LATERAL (SELECT FROM public.person_attribute AS known
                            WHERE known.person = named.person AND known.attribute = 'born_on' AND known.fact = born.id
                            OFFSET 0) AS stands);
END
$$
"""


def upgrade() -> None:
    """Who may call it stays."""
    op.execute(_LIKE_ANOTHER)
