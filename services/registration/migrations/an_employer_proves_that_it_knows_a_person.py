"""A request may ask whether a person bears a national id, and still cannot read one."""

from alembic import op

revision = "registration_0002"
down_revision = "registration_0001"

_BEARS = """
CREATE FUNCTION bears_national_id(of_person integer, of_index bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.national_id WHERE blind_index = of_index AND person = of_person);
$$
"""


def upgrade() -> None:
    """Give the API's role the answer yes or no: `national_id` itself stays closed to it."""
    op.execute(_BEARS)
    op.execute("REVOKE ALL ON FUNCTION bears_national_id(integer, bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION bears_national_id(integer, bytea) TO registration_api")
