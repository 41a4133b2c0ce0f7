"""A spell says what kind of work it is, and what would lower or extend it waits for two officers."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0043"
down_revision = "registration_0042"

_KINDS = """'permanent', 'temporary', 'contract', 'part_time', 'casual', 'apprentice', 'intern', 'domestic_worker',
            'civil_servant', 'self_employed', 'sole_proprietor', 'partner', 'prisoner'"""
_WORK = """
    ALTER TABLE {table} ADD COLUMN kind_of_work text;
    -- squawk-ignore constraint-missing-not-valid
    ALTER TABLE {table} ADD CONSTRAINT {table}_kind_of_work_check CHECK (kind_of_work IN ({kinds}));
    ALTER TABLE {table} ADD COLUMN spouse_of_employer boolean NOT NULL DEFAULT false;
    ALTER TABLE {table} ADD COLUMN allowance_sen bigint;
"""
# An end may wait because something else ended.
_WAITING = """
ALTER TABLE waiting_end ADD COLUMN cause text;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE waiting_end ADD CONSTRAINT waiting_end_cause_check CHECK (cause IN ('pass_ended', 'employer_ended'));
"""
# The days on which each Act has such work, derived with the spell; null: every day.
_SPELL = """
ALTER TABLE spell ADD COLUMN act4_has datemultirange;
ALTER TABLE spell ADD COLUMN act800_has datemultirange;
ALTER TABLE spell_fact ADD COLUMN officer text;
ALTER TABLE spell_fact ADD COLUMN approved_by text;
ALTER TABLE spell_fact ADD COLUMN reason text;
ALTER TABLE spell_fact ADD COLUMN evidence text;
"""
_CORRECTION = f"""
CREATE TABLE spell_correction (
    correction uuid PRIMARY KEY,
    spell uuid NOT NULL REFERENCES spell,
    tenant text NOT NULL,
    person integer NOT NULL,
    employer integer NOT NULL,
    source text NOT NULL,
    officer text,
    started_on date,
    ended_on date,
    goes_on boolean NOT NULL,
    kind_of_work text CHECK (kind_of_work IN ({_KINDS})),
    spouse_of_employer boolean,
    allowance_sen bigint,
    reason text NOT NULL,
    evidence text,
    stated_at timestamptz NOT NULL,
    counts boolean,
    proposed_by text,
    approved_by text,
    decided_at timestamptz,
    CHECK (tenant = 'employer:' || employer),
    CHECK ((counts IS NULL) = (decided_at IS NULL)),
    CHECK ((proposed_by IS NULL) = (approved_by IS NULL) AND approved_by <> proposed_by)
);
CREATE UNIQUE INDEX uq_spell_correction_waits ON spell_correction (spell) WHERE counts IS NULL;
CREATE INDEX ix_spell_correction_employer ON spell_correction (employer, correction);
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_STATED = (
    *("correction", "spell", "tenant", "person", "employer", "source", "officer", "started_on", "ended_on", "goes_on"),
    *("kind_of_work", "spouse_of_employer", "allowance_sen", "reason", "evidence", "stated_at"),
)
# What the law leaves out is no employment that anything is derived from.
_DAYS = """
CREATE OR REPLACE FUNCTION days_of_employment(of_person integer) RETURNS SETOF daterange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT unnest(CASE WHEN act4_has IS NULL THEN datemultirange(days) ELSE datemultirange(days) * act4_has END)
    FROM public.spell WHERE person = of_person AND NOT refused;
$$
"""
_DAYS_OF_ACT800 = """
CREATE FUNCTION days_of_act800(of_person integer) RETURNS SETOF daterange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT unnest(CASE WHEN act800_has IS NULL THEN datemultirange(days) ELSE datemultirange(days) * act800_has END)
    FROM public.spell WHERE person = of_person AND NOT refused;
$$
"""
# As before, with the kind of work of each employment, and the end of a pass.
_KNOWN = """
CREATE OR REPLACE FUNCTION known_of_cover(
    of_person integer, on_day date, known_at timestamptz, caller_tenant text, sees_all boolean
) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    month_end date := CAST(date_trunc('month', on_day) + interval '1 month - 1 day' AS date);
    last_month integer := CAST(to_char(on_day, 'YYYYMM') AS integer);
    first_month integer := CAST(to_char(on_day - interval '2 months', 'YYYYMM') AS integer);
    attributes jsonb;
    spells jsonb;
BEGIN
    IF known_at IS NULL THEN
        SELECT jsonb_object_agg(fact.attribute, jsonb_build_array(
                   fact.id, fact.plain, fact.recorded_at, split_part(fact.source, ':', 1))) INTO attributes
        FROM public.person_attribute AS known JOIN public.person_fact AS fact ON fact.id = known.fact
        WHERE known.person = of_person AND known.attribute IN ('born_on', 'residence', 'pass_ended_on')
          AND known.valid @> month_end;
        SELECT jsonb_agg(jsonb_build_array(
                   fact.id, lower(held.days), upper(held.days) - 1, fact.recorded_at, split_part(fact.source, ':', 1),
                   held.employer, held.verified, held.refused, held.stated_on, held.tenant, held.kind_of_work,
                   held.spouse_of_employer, held.allowance_sen)
                   ORDER BY held.days) INTO spells
        FROM public.spell AS held JOIN public.spell_fact AS fact ON fact.id = held.fact
        WHERE held.person = of_person;
    ELSE
        SELECT jsonb_object_agg(newest.attribute, newest.stated) INTO attributes
        FROM (SELECT DISTINCT ON (fact.attribute) fact.attribute, jsonb_build_array(
                         fact.id, fact.plain, fact.recorded_at, split_part(fact.source, ':', 1)) AS stated
              FROM public.person_fact AS fact
              WHERE fact.person = of_person AND fact.attribute IN ('born_on', 'residence', 'pass_ended_on')
                AND fact.recorded_at <= known_at AND fact.valid @> month_end
                AND NOT EXISTS (SELECT FROM public.person_fact AS later
                                WHERE later.retracts = fact.id AND later.recorded_at <= known_at)
              ORDER BY fact.attribute, fact.recorded_at DESC, fact.id DESC) AS newest;
        SELECT jsonb_agg(jsonb_build_array(
                   fact.id, lower(fact.days), upper(fact.days) - 1, fact.recorded_at, split_part(fact.source, ':', 1),
                   fact.employer, coalesce(word.granted, false), coalesce(NOT word.granted, false), held.stated_on,
                   fact.tenant, fact.kind_of_work, fact.spouse_of_employer, fact.allowance_sen)
                   ORDER BY fact.days) INTO spells
        FROM public.spell_fact AS fact
        LEFT JOIN public.spell AS held ON held.spell = fact.spell
        LEFT JOIN LATERAL (SELECT said.granted FROM public.spell_verification AS said
                           WHERE said.spell = fact.spell AND said.said_at <= known_at
                           ORDER BY said.id DESC LIMIT 1) AS word ON true
        WHERE fact.person = of_person AND fact.recorded_at <= known_at
          AND NOT EXISTS (SELECT FROM public.spell_fact AS later
                          WHERE later.spell = fact.spell AND later.retracts = fact.id
                            AND later.recorded_at <= known_at);
    END IF;
    RETURN jsonb_build_object(
        'attributes', coalesce(attributes, '{}'),
        'employed', coalesce(
            (SELECT jsonb_agg(jsonb_build_array(each -> 1, each -> 2, each -> 10, each -> 11, each -> 12))
             FROM jsonb_array_elements(spells) AS each WHERE NOT CAST(each ->> 7 AS boolean)), '[]'),
        'spells', coalesce(
            (SELECT jsonb_agg(each) FROM jsonb_array_elements(spells) AS each
             WHERE sees_all OR each ->> 9 = caller_tenant), '[]'),
        'statements', coalesce(
            (SELECT jsonb_agg(jsonb_build_array(
                        said.id, said.kind, said.filed_on, said.said_at, split_part(said.tenant, ':', 1),
                        sees_all OR said.tenant = caller_tenant) ORDER BY said.id)
             FROM public.skbbk_statement AS said
             WHERE said.person = of_person AND (known_at IS NULL OR said.said_at <= known_at)), '[]'),
        'contributions', coalesce(
            (SELECT jsonb_agg(jsonb_build_array(line.month, line.employer, file.file, file.finished_at)
                              ORDER BY line.month, line.employer)
             FROM public.contribution_line AS line JOIN public.contribution_file AS file ON file.receipt = line.receipt
             WHERE line.person = of_person AND line.month BETWEEN first_month AND last_month AND line.wage_sen > 0
               AND (sees_all OR 'employer:' || line.employer = caller_tenant)
               AND (known_at IS NULL OR file.finished_at <= known_at)), '[]'));
END $$
"""


def upgrade() -> None:
    """Nothing was in production; spells of before have no kind, which the law takes as permanent work."""
    for table in ("spell_fact", "spell", "recalled_spell"):
        run(_WORK.format(table=table, kinds=_KINDS))
    run(_SPELL)
    run(_CORRECTION)
    run(_WAITING)
    for function in (_DAYS, _DAYS_OF_ACT800, _KNOWN):
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION days_of_act800(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION days_of_act800(integer) TO registration_api, registration_worker")
    decided = "counts, proposed_by, approved_by, decided_at"
    grant("registration", "spell_correction", api=f"SELECT, INSERT, UPDATE ({decided})", worker="SELECT")
    protect("registration", "spell_correction")
    # Its employer states and sees it, and decides nothing.
    op.execute(
        "CREATE POLICY spell_correction_by_officers ON spell_correction AS RESTRICTIVE FOR UPDATE TO registration_api "
        f"USING ({_OFFICER})"
    )
    never_changed("spell_correction", *_STATED)
