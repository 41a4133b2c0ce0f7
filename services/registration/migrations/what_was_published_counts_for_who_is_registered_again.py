"""What was published before a restore counts for whoever is registered again: a birth, a residence, that it was erased.

Of what was read back before this release nothing but the ends is kept.
"""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0089"
down_revision = "registration_0088"

# `began_on`: as a spell began when it was first published, by which whoever states it again finds it, whatever was
# corrected since.
_COLUMNS = """
ALTER TABLE recalled_person ADD COLUMN born_on date;
ALTER TABLE recalled_person ADD COLUMN residence text;
ALTER TABLE recalled_person ADD COLUMN residence_since date;
ALTER TABLE recalled_spell ADD COLUMN began_on date;
"""
# Whoever registers learns nothing of it, and its role reads the days of nobody: it asks of one id, by its token.
_PUBLISHED = """
CREATE FUNCTION published_before(token text)
RETURNS TABLE (born_on date, residence text, residence_since date, was_erased boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT known.born_on, known.residence, known.residence_since,
           known.id_token IS NULL
           AND EXISTS (SELECT FROM public.recalled_erased_id AS erased WHERE erased.id_token = token)
    FROM (VALUES (token)) AS asked (id_token) LEFT JOIN public.recalled_person AS known USING (id_token)
$$
"""
_READABLE = "id_token, person, revision, died_on, pass_ended_on"


def upgrade() -> None:
    """It wins over what is stated again."""
    run(_COLUMNS)
    op.execute("REVOKE SELECT ON recalled_person FROM registration_api")
    op.execute(f"GRANT SELECT ({_READABLE}) ON recalled_person TO registration_api")
    op.execute(_PUBLISHED)
    op.execute("REVOKE ALL ON FUNCTION published_before(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION published_before(text) TO registration_api, registration_worker")
