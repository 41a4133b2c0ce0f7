"""While keys are rotated whoever adds ids takes a lock for many of them: thousands are more than there is room for."""

from alembic import op

revision = "registration_0073"
down_revision = "registration_0072"

# As in `what_is_sealed_is_put_under_another_key`, but a lock is that of the first byte of a hashed number: 256 in all,
# where a piece of an opening file took one for each of its ids and keys. Whoever adds an id of the same byte waits too.
_TAKEN = """
CREATE OR REPLACE FUNCTION taken_under_any_key(ids bytea[], numbers bytea[], shares_digits boolean) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('national_id/' || part, 0))
    FROM (SELECT DISTINCT get_byte(number, 0) AS part FROM unnest(numbers) AS number ORDER BY part) AS asked;
    IF EXISTS (SELECT FROM public.national_id AS known
               WHERE known.blind_index = ANY(ids) AND known.withdrawn_at IS NULL) THEN
        RETURN 'uq_national_id_blind_index';
    END IF;
    IF NOT shares_digits AND EXISTS (
            SELECT FROM public.national_id AS known
            WHERE known.number_index = ANY(numbers) AND NOT known.shares_digits AND known.withdrawn_at IS NULL) THEN
        RETURN 'uq_national_id_digits';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Under each of the two keys a number has a lock of its own: whoever adds it takes both."""
    op.execute(_TAKEN)
