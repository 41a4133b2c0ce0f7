"""Cover is read from facts, by who may ask: the person itself, an employer of its own spells, officers, a hospital."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "registration_0037"
down_revision = "registration_0036"

# What hospitals asked at admission is kept: the person sees who did. No person where none was found.
_INQUIRIES = """
CREATE TABLE cover_inquiry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    person integer REFERENCES person,
    client text NOT NULL,
    on_day date NOT NULL,
    asked_at timestamptz NOT NULL
);
CREATE INDEX ix_cover_inquiry_person ON cover_inquiry (person, id) WHERE person IS NOT NULL;
-- Nothing was in production: nobody waits while the index is made.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_spell_fact_person ON spell_fact (person);
"""
# The current tables answer where no instant is asked for, else the facts that were recorded and not retracted by then.
# Connections keep the plans. Of spells and lines it tells what the asker may see; days of employment and statements
# count of everybody, as in `days_of_employment` and `skbbk_statements`.
_KNOWN = """
CREATE FUNCTION known_of_cover(
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
        WHERE known.person = of_person AND known.attribute IN ('born_on', 'residence') AND known.valid @> month_end;
        SELECT jsonb_agg(jsonb_build_array(
                   fact.id, lower(held.days), upper(held.days) - 1, fact.recorded_at, split_part(fact.source, ':', 1),
                   held.employer, held.verified, held.refused, held.stated_on, held.tenant)
                   ORDER BY held.days) INTO spells
        FROM public.spell AS held JOIN public.spell_fact AS fact ON fact.id = held.fact
        WHERE held.person = of_person;
    ELSE
        SELECT jsonb_object_agg(newest.attribute, newest.stated) INTO attributes
        FROM (SELECT DISTINCT ON (fact.attribute) fact.attribute, jsonb_build_array(
                         fact.id, fact.plain, fact.recorded_at, split_part(fact.source, ':', 1)) AS stated
              FROM public.person_fact AS fact
              WHERE fact.person = of_person AND fact.attribute IN ('born_on', 'residence')
                AND fact.recorded_at <= known_at AND fact.valid @> month_end
                AND NOT EXISTS (SELECT FROM public.person_fact AS later
                                WHERE later.retracts = fact.id AND later.recorded_at <= known_at)
              ORDER BY fact.attribute, fact.recorded_at DESC, fact.id DESC) AS newest;
        SELECT jsonb_agg(jsonb_build_array(
                   fact.id, lower(fact.days), upper(fact.days) - 1, fact.recorded_at, split_part(fact.source, ':', 1),
                   fact.employer, coalesce(word.granted, false), coalesce(NOT word.granted, false), held.stated_on,
                   fact.tenant) ORDER BY fact.days) INTO spells
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
            (SELECT jsonb_agg(jsonb_build_array(each -> 1, each -> 2)) FROM jsonb_array_elements(spells) AS each
             WHERE NOT CAST(each ->> 7 AS boolean)), '[]'),
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
# Nothing where there is nobody, or where nobody may be seen.
_COVER = """
CREATE FUNCTION cover_facts(of_person integer, on_day date, known_at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    caller_tenant text := current_setting('jaring.tenant', true);
    sees_all boolean := coalesce(current_setting('jaring.role', true) = 'officer', false)
                        OR coalesce(caller_tenant = 'person:' || of_person, false);
BEGIN
    IF NOT EXISTS (SELECT FROM public.person AS known WHERE known.person = of_person) OR NOT sees_all AND NOT EXISTS (
        SELECT FROM public.person_access AS access WHERE access.tenant = caller_tenant AND access.person = of_person)
    THEN
        RETURN NULL;
    END IF;
    RETURN known_of_cover(of_person, on_day, known_at, caller_tenant, sees_all);
END $$
"""
# Whoever knows a national id's keyed index learns what cover rests on, without the facts that name an employer. Whether
# the name fits is held against it before.
_BEHIND = """
CREATE FUNCTION cover_behind_national_id(of_index bytea, on_day date) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (SELECT known_of_cover(id.person, on_day, NULL, '', false) FROM public.national_id AS id
            WHERE id.blind_index = of_index);
END $$
"""
_WHO = """
CREATE FUNCTION employers_who_see(of_person integer) RETURNS SETOF integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CAST(split_part(access.tenant, ':', 2) AS integer) FROM public.person_access AS access
    WHERE access.person = of_person AND access.tenant LIKE 'employer:%'
      AND current_setting('jaring.tenant', true) = 'person:' || of_person
    ORDER BY 1;
$$
"""
_FOR_REQUESTS = (
    "cover_facts(integer, date, timestamptz)",
    "cover_behind_national_id(bytea, date)",
    "employers_who_see(integer)",
)
_OWN = "'person:' || person = current_setting('jaring.tenant', true)"


def upgrade() -> None:
    """Requests get functions that say themselves who may ask; the tables stay closed to them."""
    run(_INQUIRIES)
    for function in (_KNOWN, _COVER, _BEHIND, _WHO):
        op.execute(function)
    op.execute("REVOKE ALL ON FUNCTION known_of_cover(integer, date, timestamptz, text, boolean) FROM PUBLIC")
    for name in _FOR_REQUESTS:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO registration_api")
    grant("registration", "cover_inquiry", api="SELECT, INSERT", worker="SELECT")
    protect("registration", "cover_inquiry")
    never_changed("cover_inquiry")
    # A person reads what was declared for it, and who asked about it; it changes neither.
    for table in ("contribution_line", "cover_inquiry"):
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO registration_api USING ({_OWN})")
