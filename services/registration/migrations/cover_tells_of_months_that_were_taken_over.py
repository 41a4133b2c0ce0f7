"""Cover tells of months that were taken over from an earlier system, by the file that they came in."""

from alembic import op

revision = "registration_0050"
down_revision = "registration_0049"

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
            (SELECT jsonb_agg(jsonb_build_array(said.month, said.employer, said.file, said.at, said.source)
                              ORDER BY said.month, said.employer)
             FROM (SELECT line.month, line.employer, file.file, file.finished_at AS at, 'employer' AS source
                   FROM public.contribution_line AS line
                   JOIN public.contribution_file AS file ON file.receipt = line.receipt
                   WHERE line.person = of_person AND line.month BETWEEN first_month AND last_month AND line.wage_sen > 0
                   UNION ALL
                   SELECT of_month.month, taken.employer, taken.file, taken.recorded_at, 'opening'
                   FROM public.opening_month AS taken
                   CROSS JOIN (SELECT CAST(to_char(on_day - make_interval(months => before), 'YYYYMM') AS integer)
                               FROM generate_series(0, 2) AS before) AS of_month (month)
                   WHERE taken.person = of_person AND of_month.month BETWEEN taken.first_month AND taken.last_month
                     AND NOT EXISTS (SELECT FROM public.contribution_line AS line
                                     JOIN public.contribution_file AS file ON file.receipt = line.receipt
                                     WHERE line.employer = taken.employer AND line.month = of_month.month
                                       AND line.person = of_person AND line.kind = 1
                                       AND (known_at IS NULL OR file.finished_at <= known_at))
                  ) AS said
             WHERE (sees_all OR 'employer:' || said.employer = caller_tenant)
               AND (known_at IS NULL OR said.at <= known_at)), '[]'));
END $$
"""


def upgrade() -> None:
    """The same function with one more source of what was contributed."""
    op.execute(_KNOWN)
