"""Nobody is asked about whom nothing is kept; what was known when it was looked at is not taken to be new."""

from alembic import op

from shared.persistence.platform import let_be_erased, run

revision = "registration_0080"
down_revision = "registration_0079"

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
# What a register stated of two stands of the one who was not erased, sealed once more by the worker.
_WORDS = (
    """
CREATE FUNCTION is_any_erased(of_persons integer[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.person WHERE person = ANY(of_persons) AND erased_at IS NOT NULL);
$$
""",
    """
CREATE FUNCTION keep_words_of_others(of_statements uuid[], words bytea[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.register_statement AS said SET said_sealed = kept.word
    FROM unnest(of_statements, words) AS kept (statement, word)
    WHERE said.id = kept.statement AND said.said_sealed = '' AND public.is_any_erased(said.persons);
$$
""",
)
# Of a piece of an opening file: the lines that the dry run found to be known.
_KNOWN = "ALTER TABLE opening_piece ADD COLUMN known_lines integer[] NOT NULL DEFAULT '{}';"


def upgrade() -> None:
    """The worker lets them rest, and keeps which rows were known."""
    run(_KNOWN)
    op.execute("GRANT UPDATE (known_lines) ON opening_piece TO registration_worker")
    for function in (_LET_REST, *_WORDS):
        op.execute(function)
    let_be_erased("registration", "register_statement", "public.is_any_erased(OLD.persons)")
    for name in ("let_questions_rest(integer[], timestamptz)", "keep_words_of_others(uuid[], bytea[])"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO registration_worker")
