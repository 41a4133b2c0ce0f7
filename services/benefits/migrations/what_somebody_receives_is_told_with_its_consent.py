"""What somebody receives in a month is told a welfare office with that person's consent, and not without."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "benefits_0061"
down_revision = "benefits_0060"

_CONSENT = """
CREATE TABLE receipt_consent (
    id uuid PRIMARY KEY,
    -- The person as a party, and its number.
    tenant text NOT NULL,
    person bigint NOT NULL,
    -- Who may ask, for what, and until which day.
    receiver text NOT NULL CHECK (receiver ~ '^[a-z_]+:[0-9]{1,18}$'),
    purpose text NOT NULL CHECK (purpose IN ('eligibility', 'means_test')),
    until_on date NOT NULL,
    given_at timestamptz NOT NULL,
    -- Who of the party.
    given_by text NOT NULL,
    -- After a restore the person is asked again: what was taken back since the backup is not known.
    epoch bigint NOT NULL
);
CREATE INDEX ix_receipt_consent_person ON receipt_consent (person, receiver, purpose);
CREATE TABLE receipt_consent_end (
    consent uuid PRIMARY KEY REFERENCES receipt_consent,
    tenant text NOT NULL,
    ended_at timestamptz NOT NULL,
    ended_by text NOT NULL
);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_transfer_settled ON transfer (payment, value_on) WHERE cause = 'settled';
"""
# By any of the person's numbers.
_OWN = "tenant = ANY (CAST((SELECT parties_of(current_setting('jaring.tenant', true))) AS text[]))"
# Whether the caller may ask for this, on a day.
_CONSENTED = """
CREATE FUNCTION has_receipt_consent(of_party text, for_purpose text, on_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.receipt_consent AS given
        WHERE given.tenant = ANY (public.parties_of(of_party)) AND given.purpose = for_purpose
              AND given.receiver = current_setting('jaring.tenant', true) AND given.until_on >= on_day
              AND given.epoch = (SELECT epoch FROM public.epoch)
              AND NOT EXISTS (SELECT FROM public.receipt_consent_end WHERE consent = given.id));
$$
"""
# What the bank paid of benefits to a party with a value day of these; nothing to whom no consent names. What is payable
# beside them, such as a provider's bill, a refund or a loan, and expenses that are paid back are nobody's income.
_RECEIPTS = """
CREATE FUNCTION receipts_with_consent(of_party text, for_purpose text, first date, last date, on_day date)
RETURNS TABLE (scheme text, benefit text, amount_sen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT paid.scheme, paid.benefit, CAST(sum(paid.amount_sen) AS bigint)
    FROM public.payment AS paid
    WHERE public.has_receipt_consent(of_party, for_purpose, on_day)
          AND paid.party = ANY (public.parties_of(of_party)) AND paid.state = 'settled'
          AND paid.source = 'claim' AND paid.benefit <> 'repatriation_of_remains'
          AND (SELECT max(value_on) FROM public.transfer WHERE payment = paid.id AND cause = 'settled')
              BETWEEN first AND last
    GROUP BY paid.scheme, paid.benefit ORDER BY paid.scheme, paid.benefit;
$$
"""


def upgrade() -> None:
    """A consent is given by the person alone, and taken back by it; neither is changed."""
    run(_CONSENT)
    for table in ("receipt_consent", "receipt_consent_end"):
        grant("benefits", table, api="SELECT, INSERT", worker="SELECT")
        protect("benefits", table)
        never_changed(table)
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO benefits_api USING ({_OWN})")
    for function, name in (
        (_CONSENTED, "has_receipt_consent(text, text, date)"),
        (_RECEIPTS, "receipts_with_consent(text, text, date, date, date)"),
    ):
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO benefits_api")
