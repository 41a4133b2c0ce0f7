"""A national id that was withdrawn has no cover behind it: a hospital is answered of who bears it now, or of nobody."""

from alembic import op

revision = "registration_0051"
down_revision = "registration_0050"

# Of the same id there may be several that were withdrawn, and one that is borne.
_BEHIND = """
CREATE OR REPLACE FUNCTION cover_behind_national_id(of_index bytea, on_day date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT known_of_cover(id.person, on_day, NULL, '', false) FROM public.national_id AS id
            WHERE id.blind_index = of_index AND id.withdrawn_at IS NULL);
END $$
"""


def upgrade() -> None:
    """The function keeps its grants."""
    op.execute(_BEHIND)
