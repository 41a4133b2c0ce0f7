"""Months of before a take-over are not missing; and the end of a pass is known again after a restore, as published."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0077"
down_revision = "registration_0076"

# The first month that was taken over of an employer, for each of its people.
_INDEX = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_opening_month_employer ON opening_month (employer, first_month);
"""
_ENDED_ON = "ALTER TABLE recalled_person ADD COLUMN pass_ended_on date;"
# Tokens do not depend on the keys that are rotated: they are asked also for who stands under a key that is not here.
_TAKEN = """
CREATE FUNCTION taken_by_token(token text, other_kinds text[], shares_digits boolean) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM public.national_id AS known
                     WHERE known.id_token = token AND known.withdrawn_at IS NULL)
            THEN 'uq_national_id_token'
        WHEN NOT shares_digits AND EXISTS (
                SELECT FROM public.national_id AS known
                WHERE known.id_token = ANY(other_kinds) AND NOT known.shares_digits AND known.withdrawn_at IS NULL)
            THEN 'uq_national_id_digits' END
$$
"""
# As before, and beside it: whether all that is known of the month is what was taken over, since when all employment of
# the month is, and the first month that was taken over of the employer then.
_MONTHS_OF_PERSON = """
CREATE FUNCTION months_of_person(of_person integer, to_day date)
RETURNS TABLE (month integer, employer integer, wage_sen bigint, declared_sen bigint, banked_sen bigint,
               money_waits boolean, is_taken_over boolean, taken_over_on date, first_month integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT employed.month, employed.employer, line.wage_sen, account.declared_sen, account.banked_sen,
           EXISTS (SELECT FROM public.contribution_receipt AS kept
                   WHERE (kept.employer, kept.month) = (employed.employer, employed.month)
                     AND (kept.revision = 0 OR kept.unallocated_for IN ('nothing_declared', 'banked_already',
                                                                        'more_than_declared'))),
           coalesce(line.is_taken_over, false), employed.taken_over_on,
           CASE WHEN employed.taken_over_on IS NOT NULL THEN
               (SELECT min(taken.first_month) FROM public.opening_month AS taken
                WHERE taken.employer = employed.employer) END
    FROM (SELECT CAST(extract(year FROM first) * 100 + extract(month FROM first) AS integer) AS month, seen.employer,
                 CASE WHEN bool_and(seen.is_opening) THEN min(seen.stated_on) END AS taken_over_on
          FROM (SELECT spell.employer, spell.days, spell.stated_on,
                       EXISTS (SELECT FROM public.spell_fact AS fact
                               WHERE fact.spell = spell.spell AND fact.source = 'opening') AS is_opening
                FROM public.spell
                WHERE spell.person = ANY(public.numbers_of(of_person)) AND NOT spell.refused
                  AND (current_setting('jaring.role', true) = 'officer'
                       OR current_setting('jaring.tenant', true) = ANY(array_append(
                           ARRAY(SELECT 'person:' || number FROM unnest(public.numbers_of(of_person)) AS number),
                           'employer:' || spell.employer)))) AS seen
          CROSS JOIN LATERAL generate_series(
              date_trunc('month', lower(seen.days)), least(upper(seen.days) - 1, to_day), interval '1 month') AS first
          GROUP BY 1, 2
         ) AS employed
    LEFT JOIN (SELECT known.month, known.employer, CAST(sum(known.wage_sen) AS bigint) AS wage_sen,
                      bool_and(known.receipt = 0) AS is_taken_over
               FROM public.known_line AS known WHERE known.person = ANY(public.numbers_of(of_person))
               GROUP BY known.month, known.employer) AS line
      ON (line.employer, line.month) = (employed.employer, employed.month)
    LEFT JOIN public.contribution_account AS account
      ON (account.employer, account.month) = (employed.employer, employed.month);
$$
"""


def upgrade() -> None:
    """A function of another form takes the place of the one before."""
    run(_INDEX)
    run(_ENDED_ON)
    op.execute(_TAKEN)
    op.execute("REVOKE ALL ON FUNCTION taken_by_token(text, text[], boolean) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION taken_by_token(text, text[], boolean) TO registration_api")
    op.execute("GRANT EXECUTE ON FUNCTION taken_by_token(text, text[], boolean) TO registration_worker")
    # Who asked the one before reads its columns of this one, by their names.
    op.execute("-- squawk-ignore ban-drop-function\nDROP FUNCTION months_of_person(integer, date)")
    op.execute(_MONTHS_OF_PERSON)
    op.execute("REVOKE ALL ON FUNCTION months_of_person(integer, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION months_of_person(integer, date) TO registration_api")
