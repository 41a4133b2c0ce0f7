"""The same digits under another kind of id are one person until an officer says otherwise."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0009"
down_revision = "registration_0008"

# Nothing was in production: the index is made in a moment. Of people of before that share their digits, all but the
# first count as seen by an officer: whoever looks finds them by this column.
_DIGITS = """
ALTER TABLE national_id ADD COLUMN shares_digits boolean;
UPDATE national_id AS id SET shares_digits = EXISTS (
    SELECT FROM national_id AS first WHERE first.number_index = id.number_index AND first.id < id.id);
-- squawk-ignore adding-not-nullable-field
ALTER TABLE national_id ALTER COLUMN shares_digits SET NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_national_id_digits ON national_id (number_index) WHERE NOT shares_digits;
"""
_BEHIND = """
CREATE FUNCTION name_behind_national_id(of_index bytea, on_day date)
RETURNS TABLE (person integer, fact bigint, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id.person, stated.id, stated.sealed
    FROM public.national_id AS id
    JOIN public.person_attribute AS known
      ON known.person = id.person AND known.attribute = 'name' AND known.valid @> on_day
    JOIN public.person_fact AS stated ON stated.id = known.fact
    WHERE id.blind_index = of_index;
$$
"""


def upgrade() -> None:
    """And give the API's role the sealed name behind a national id, to hold a stated one against it."""
    run(_DIGITS)
    op.execute(_BEHIND)
    op.execute("REVOKE ALL ON FUNCTION name_behind_national_id(bytea, date) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION name_behind_national_id(bytea, date) TO registration_api")
