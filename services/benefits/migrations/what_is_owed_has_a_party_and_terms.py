"""What is owed is keyed by claim, scheme, benefit and party and has terms; payments and transfers name their fund."""

from alembic import op

from shared.persistence.platform import grant, run

revision = "benefits_0016"
down_revision = "benefits_0015"

# A projection: claims states it again. Its rows of before lack the party and the terms.
_DECIDED = """
-- squawk-ignore ban-drop-table
DROP TABLE entitlement_period;
-- squawk-ignore ban-drop-table
DROP TABLE entitlement;
-- squawk-ignore ban-drop-table
DROP TABLE assessment;

CREATE TABLE assessment (
    claim uuid PRIMARY KEY,
    person bigint NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    event text NOT NULL,
    happened_on date NOT NULL,
    decided_at timestamptz NOT NULL,
    revision_hash text NOT NULL
);
CREATE INDEX ix_assessment_person ON assessment (person, claim);

CREATE TABLE entitlement (
    claim uuid NOT NULL,
    scheme text NOT NULL,
    benefit text NOT NULL,
    party text NOT NULL,
    fund text NOT NULL,
    law text NOT NULL,
    decision_hash text NOT NULL,
    provisional boolean NOT NULL,
    PRIMARY KEY (claim, scheme, benefit, party)
);
CREATE INDEX ix_entitlement_party ON entitlement (party, claim);

CREATE TABLE entitlement_term (
    claim uuid NOT NULL,
    scheme text NOT NULL,
    benefit text NOT NULL,
    party text NOT NULL,
    number integer NOT NULL,
    per text NOT NULL CHECK (per IN ('day', 'month', 'once')),
    sen bigint NOT NULL CHECK (sen > 0),
    first_day date NOT NULL,
    last_day date CHECK (last_day >= first_day),
    PRIMARY KEY (claim, scheme, benefit, party, number)
);

CREATE TABLE refusal (
    claim uuid NOT NULL,
    scheme text NOT NULL,
    benefit text NOT NULL,
    reason text NOT NULL,
    law text NOT NULL,
    decision_hash text NOT NULL,
    PRIMARY KEY (claim, scheme, benefit)
);
"""
PROJECTIONS = ("assessment", "entitlement", "entitlement_term", "refusal")

# Nothing was in production: what stands was owed to the person of the claim, under Act 4, by employment injury; and no
# running release writes these without a party. A row's trigger holds what was paid, not what is added to it.
_KEYED = """
ALTER TABLE {table} ADD COLUMN scheme text NOT NULL DEFAULT 'act4';
-- squawk-ignore ban-drop-default
ALTER TABLE {table} ALTER COLUMN scheme DROP DEFAULT;
ALTER TABLE {table} ADD COLUMN party text NOT NULL DEFAULT '';
-- squawk-ignore ban-drop-default
ALTER TABLE {table} ALTER COLUMN party DROP DEFAULT;
"""
_FUNDED = """
ALTER TABLE {table} ADD COLUMN fund text NOT NULL DEFAULT 'employment_injury';
-- squawk-ignore ban-drop-default
ALTER TABLE {table} ALTER COLUMN fund DROP DEFAULT;
"""
_OWN = """
UPDATE settlement SET party = 'person:' || person;
-- squawk-ignore ban-drop-constraint
ALTER TABLE settlement DROP CONSTRAINT settlement_pkey;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid
ALTER TABLE settlement ADD PRIMARY KEY (claim, scheme, benefit, party);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_settlement_party ON settlement (party);

UPDATE payment SET party = 'person:' || person;
-- squawk-ignore ban-drop-constraint
ALTER TABLE payment DROP CONSTRAINT uq_payment_natural_key;
-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
ALTER TABLE payment ADD CONSTRAINT uq_payment_natural_key
    UNIQUE (claim, scheme, benefit, party, period_first, period_last, kind, revision, replaces);
-- squawk-ignore ban-drop-constraint
ALTER TABLE payment DROP CONSTRAINT payment_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE payment ADD CONSTRAINT payment_kind_check CHECK (kind IN ('payment', 'once', 'reissue'));
-- Only a person has an account so far.
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE payment ADD CONSTRAINT payment_party_check CHECK (party ~ '^person:[0-9]+$');
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_payment_party ON payment (party, id);
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_payment_returned;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_payment_returned ON payment (party, payee_version) WHERE state = 'returned';

UPDATE recovery SET party = 'person:' || person;
-- squawk-ignore ban-drop-constraint
ALTER TABLE recovery DROP CONSTRAINT recovery_claim_benefit_key;
-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
ALTER TABLE recovery ADD CONSTRAINT uq_recovery_entitlement UNIQUE (claim, scheme, benefit, party);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_recovery_party ON recovery (party, id);
"""
_OWED_DAYS = """
UPDATE owed_days SET party = 'person:' || person;
-- squawk-ignore ban-drop-constraint
ALTER TABLE owed_days DROP CONSTRAINT ex_owed_days_once;
-- squawk-ignore ban-drop-constraint
ALTER TABLE owed_days DROP CONSTRAINT owed_days_pkey;
-- squawk-ignore ban-drop-column
ALTER TABLE owed_days DROP COLUMN person;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid
ALTER TABLE owed_days ADD PRIMARY KEY (claim, scheme, benefit, party, days);
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE owed_days ADD CONSTRAINT ex_owed_days_once
    EXCLUDE USING gist (party WITH =, loss WITH =, days WITH &&);
"""
_TRANSFER = """
ALTER TABLE transfer ADD COLUMN scheme text;
ALTER TABLE transfer ADD COLUMN party text;
ALTER TABLE transfer ADD COLUMN fund text;
-- What is booked is never changed: what the first entries lack is added to them once, before the trigger stands again.
ALTER TABLE transfer DISABLE TRIGGER never_changed;
UPDATE transfer SET scheme = 'act4', fund = 'employment_injury', party = payment.party
    FROM payment WHERE payment.id = transfer.payment;
UPDATE transfer SET scheme = 'act4', fund = 'employment_injury', party = settlement.party FROM settlement
    WHERE transfer.payment IS NULL AND settlement.claim = transfer.claim AND settlement.benefit = transfer.benefit;
UPDATE transfer SET fund = CASE
    WHEN 'fund_act4_employee' IN (debit, credit) THEN 'invalidity'
    WHEN 'fund_act800' IN (debit, credit) THEN 'employment_insurance'
    WHEN 'fund_skbbk' IN (debit, credit) THEN 'non_employment_injury' END WHERE claim IS NULL;
ALTER TABLE transfer ENABLE TRIGGER never_changed;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE transfer ADD CONSTRAINT transfer_entitlement_check
    CHECK (num_nulls(claim, scheme, benefit, party) IN (0, 4) AND (claim IS NULL OR fund IS NOT NULL));
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_transfer_entitlement;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_entitlement ON transfer (claim, scheme, benefit, party);
"""
# What waits to be settled is named by its party too.
_DUE = """
UPDATE due_work SET payload = '{"benefit":' || to_json(settlement.benefit)::text || ',"claim":"' || settlement.claim
    || '","party":"' || settlement.party || '","scheme":"act4"}'
FROM settlement
WHERE kind = 'settle_entitlement' AND payload::json ->> 'claim' = settlement.claim::text
  AND payload::json ->> 'benefit' = settlement.benefit;
DELETE FROM due_work WHERE kind = 'settle_entitlement' AND payload::json ->> 'party' IS NULL;
"""


def upgrade() -> None:
    """Key what is owed by its party, and make the projection as the new event has it."""
    run(_DECIDED)
    for table in PROJECTIONS:
        grant("benefits", table, api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
        _for_officers(table)
    for table in ("settlement", "payment", "recovery", "owed_days"):
        run(_KEYED.format(table=table))
    for table in ("settlement", "payment", "recovery"):
        run(_FUNDED.format(table=table))
    op.execute("ALTER TABLE recovery DISABLE TRIGGER never_changed")
    for statements in (_OWN, _OWED_DAYS, _TRANSFER, _DUE):
        run(statements)
    op.execute("ALTER TABLE recovery ENABLE TRIGGER never_changed")
    _never_changed_of_payment()


def _never_changed_of_payment() -> None:
    """What a payment is owed for and from which fund is as little changed as its amount."""
    columns = (
        *("id", "claim", "scheme", "benefit", "party", "person", "fund", "kind", "revision", "period_first"),
        *("period_last", "replaces", "amount_sen", "end_to_end_id", "correlation_id", "created_at"),
    )
    op.execute("DROP TRIGGER never_changed ON payment")
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    op.execute(
        f"CREATE TRIGGER never_changed BEFORE UPDATE ON payment FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION never_changed()"
    )


def _for_officers(table: str) -> None:
    """Rows that belong to no partner: through the API only the organisation's own officers see them."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    officer = "current_setting('jaring.role', true) = 'officer'"
    op.execute(f"CREATE POLICY {table}_officer ON {table} TO benefits_api USING ({officer})")
    for role in ("worker", "migrate"):
        op.execute(f"CREATE POLICY {table}_{role} ON {table} TO benefits_{role} USING (true) WITH CHECK (true)")
