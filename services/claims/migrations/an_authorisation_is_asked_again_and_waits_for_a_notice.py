"""An authorisation that has ended is asked for again, one waits for a notice until a day, and a death holds one."""

from alembic import op

from shared.persistence.platform import run

revision = "claims_0073"
down_revision = "claims_0072"

_STANDS = """
ALTER TABLE medical_authorisation
    -- Since when its patient, or a notice of the accident, is waited for; none: since it was asked for.
    ADD COLUMN waits_since timestamptz,
    ADD COLUMN is_extended boolean NOT NULL DEFAULT false,
    -- The same instant, once hospital and patient were asked for a notice.
    ADD COLUMN notice_asked_at timestamptz,
    -- Why people looked for the patient, of whom they found nobody.
    ADD COLUMN nobody_found_for text,
    -- Of the death by which it is held, or past which two officers let it go.
    ADD COLUMN death_on date;
-- Nothing was in production: no running release is held up while the rows are looked at.
-- squawk-ignore ban-drop-constraint
ALTER TABLE medical_authorisation DROP CONSTRAINT medical_authorisation_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE medical_authorisation ADD CONSTRAINT ck_medical_authorisation_person
    CHECK (person IS NOT NULL OR state IN ('awaiting_patient', 'ended'));
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE medical_authorisation ADD CONSTRAINT ck_medical_authorisation_tokens
    CHECK (person IS NULL OR (id_token IS NULL AND name_tokens = '{}'));
"""
# By what a person was covered on a day: asked by number by the worker alone, and of whom id and name mean by the next.
_COVER = """
CREATE FUNCTION medical_cover(of_person bigint, on_day date)
RETURNS TABLE (person bigint, is_employed boolean, category text, skbbk text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH own AS (SELECT public.numbers_of(of_person) AS numbers),
    covered AS (
        SELECT membership.scheme, held.period ->> 'category' AS category
        FROM own JOIN public.known_membership AS membership ON membership.person = ANY (own.numbers)
             CROSS JOIN jsonb_array_elements(membership.periods) AS held (period)
        WHERE CAST(held.period ->> 'first' AS date) <= on_day
              AND coalesce(CAST(held.period ->> 'last' AS date), on_day) >= on_day)
    SELECT of_person,
           EXISTS (SELECT FROM public.known_spell AS spell
                   WHERE spell.person = ANY (own.numbers) AND NOT spell.refused
                         AND spell.started_on <= on_day AND coalesce(spell.ended_on, on_day) >= on_day
                         AND (spell.verified OR spell.stated_on <= on_day)),
           (SELECT min(covered.category) FROM covered WHERE covered.scheme = 'act4'),
           (SELECT min(covered.category) FROM covered WHERE covered.scheme = 'skbbk')
    FROM own
$$
"""
# Who knows id and name is told whom they mean: nobody else, and of one alone. Of whom anybody has said that it died
# before it was admitted, it is told nothing, as of whom nobody knows; where no such day is asked of, deaths are not
# looked at. The one that a hospital makes is written down before it is answered.
_PATIENT = """
CREATE FUNCTION medical_patient(of_token text, names text[], on_day date, admitted_on date DEFAULT NULL)
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
            WHERE own.person = ANY (meant.numbers) AND name.token = ANY (names)))
    SELECT cover.person, cover.is_employed, cover.category, cover.skbbk
    FROM alone CROSS JOIN LATERAL public.medical_cover(alone.person, on_day) AS cover
    WHERE NOT EXISTS (SELECT FROM public.known_death AS died
                      WHERE died.person = ANY (alone.numbers) AND died.died_on < admitted_on)
      AND NOT EXISTS (SELECT FROM public.claim AS said
                      WHERE said.person = ANY (alone.numbers) AND said.kind = 'death' AND said.relation IS NOT NULL
                            AND said.happened_on < admitted_on)
$$
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """A hospital opens again what has ended, as if it asked for the first time; nothing else of it is its to say."""
    run(_STANDS)
    stands = "waits_since, is_extended, notice_asked_at, nobody_found_for, death_on"
    for role in ("claims_api", "claims_worker"):
        op.execute(f"GRANT UPDATE ({stands}) ON medical_authorisation TO {role}")
    op.execute("DROP POLICY medical_authorisation_stands ON medical_authorisation")
    op.execute(
        "CREATE POLICY medical_authorisation_stands ON medical_authorisation AS RESTRICTIVE FOR UPDATE TO claims_api "
        f"USING ({_OFFICER} OR state = 'ended') "
        f"WITH CHECK ({_OFFICER} OR state IN ('awaiting_patient', 'provisional'))"
    )
    # Whoever asks it without the day of an admission is answered by the new one.
    op.execute("-- squawk-ignore ban-drop-function\nDROP FUNCTION medical_patient(text, text[], date)")
    op.execute(_COVER)
    op.execute("REVOKE ALL ON FUNCTION medical_cover(bigint, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION medical_cover(bigint, date) TO claims_worker")
    op.execute(_PATIENT)
    op.execute("REVOKE ALL ON FUNCTION medical_patient(text, text[], date, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION medical_patient(text, text[], date, date) TO claims_api, claims_worker")
    # What waits is followed once, and has its day from then on.
    op.execute(
        "UPDATE due_work SET due_at = least(due_at, 'epoch'), armed = armed + 1 "
        "WHERE kind = 'follow_medical_authorisation' AND failed IS NULL"
    )
    # An officer who names a patient of whom a register says that it died; a partner sees no row.
    op.execute("GRANT SELECT ON known_death TO claims_api")
    # Whose data was told before anybody knew whose it was.
    op.execute("GRANT INSERT ON read_log_person TO claims_worker")
