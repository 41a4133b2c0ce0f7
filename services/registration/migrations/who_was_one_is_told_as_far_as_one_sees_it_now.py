"""What was known while numbers were one is told of those that whoever asks sees now: after a split, of its own."""

from alembic import op

revision = "registration_0071"
down_revision = "registration_0070"

# As of an instant the numbers that were one person's then: all of them for officers, else those that the asker sees.
# The one that survived comes first where it is one of them, else the one that is asked for. Nobody asks as of an
# instant by an id: who asks by that has no tenant.
_SEEN = """
CREATE FUNCTION numbers_seen_of(of_person integer, known_at timestamptz) RETURNS integer[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE
        WHEN known_at IS NULL OR coalesce(current_setting('jaring.role', true) = 'officer', false)
            THEN public.numbers_known_of(of_person, known_at)
        ELSE ARRAY(
            SELECT number
            FROM unnest(public.numbers_known_of(of_person, known_at)) WITH ORDINALITY AS known (number, place)
            WHERE number = of_person OR 'person:' || number = current_setting('jaring.tenant', true)
               OR EXISTS (SELECT FROM public.person_access AS access
                          WHERE access.tenant = current_setting('jaring.tenant', true) AND access.person = number)
            ORDER BY place > 1, number <> of_person, place) END;
$$
"""
_COVER = "known_of_cover(integer, date, timestamptz, text, boolean)"
_BEFORE, _AFTER = "public.numbers_known_of(of_person, known_at)", "public.numbers_seen_of(of_person, known_at)"


def upgrade() -> None:
    """Cover asks the new function; whoever may not see the person is told so before."""
    op.execute(_SEEN)
    op.execute("REVOKE ALL ON FUNCTION numbers_seen_of(integer, timestamptz) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION numbers_seen_of(integer, timestamptz) TO registration_api")
    op.execute(
        f"DO $do$ DECLARE made text = pg_get_functiondef(CAST('{_COVER}' AS regprocedure));\n"
        f"BEGIN\nIF position($b${_BEFORE}$b$ in made) = 0 THEN RAISE EXCEPTION 'it says something else'; END IF;\n"
        f"EXECUTE replace(made, $b${_BEFORE}$b$, $b${_AFTER}$b$);\nEND $do$"
    )
