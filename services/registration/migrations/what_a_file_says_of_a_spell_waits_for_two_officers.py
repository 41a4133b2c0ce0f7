"""What a contribution file says of a spell waits for two officers, and changes nothing by itself."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0040"
down_revision = "registration_0039"

_STATEMENT = """
CREATE TABLE spell_statement (
    statement uuid PRIMARY KEY,
    tenant text NOT NULL,
    employer integer NOT NULL REFERENCES employer,
    person integer NOT NULL REFERENCES person,
    kind text NOT NULL CHECK (kind IN ('started', 'ended', 'died')),
    day date NOT NULL,
    file uuid NOT NULL REFERENCES contribution_file,
    source text NOT NULL,
    stated_at timestamptz NOT NULL,
    taken boolean,
    proposed_by text,
    approved_by text,
    decided_at timestamptz,
    CHECK (tenant = 'employer:' || employer),
    CHECK ((taken IS NULL) = (decided_at IS NULL)),
    CHECK ((taken IS NULL) = (approved_by IS NULL) AND (taken IS NULL) = (proposed_by IS NULL)),
    CHECK (approved_by <> proposed_by)
);
CREATE INDEX ix_spell_statement_employer ON spell_statement (employer, statement);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "tenant = current_setting('jaring.tenant', true)"
_STATED = ("statement", "tenant", "employer", "person", "kind", "day", "file", "source", "stated_at")


def upgrade() -> None:
    """Its employer sees what waits; officers decide it once."""
    run(_STATEMENT)
    decided = "taken, proposed_by, approved_by, decided_at"
    grant("registration", "spell_statement", api=f"SELECT, UPDATE ({decided})", worker="SELECT, INSERT")
    protect("registration", "spell_statement", mine=_OFFICER)
    run(f"CREATE POLICY spell_statement_own ON spell_statement FOR SELECT TO registration_api USING ({_OWN});\n")
    never_changed("spell_statement", *_STATED)
