"""A spell that an officer refused makes nobody a member, and is refused again when its database was put back."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0025"
down_revision = "registration_0024"

# Nothing was in production: no running release refuses spells meanwhile, and none that was is derived again.
_REFUSED = """
ALTER TABLE recalled_spell ADD COLUMN refused boolean NOT NULL DEFAULT false;
-- squawk-ignore ban-drop-default
ALTER TABLE recalled_spell ALTER COLUMN refused DROP DEFAULT;
"""
_DAYS = """
CREATE OR REPLACE FUNCTION days_of_employment(of_person integer) RETURNS SETOF daterange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT days FROM public.spell WHERE person = of_person AND NOT refused;
$$
"""


def upgrade() -> None:
    """The function keeps its grants."""
    run(_REFUSED)
    op.execute(_DAYS)
