"""A hospital asks at admission who bears the treatment, and is answered at once."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0061"
down_revision = "claims_0060"

_AUTHORISATIONS = """
CREATE TABLE medical_authorisation (
    -- Follows from the hospital, the tokens and the day of admission.
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    asked_by text NOT NULL,
    -- By which the patient is found, and not kept longer than that takes.
    id_token text,
    name_tokens text[] NOT NULL,
    admitted_on date NOT NULL,
    happened_on date NOT NULL,
    at_time text,
    valid_until date NOT NULL,
    asked_at timestamptz NOT NULL,
    -- Whether it was answered with who may bear it when it was asked for.
    is_at_once boolean NOT NULL,
    claim uuid REFERENCES claim,
    -- The number that the id bears, whichever survives.
    person bigint,
    state text NOT NULL CHECK (state IN ('awaiting_patient', 'provisional', 'authorised', 'refused', 'ended')),
    scheme text CHECK (scheme IN ('employment_injury', 'non_employment_injury', 'none')),
    may_bear text[] NOT NULL,
    reason text,
    waits_for text NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    changed_at timestamptz NOT NULL,
    CHECK ((person IS NULL) = (state IN ('awaiting_patient', 'ended'))),
    CHECK (id_token IS NULL OR state = 'awaiting_patient'),
    CHECK (valid_until >= admitted_on AND admitted_on >= happened_on)
);
CREATE INDEX ix_medical_authorisation_tenant ON medical_authorisation (tenant, id);
CREATE INDEX ix_medical_authorisation_person ON medical_authorisation (person, id) WHERE person IS NOT NULL;
CREATE INDEX ix_medical_authorisation_asked_at ON medical_authorisation (asked_at);
"""
# Who knows id and name is told whom they mean, and by what the person was covered: nobody else, and of one alone.
# A partner's request sees no person. The one that a hospital makes is written down before it is answered.
_PATIENT = """
CREATE FUNCTION medical_patient(of_token text, names text[], on_day date)
RETURNS TABLE (person bigint, is_employed boolean, category text, skbbk text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH meant AS (
        SELECT known.person, public.numbers_of(known.person) AS numbers
        FROM public.known_identity AS bears JOIN public.known_person AS known USING (person)
        WHERE bears.id_token = of_token AND known.id_tokens ? of_token),
    alone AS (
        SELECT person, numbers FROM meant
        WHERE (SELECT count(*) FROM meant) = 1 AND EXISTS (
            SELECT FROM public.known_person AS own, jsonb_array_elements_text(own.name_tokens) AS name (token)
            WHERE own.person = ANY (meant.numbers) AND name.token = ANY (names))),
    covered AS (
        SELECT membership.scheme, held.period ->> 'category' AS category
        FROM alone JOIN public.known_membership AS membership ON membership.person = ANY (alone.numbers)
             CROSS JOIN jsonb_array_elements(membership.periods) AS held (period)
        WHERE CAST(held.period ->> 'first' AS date) <= on_day
              AND coalesce(CAST(held.period ->> 'last' AS date), on_day) >= on_day)
    SELECT alone.person,
           EXISTS (SELECT FROM public.known_spell AS spell
                   WHERE spell.person = ANY (alone.numbers) AND NOT spell.refused
                         AND spell.started_on <= on_day AND coalesce(spell.ended_on, on_day) >= on_day
                         AND (spell.verified OR spell.stated_on <= on_day)),
           (SELECT min(covered.category) FROM covered WHERE covered.scheme = 'act4'),
           (SELECT min(covered.category) FROM covered WHERE covered.scheme = 'skbbk')
    FROM alone
$$
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "person = ANY (CAST((SELECT own_numbers()) AS bigint[]))"
_ASKED = ("id", "tenant", "asked_by", "admitted_on", "happened_on", "at_time", "valid_until", "asked_at", "is_at_once")


def upgrade() -> None:
    """A hospital adds its own, the worker and officers say how each stands."""
    run(_AUTHORISATIONS)
    stands = "id_token, name_tokens, claim, person, state, scheme, may_bear, reason, waits_for, revision, "
    stands += "changed_at"
    grant(
        "claims",
        "medical_authorisation",
        api=f"SELECT, INSERT, UPDATE ({stands})",
        worker=f"SELECT, UPDATE ({stands})",
    )
    protect("claims", "medical_authorisation")
    op.execute(
        f"CREATE POLICY medical_authorisation_person ON medical_authorisation FOR SELECT TO claims_api USING ({_OWN})"
    )
    # A hospital asks, and says of none how it stands.
    op.execute(
        "CREATE POLICY medical_authorisation_stands ON medical_authorisation AS RESTRICTIVE FOR UPDATE TO claims_api "
        f"USING ({_OFFICER})"
    )
    never_changed("medical_authorisation", *_ASKED)
    op.execute(_PATIENT)
    op.execute("REVOKE ALL ON FUNCTION medical_patient(text, text[], date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION medical_patient(text, text[], date) TO claims_api, claims_worker")
