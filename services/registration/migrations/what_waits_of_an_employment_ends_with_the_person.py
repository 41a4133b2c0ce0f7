"""What waits of an employment ends with all that is kept of the person: nobody could decide it."""

from alembic import op

from shared.persistence.platform import run

revision = "registration_0087"
down_revision = "registration_0086"

# Once an erasure is granted no relation and no register's word waits: a backup that is put back may hold some of
# before. What a file said of an employment, and an end that waits for an officer, may wait at any time.
_LET_REST = """
CREATE OR REPLACE FUNCTION let_questions_rest(of_numbers integer[], at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.relation_statement SET answer = 'dismissed', approved_by = 'registration', answered_at = at
    WHERE answer IS NULL AND (person = ANY(of_numbers) OR relative = ANY(of_numbers));
    UPDATE public.register_statement SET state = 'dismissed', revision = revision + 1
    WHERE persons && of_numbers AND state IN ('received', 'parked');
    UPDATE public.spell_correction SET counts = false, decided_at = at
    WHERE counts IS NULL AND person = ANY(of_numbers);
    UPDATE public.spell_statement SET taken = false, proposed_by = 'registration',
        approved_by = 'registration:erasure', decided_at = at
    WHERE taken IS NULL AND person = ANY(of_numbers);
    DELETE FROM public.waiting_end WHERE person = ANY(of_numbers);
$$
"""
# By the person few of many wait.
_WAITING = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_spell_correction_person ON spell_correction (person) WHERE counts IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_spell_statement_person ON spell_statement (person) WHERE taken IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_waiting_end_person ON waiting_end (person);
"""


def upgrade() -> None:
    """As the worker lets the others rest."""
    run(_WAITING)
    op.execute(_LET_REST)
