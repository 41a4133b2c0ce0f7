"""Nobody is asked about whom nothing is kept; what was known when it was looked at is not taken to be new."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0082"
down_revision = "registration_0075"

# Once an erasure is granted none of these wait. A backup that is put back may hold one of before.
_LET_REST = """
CREATE FUNCTION let_questions_rest(of_numbers integer[], at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.relation_statement SET answer = 'dismissed', approved_by = 'registration', answered_at = at
    WHERE answer IS NULL AND (person = ANY(of_numbers) OR relative = ANY(of_numbers));
    UPDATE public.register_statement SET state = 'dismissed', revision = revision + 1
    WHERE persons && of_numbers AND state IN ('received', 'parked');
$$
"""
# Of a piece of an opening file: the lines that the dry run found to be known.
_KNOWN = "ALTER TABLE opening_piece ADD COLUMN known_lines integer[] NOT NULL DEFAULT '{}';"


def upgrade() -> None:
    """The worker lets them rest, and keeps which rows were known."""
    run(_KNOWN)
    op.execute("GRANT UPDATE (known_lines) ON opening_piece TO registration_worker")
    op.execute(_LET_REST)
    op.execute("REVOKE ALL ON FUNCTION let_questions_rest(integer[], timestamptz) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION let_questions_rest(integer[], timestamptz) TO registration_worker")
