"""What was stated of taking part in SKBBK says of which number: a restored database keeps it under that one."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0072"
down_revision = "registration_0071"

# What it returns cannot be changed in place. No running release asks it meanwhile: nothing was in production.
_DROP = """
-- squawk-ignore ban-drop-function
DROP FUNCTION skbbk_statements(integer);
"""
_SAID = """
CREATE FUNCTION skbbk_statements(of_person integer)
    RETURNS TABLE (kind text, filed_on date, stated_at timestamptz, stated_by text, person integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT said.kind, said.filed_on, said.said_at, split_part(said.tenant, ':', 1), said.person
    FROM public.skbbk_statement AS said WHERE said.person = ANY(public.numbers_of(of_person)) ORDER BY said.id;
$$
"""


def upgrade() -> None:
    """Everybody who may derive a membership may ask it, as before."""
    run(_DROP)
    op.execute(_SAID)
    op.execute("REVOKE ALL ON FUNCTION skbbk_statements(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION skbbk_statements(integer) TO registration_api, registration_worker")
