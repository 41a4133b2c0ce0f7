"""A board finds the need of attendance alone; its session changes hands; who treated a person is learned later too."""

from alembic import op

revision = "claims_0050"
down_revision = "claims_0049"

# The release that runs meanwhile names no such kind; each constraint stays as it is beside it.
_ATTENDANCE_IS_EVIDENCE = """
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                   WHERE conname = 'evidence_kind_check' AND conrelid = 'evidence'::regclass);
    states text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE conname = 'evidence_states' AND conrelid = 'evidence'::regclass);
BEGIN
    ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check, DROP CONSTRAINT evidence_states;
    EXECUTE 'ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''attendance''::text, ');
    EXECUTE 'ALTER TABLE evidence ADD CONSTRAINT evidence_states '
        || regexp_replace(states, 'CASE kind', 'CASE kind WHEN ''attendance''::text THEN stated ? ''case''::text');
END $$
"""
_GIVEN = ("id", "tenant", "board", "day", "place", "quota", "planned_at")


def upgrade() -> None:
    """Officers alone change who is secretary of a session, and who is known to have treated, as the rest of both."""
    op.execute(_ATTENDANCE_IS_EVIDENCE)
    op.execute("GRANT UPDATE (secretary) ON board_session TO claims_api, claims_worker")
    op.execute("GRANT UPDATE (treated_by) ON board_case TO claims_api, claims_worker")
    op.execute("DROP TRIGGER never_changed ON board_session")
    old, new = (", ".join(f"{row}.{column}" for column in _GIVEN) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER never_changed BEFORE UPDATE ON board_session FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION never_changed()"
    )
