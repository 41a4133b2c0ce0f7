"""What a person stated of taking part in SKBBK says when it was stated, and by what kind of party."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0022"
down_revision = "registration_0021"

# What it returns cannot be changed in place. No running release asks it meanwhile: nothing was in production.
_DROP = """
-- squawk-ignore ban-drop-function
DROP FUNCTION skbbk_statements(integer);
"""
_SAID = """
CREATE FUNCTION skbbk_statements(of_person integer)
    RETURNS TABLE (kind text, filed_on date, stated_at timestamptz, stated_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT said.kind, said.filed_on, said.said_at, split_part(said.tenant, ':', 1)
    FROM public.skbbk_statement AS said WHERE said.person = of_person ORDER BY said.id;
$$
"""
# Whoever has stated something is derived again: the event says when.
_DERIVE = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT DISTINCT 'derive_again', '{"person":' || person || '}', CAST('epoch' AS timestamptz), CAST('{}' AS text[]),
       'a statement of skbbk says when it was made', CAST('{}' AS jsonb)
FROM skbbk_statement
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""


def upgrade() -> None:
    """Everybody who may derive a membership may ask it, as before."""
    run(_DROP)
    op.execute(_SAID)
    op.execute("REVOKE ALL ON FUNCTION skbbk_statements(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION skbbk_statements(integer) TO registration_api, registration_worker")
    run(_DERIVE)
