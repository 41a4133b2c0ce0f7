"""Taking part in SKBBK is a membership: what people say of it is a fact, and a person may read and state its own."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0020"
down_revision = "registration_0019"

# No reference to the person: after a restore a statement may be known before its person is.
_STATEMENTS = """
CREATE TABLE skbbk_statement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('release', 'return')),
    filed_on date NOT NULL,
    tenant text NOT NULL,
    officer text,
    said_at timestamptz NOT NULL
);
CREATE INDEX ix_skbbk_statement_person ON skbbk_statement (person, id);
"""
_MEMBERSHIP = """
ALTER TABLE membership ADD COLUMN statements jsonb NOT NULL DEFAULT '[]';
-- squawk-ignore ban-drop-default
ALTER TABLE membership ALTER COLUMN statements DROP DEFAULT;
-- squawk-ignore ban-drop-constraint
ALTER TABLE membership DROP CONSTRAINT membership_scheme_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE membership ADD CONSTRAINT membership_scheme_check CHECK (scheme IN ('act4', 'skbbk'));
"""
# A request derives the membership by what everybody has stated, and learns what was said and when, not by whom.
_SAID = """
CREATE FUNCTION skbbk_statements(of_person integer) RETURNS TABLE (kind text, filed_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT said.kind, said.filed_on FROM public.skbbk_statement AS said WHERE said.person = of_person ORDER BY said.id;
$$
"""
# Everybody who is a member of Act 4 is derived again, with the new scheme.
_DERIVE_ALL = """
INSERT INTO due_work (kind, payload, due_at, waits_for, correlation_id, trace)
SELECT 'derive_again', '{"person":' || person || '}', 'epoch', '{}', 'taking part in skbbk is a membership', '{}'
FROM membership WHERE scheme = 'act4'
ON CONFLICT (kind, payload) DO UPDATE SET due_at = excluded.due_at, armed = due_work.armed + 1;
"""
_OWN = "'person:' || person = current_setting('jaring.tenant', true)"


def upgrade() -> None:
    """What the person's own request needs: to be held, what is known of the person, and the membership."""
    run(_STATEMENTS)
    run(_MEMBERSHIP)
    op.execute(_SAID)
    grant("registration", "skbbk_statement", api="SELECT, INSERT", worker="SELECT, INSERT")
    protect("registration", "skbbk_statement")
    never_changed("skbbk_statement")
    # Who said it states it as a tenant; the person reads what anybody said of it.
    op.execute(f"CREATE POLICY skbbk_statement_own ON skbbk_statement FOR SELECT TO registration_api USING ({_OWN})")
    for table in ("person", "person_fact", "person_attribute", "membership"):
        op.execute(f"CREATE POLICY {table}_own ON {table} TO registration_api USING ({_OWN}) WITH CHECK ({_OWN})")
    op.execute("REVOKE ALL ON FUNCTION skbbk_statements(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION skbbk_statements(integer) TO registration_api, registration_worker")
    op.execute("GRANT EXECUTE ON FUNCTION days_of_employment(integer) TO registration_worker")
    op.execute("GRANT INSERT, UPDATE ON membership TO registration_worker")
    run(_DERIVE_ALL)
