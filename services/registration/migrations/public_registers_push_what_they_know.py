"""Public registers push what they know of people and companies; what matches nobody waits for two officers."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0042"
down_revision = "registration_0041"

_TABLES = """
CREATE TABLE register_statement (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person_died', 'person_alive', 'marriage', 'birth', 'company_ended',
                                       'pass_ended')),
    day date,
    -- The number in the companies' register, which names no human being.
    company text,
    -- The register's reference, and whom it names.
    said_sealed bytea NOT NULL,
    received_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'applied', 'parked', 'dismissed')),
    reason text CHECK (reason IN ('matches_nobody', 'matches_several', 'name_differs', 'contradicts_what_is_known')),
    persons integer[] NOT NULL,
    proposed_by text,
    approved_by text,
    revision integer NOT NULL CHECK (revision > 0),
    CHECK (reason IS NOT NULL OR state <> 'parked'),
    CHECK ((proposed_by IS NULL) = (approved_by IS NULL) AND approved_by <> proposed_by),
    CHECK ((kind = 'company_ended') = (company IS NOT NULL))
);
CREATE INDEX ix_register_statement_company ON register_statement (company) WHERE company IS NOT NULL;
"""
_DEATH = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE person_fact DROP CONSTRAINT person_fact_attribute_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE person_fact ADD CONSTRAINT person_fact_attribute_check
    CHECK (attribute IN ('name', 'address', 'born_on', 'residence', 'died_on', 'pass_ended_on'));
-- A restored register states it again; what was published stays so until then.
ALTER TABLE recalled_person ADD COLUMN died_on date;
"""
_STATED = ("id", "tenant", "kind", "day", "company", "said_sealed", "received_at")


def upgrade() -> None:
    """A register reads its own statements; the worker applies them, and officers decide what is parked."""
    run(_TABLES)
    run(_DEATH)
    decided = "SELECT, INSERT, UPDATE (state, reason, persons, proposed_by, approved_by, revision)"
    grant("registration", "register_statement", api=decided, worker="SELECT, UPDATE")
    protect("registration", "register_statement")
    never_changed("register_statement", *_STATED)
    op.execute("GRANT INSERT ON person_fact TO registration_worker")
    op.execute("GRANT USAGE ON SEQUENCE person_fact_id TO registration_worker")
    op.execute("GRANT EXECUTE ON FUNCTION derive_person_attributes(integer[]) TO registration_worker")
    op.execute("GRANT INSERT, UPDATE ON waiting_end TO registration_worker")
