"""Whoever is paid has an account: persons, employers, hospitals, providers; held by the party or by another for it."""

from shared.persistence.platform import grant, never_changed, protect, run

revision = "benefits_0023"
down_revision = "benefits_0022"

# Nothing was in production: no running release writes these without a party. What is sealed is not touched: the place
# of a person's account is what it was. What stands is the person's own, and held no longer than it was to be.
_PAYEE = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE payee_release DROP CONSTRAINT payee_release_person_version_fkey;
ALTER TABLE payee_release ADD COLUMN party text;
ALTER TABLE payee_release DISABLE TRIGGER never_changed;
UPDATE payee_release SET party = 'person:' || person;
ALTER TABLE payee_release ENABLE TRIGGER never_changed;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE payee_release ALTER COLUMN party SET NOT NULL;
-- squawk-ignore ban-drop-column
ALTER TABLE payee_release DROP COLUMN person;

ALTER TABLE payee
    ADD COLUMN party text,
    ADD COLUMN needs_release boolean,
    -- Who holds the account, and in which capacity; the last day on which a guardian does, and what shows its right.
    ADD COLUMN holder text,
    ADD COLUMN capacity text,
    ADD COLUMN until_on date,
    ADD COLUMN evidence text;
ALTER TABLE payee DISABLE TRIGGER never_changed;
UPDATE payee SET party = 'person:' || person, holder = 'person:' || person, capacity = 'own', needs_release = false;
ALTER TABLE payee ENABLE TRIGGER never_changed;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE payee ALTER COLUMN party SET NOT NULL;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE payee ALTER COLUMN needs_release SET NOT NULL;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE payee ALTER COLUMN holder SET NOT NULL;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE payee ALTER COLUMN capacity SET NOT NULL;
-- squawk-ignore ban-drop-constraint
ALTER TABLE payee DROP CONSTRAINT payee_pkey;
-- squawk-ignore ban-drop-column
ALTER TABLE payee DROP COLUMN person;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid
ALTER TABLE payee ADD PRIMARY KEY (party, version);
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE payee ADD CONSTRAINT payee_party_check CHECK (party ~ '^[a-z_]+:[0-9]{1,18}$');
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE payee ADD CONSTRAINT payee_holder_check CHECK (
    capacity IN ('own', 'organisation', 'joint', 'guardian', 'representative')
    AND (capacity IN ('own', 'organisation')) = (holder = party)
    AND (capacity = 'own') = (holder = party AND party LIKE 'person:%')
    AND (until_on IS NOT NULL) = (capacity = 'guardian'));

-- squawk-ignore constraint-missing-not-valid, adding-foreign-key-constraint
ALTER TABLE payee_release ADD CONSTRAINT payee_release_party_version_fkey
    FOREIGN KEY (party, version) REFERENCES payee;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_payee_release_party ON payee_release (party, version);
"""
_OF_NOBODY = """
-- squawk-ignore ban-drop-not-null
ALTER TABLE payment ALTER COLUMN person DROP NOT NULL;
-- squawk-ignore ban-drop-not-null
ALTER TABLE recovery ALTER COLUMN person DROP NOT NULL;
-- Each payment goes to the account of its whole party: an employer's 7 is no person's 7.
-- squawk-ignore ban-drop-constraint
ALTER TABLE payment DROP CONSTRAINT payment_party_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE payment ADD CONSTRAINT payment_party_check CHECK (
    party ~ '^[a-z_]+:[0-9]{1,18}$' AND (person IS NOT NULL OR party NOT LIKE 'person:%'));
"""
_LOST = """
-- A version of an account that a payment went to, and that a restored database does not know: the newest that it knows
-- may be of somebody who receives no longer.
CREATE TABLE payee_lost (
    party text NOT NULL,
    version integer NOT NULL,
    tenant text NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (party, version)
);
"""
_DUE = """
UPDATE due_work SET payload = '{"party":"person:' || (payload::json ->> 'person') || '"}'
WHERE kind = 'settle_unsent' AND payload::json ->> 'person' IS NOT NULL;
"""


def upgrade() -> None:
    """Key accounts by their party, say who holds them, and let a payment be about no person."""
    for statements in (_PAYEE, _OF_NOBODY, _LOST, _DUE):
        run(statements)
    grant("benefits", "payee_lost", api="SELECT", worker="SELECT, INSERT")
    protect("benefits", "payee_lost")
    never_changed("payee_lost")
