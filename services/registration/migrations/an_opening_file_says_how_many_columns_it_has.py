"""An opening file says how many columns its rows have; who may see a merged person is shared once a statement."""

from alembic import op

from shared.persistence.platform import never_changed, run

revision = "registration_0062"
down_revision = "registration_0061"

# Of files of before: the columns that each kind had.
_COLUMNS = """
ALTER TABLE opening_file ADD COLUMN columns smallint;
UPDATE opening_file SET columns = CASE kind WHEN 'employers' THEN 3 WHEN 'months' THEN 11 ELSE 5 END;
-- squawk-ignore adding-not-nullable-field
ALTER TABLE opening_file ALTER COLUMN columns SET NOT NULL;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE opening_file ADD CONSTRAINT opening_file_columns_check CHECK (columns BETWEEN 3 AND 11);
DROP TRIGGER never_changed ON opening_file;
"""
_STATED = ("file", "tenant", "officer", "kind", "columns", "digest", "lines", "pieces", "received_at")
# Asked of each row by itself it cost more than the row: a file lets thousands be seen in one statement.
_SHARED = """
CREATE FUNCTION accesses_are_shared() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM public.share_access(seen.person) FROM (SELECT DISTINCT person FROM added WHERE through IS NULL) AS seen
    WHERE EXISTS (SELECT FROM public.person_merge AS known WHERE known.person = seen.person AND known.merged)
       OR EXISTS (SELECT FROM public.person_merge AS known WHERE known.survivor = seen.person AND known.merged);
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE TRIGGER accesses_are_shared AFTER INSERT ON person_access REFERENCING NEW TABLE AS added FOR EACH STATEMENT
EXECUTE FUNCTION accesses_are_shared()
"""
# Who was employed when was asked of the index that keeps spells apart, which takes ten times as long.
_BY_PERSON = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_spell_person ON spell (person);
"""


def upgrade() -> None:
    """Nothing was in production: no running release sends or loads files meanwhile."""
    run(_COLUMNS)
    never_changed("opening_file", *_STATED, deletable=True)
    op.execute("DROP TRIGGER access_is_shared ON person_access")
    op.execute(_SHARED)
    op.execute(_TRIGGER)
    run(_BY_PERSON)
    # What an earlier system knew of an employer is loaded by the worker.
    op.execute("GRANT INSERT ON employer_fact, employer_attribute TO registration_worker")
