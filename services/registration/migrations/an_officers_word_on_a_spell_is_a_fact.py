"""What an officer said of how a spell began is a fact, with who and when; the spell's flags derive from it."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0019"
down_revision = "registration_0018"

_WORD = """
CREATE TABLE spell_verification (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    spell uuid NOT NULL,
    tenant text NOT NULL,
    granted boolean NOT NULL,
    said_at timestamptz NOT NULL,
    source text NOT NULL,
    officer text
);
CREATE INDEX ix_spell_verification_spell ON spell_verification (spell, id);
ALTER TABLE spell ADD COLUMN refused boolean NOT NULL DEFAULT false;
-- squawk-ignore ban-drop-default
ALTER TABLE spell ALTER COLUMN refused DROP DEFAULT;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE spell ADD CONSTRAINT spell_word_check CHECK (NOT (verified AND refused));
-- Nothing was in production: nobody waits while the indexes are made.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_spell_unverified_person ON spell (person, spell) WHERE NOT verified;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_spell_unverified_employer ON spell (employer, spell) WHERE NOT verified;
"""
# Who verified these was not kept.
_OF_BEFORE = """
INSERT INTO spell_verification (spell, tenant, granted, said_at, source)
SELECT spell.spell, spell.tenant, true, fact.recorded_at, fact.source
FROM spell JOIN spell_fact AS fact ON fact.id = spell.fact WHERE spell.verified;
"""


def upgrade() -> None:
    """A later row takes an earlier one back."""
    run(_WORD)
    run(_OF_BEFORE)
    grant("registration", "spell_verification", api="SELECT, INSERT", worker="SELECT, INSERT")
    protect("registration", "spell_verification")
    never_changed("spell_verification")
