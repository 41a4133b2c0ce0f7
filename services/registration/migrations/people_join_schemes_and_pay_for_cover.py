"""People join schemes of themselves and pay for cover: what was stated of both is a ledger that is never changed."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0099"
down_revision = "registration_0098"

_STATES = "('counts', 'reported_late', 'late_refused', 'reversal_stated', 'reversed')"
# No references to persons: after a restore a payment may be known before its person is.
_TABLES = f"""
CREATE TABLE scheme_registration_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    registration uuid NOT NULL,
    person integer NOT NULL,
    -- Who registered: each party has a registration of its own, and what all of them state of an activity counts.
    tenant text NOT NULL,
    scheme text NOT NULL,
    activity text NOT NULL,
    plan text,
    earning_sen bigint CHECK (earning_sen > 0),
    first_on date NOT NULL,
    last_on date,
    officer text,
    recorded_at timestamptz NOT NULL,
    CHECK (last_on >= first_on)
);
CREATE INDEX ix_scheme_registration_fact_registration ON scheme_registration_fact (registration, id);
CREATE INDEX ix_scheme_registration_fact_person ON scheme_registration_fact (person, scheme, activity);
CREATE INDEX ix_scheme_registration_fact_tenant ON scheme_registration_fact (tenant, registration);

CREATE TABLE cover_payment (
    payment uuid PRIMARY KEY,
    registration uuid NOT NULL,
    person integer NOT NULL,
    tenant text NOT NULL,
    scheme text NOT NULL,
    activity text NOT NULL,
    plan text,
    earning_sen bigint,
    channel text NOT NULL CHECK (channel IN ('house', 'agent')),
    -- None, where a restored database knows the payment from its event.
    receipt text,
    payer text NOT NULL,
    paid_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL CHECK (reported_at >= paid_at),
    months integer NOT NULL CHECK (months > 0),
    amount_sen bigint NOT NULL CHECK (amount_sen >= 0),
    income_sen bigint NOT NULL CHECK (income_sen > 0),
    state text NOT NULL CHECK (state IN {_STATES}),
    begins_at timestamptz NOT NULL CHECK (begins_at >= paid_at),
    revision integer NOT NULL CHECK (revision > 0)
);
CREATE INDEX ix_cover_payment_person ON cover_payment (person, scheme, activity);
CREATE INDEX ix_cover_payment_tenant ON cover_payment (tenant, payment);
CREATE UNIQUE INDEX uq_cover_payment_receipt ON cover_payment (tenant, channel, receipt);

CREATE TABLE cover_payment_act (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment uuid NOT NULL,
    person integer NOT NULL,
    tenant text NOT NULL,
    state text NOT NULL CHECK (state IN {_STATES}),
    begins_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    source text NOT NULL,
    officer text,
    reason text,
    evidence text,
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by)
);
CREATE INDEX ix_cover_payment_act_payment ON cover_payment_act (payment, id);
CREATE INDEX ix_cover_payment_act_person ON cover_payment_act (person);

-- Of what is published of one activity of a person: each change takes the next revision.
CREATE TABLE scheme_cover (
    person integer NOT NULL,
    scheme text NOT NULL,
    activity text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    PRIMARY KEY (person, scheme, activity)
);
"""
_FUNCTIONS = {
    # Whoever has somebody's national id and name registers that person, and pays for it, without seeing more of it:
    # all numbers of each are held in one order, as by requests that see them.
    "hold_people_of_schemes(integer[])": """
CREATE FUNCTION hold_people_of_schemes(of_persons integer[]) RETURNS TABLE (person integer, erased_at timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT known.person, known.erased_at FROM public.person AS known
    WHERE known.person = ANY(ARRAY(SELECT unnest(public.numbers_of(number)) FROM unnest(of_persons) AS number))
    ORDER BY known.person FOR NO KEY UPDATE;
$$
""",
    # What the law of a scheme asks of a person; identity cards stay sealed.
    "joining_facts(integer, text, date)": """
CREATE FUNCTION joining_facts(of_person integer, of_scheme text, on_day date)
RETURNS TABLE (born_on text, residence text, first_paid_at timestamptz, ids uuid[], sealed bytea[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (SELECT public.numbers_of(of_person) AS numbers),
    known AS (
        SELECT stands.attribute, fact.plain
        FROM public.person_attribute AS stands JOIN public.person_fact AS fact ON fact.id = stands.fact
        WHERE stands.person = (SELECT numbers[1] FROM own) AND stands.valid @> on_day),
    cards AS (
        SELECT card.id, card.number_sealed FROM public.national_id AS card
        WHERE card.person = ANY(CAST((SELECT numbers FROM own) AS integer[])) AND card.kind = 'mykad'
              AND card.withdrawn_at IS NULL)
    SELECT (SELECT plain FROM known WHERE attribute = 'born_on'),
           (SELECT plain FROM known WHERE attribute = 'residence'),
           (SELECT min(paid.paid_at) FROM public.cover_payment AS paid
            WHERE paid.person = ANY(CAST((SELECT numbers FROM own) AS integer[])) AND paid.scheme = of_scheme
                  AND paid.state <> 'reversed'),
           ARRAY(SELECT id FROM cards ORDER BY id), ARRAY(SELECT number_sealed FROM cards ORDER BY id);
$$
""",
    # All facts of these registrations, whoever stated them: who may pay for one is decided by whom it is of.
    "scheme_registrations_named(uuid[])": """
CREATE FUNCTION scheme_registrations_named(of_registrations uuid[]) RETURNS SETOF scheme_registration_fact
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM public.scheme_registration_fact WHERE registration = ANY(of_registrations) ORDER BY id;
$$
""",
    # What is published of an activity is what all parties stated of it.
    "scheme_registrations_of(integer, text, text)": """
CREATE FUNCTION scheme_registrations_of(of_person integer, of_scheme text, of_activity text)
RETURNS SETOF scheme_registration_fact
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT ON (registration) * FROM public.scheme_registration_fact
    WHERE person = of_person AND scheme = of_scheme AND activity = of_activity ORDER BY registration, id DESC;
$$
""",
    "cover_payments_of(integer, text, text)": """
CREATE FUNCTION cover_payments_of(of_person integer, of_scheme text, of_activity text) RETURNS SETOF cover_payment
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM public.cover_payment
    WHERE person = of_person AND scheme = of_scheme AND activity = of_activity ORDER BY paid_at, payment;
$$
""",
    "next_scheme_cover(integer, text, text)": """
CREATE FUNCTION next_scheme_cover(of_person integer, of_scheme text, of_activity text) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.scheme_cover AS known (person, scheme, activity, revision)
    VALUES (of_person, of_scheme, of_activity, 1)
    ON CONFLICT (person, scheme, activity) DO UPDATE SET revision = known.revision + 1
    RETURNING revision;
$$
""",
}
_OWN = "person = ANY (CAST((SELECT own_numbers()) AS integer[]))"
_OF_A_TENANT = ("scheme_registration_fact", "cover_payment", "cover_payment_act")


def upgrade() -> None:
    """A party sees what it stated, a person what is stated of it, officers all; what waits changes its state alone."""
    run(_TABLES)
    for table in ("scheme_registration_fact", "cover_payment_act"):
        grant("registration", table, api="SELECT, INSERT", worker="SELECT, INSERT")
        never_changed(table)
    written = "SELECT, INSERT, UPDATE (state, begins_at, revision)"
    grant("registration", "cover_payment", api=written, worker=written)
    never_changed("cover_payment", *_KEPT)
    grant("registration", "scheme_cover", worker="SELECT, INSERT, UPDATE")
    for table in _OF_A_TENANT:
        protect("registration", table)
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({_OWN})")
    protect("registration", "scheme_cover", mine="false")
    for name, function in _FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO registration_api, registration_worker")


_KEPT = (
    *("payment", "registration", "person", "tenant", "scheme", "activity", "plan", "earning_sen", "channel"),
    *("receipt", "payer", "paid_at", "reported_at", "months", "amount_sen", "income_sen"),
)
