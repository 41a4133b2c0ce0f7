"""An erasure that was granted happens and ends: no trigger or reference is in its way, and claims are known first."""

from alembic import op

from shared.persistence.platform import grant, let_be_erased, protect, run

revision = "registration_0078"
down_revision = "registration_0077"

_ERASE = """
CREATE OR REPLACE FUNCTION erase_person(of_numbers integer[], is_whole boolean, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found jsonb := '{}';
    rows bigint;
    more bigint;
    sent uuid[];
BEGIN
    IF NOT public.any_may_be_erased(of_numbers) THEN
        RAISE EXCEPTION 'nobody granted this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Whose files may go is asked of each by a trigger, and not of everybody's whose erasure waits.
    PERFORM set_config('jaring.erasing', array_to_string(of_numbers, ','), true);
    -- Where somebody lives, and whatever two officers found never to have been so.
    -- Tokens are found by their facts: of a person there is no index.
    DELETE FROM public.person_name_token WHERE fact IN (
        SELECT CASE WHEN is_whole THEN id ELSE retracts END FROM public.person_fact
        WHERE person = ANY(of_numbers) AND attribute = 'name');
    DELETE FROM public.person_attribute WHERE person = ANY(of_numbers) AND (is_whole OR attribute = 'address');
    DELETE FROM public.person_fact AS fact WHERE person = ANY(of_numbers) AND attribute = 'address';
    GET DIAGNOSTICS rows = ROW_COUNT;
    found := found || jsonb_build_object('contact', rows);
    DELETE FROM public.person_fact AS fact WHERE person = ANY(of_numbers) AND (is_whole OR (attribute = 'name'
        AND (retracts IS NOT NULL OR id IN (
            SELECT taken.retracts FROM public.person_fact AS taken WHERE taken.person = ANY(of_numbers)))));
    GET DIAGNOSTICS rows = ROW_COUNT;
    DELETE FROM public.national_id WHERE person = ANY(of_numbers) AND (is_whole OR withdrawn_at IS NOT NULL);
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found || jsonb_build_object(CASE WHEN is_whole THEN 'identity' ELSE 'wrong_data' END, rows + more);
    WITH over AS (
        DELETE FROM public.person_correction AS said WHERE person = ANY(of_numbers)
            AND (is_whole OR attribute = 'address' OR EXISTS (
                SELECT FROM public.person_correction_end AS ended
                WHERE ended.correction = said.correction AND NOT ended.counts))
        RETURNING correction)
    DELETE FROM public.person_correction_end WHERE correction IN (SELECT correction FROM over);
    GET DIAGNOSTICS rows = ROW_COUNT;
    found := found || jsonb_build_object('corrections', rows);
    -- The bytes that name the person; whatever was posted of them stands.
    SELECT coalesce(array_agg(DISTINCT file.file), '{}') INTO sent
    FROM public.contribution_line AS line JOIN public.contribution_file AS file ON file.receipt = line.receipt
    WHERE line.person = ANY(of_numbers) AND file.finished_at IS NOT NULL;
    DELETE FROM public.contribution_upload WHERE file = ANY(sent);
    GET DIAGNOSTICS rows = ROW_COUNT;
    DELETE FROM public.contribution_piece WHERE file = ANY(sent);
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found || jsonb_build_object('uploads', rows + more);
    IF NOT is_whole THEN
        RETURN found;
    END IF;
    DELETE FROM public.person_search_hit WHERE person = ANY(of_numbers);
    GET DIAGNOSTICS rows = ROW_COUNT;
    DELETE FROM public.cover_inquiry WHERE person = ANY(of_numbers);
    GET DIAGNOSTICS more = ROW_COUNT;
    found := found || jsonb_build_object('accesses', rows + more);
    -- What two officers found of a pair refers to it.
    DELETE FROM public.duplicate_verdict WHERE person = ANY(of_numbers) OR other = ANY(of_numbers);
    DELETE FROM public.possible_duplicate WHERE person = ANY(of_numbers) OR other = ANY(of_numbers);
    -- What the relatives' own records rest on stands: by number, without the name of who is not registered.
    UPDATE public.relation_named SET name_sealed = NULL, name_tokens = '{}', born_on = NULL
    WHERE person = ANY(of_numbers) AND (name_sealed IS NOT NULL OR name_tokens <> '{}' OR born_on IS NOT NULL);
    GET DIAGNOSTICS rows = ROW_COUNT;
    found := found || jsonb_build_object('named_relatives', rows);
    UPDATE public.register_statement SET said_sealed = '' WHERE persons && of_numbers AND said_sealed <> '';
    GET DIAGNOSTICS rows = ROW_COUNT;
    found := found || jsonb_build_object('register_statements', rows);
    DELETE FROM public.recalled_person WHERE person = ANY(of_numbers);
    DELETE FROM public.person_access WHERE person = ANY(of_numbers);
    UPDATE public.person SET erased_at = at WHERE person = ANY(of_numbers) AND erased_at IS NULL;
    RETURN found;
END $$
"""
_FILE = """
CREATE OR REPLACE FUNCTION is_file_of_erased(of_file uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    came bigint;
    erasing integer[] := CAST(string_to_array(nullif(current_setting('jaring.erasing', true), ''), ',') AS integer[]);
BEGIN
    SELECT receipt INTO came FROM public.contribution_file WHERE file = of_file AND finished_at IS NOT NULL;
    -- From the few people on, and where one is being erased from that one: lines are found by person and by no receipt.
    RETURN came IS NOT NULL AND EXISTS (
        SELECT FROM (SELECT unnest(public.numbers_of(person)) AS number FROM public.erasure
                     WHERE state IN ('granted', 'held') AND (erasing IS NULL OR person = ANY(erasing))) AS own
        CROSS JOIN LATERAL (SELECT receipt FROM public.contribution_line
                            WHERE person = own.number OFFSET 0) AS line
        WHERE line.receipt = came);
END $$
"""
# Whether all that claims decided has been told here, and that as long as the projection stands.
_KNOWN = """
CREATE TABLE claims_announced (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    known_at timestamptz,
    said_by text
);
-- Before the first person there was no claim. Where people were registered earlier an operator says when claims has
-- stated everything (docs/operations.md): topics hold fourteen days.
INSERT INTO claims_announced (known_at, said_by)
SELECT CASE WHEN NOT EXISTS (SELECT FROM person) THEN now() END, 'migration';

ALTER TABLE erasure ADD COLUMN claims_asked_at timestamptz;

-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_relation_named_person ON relation_named (person);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_recalled_person_person ON recalled_person (person);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_duplicate_verdict_other ON duplicate_verdict (other);

-- Pieces of the timer, under a name that was the timer's own, came again each day for good.
DELETE FROM due_work WHERE kind = 'erase_expired' AND payload <> '{}';
"""
_FORGET = """
CREATE FUNCTION forget_that_claims_are_known() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.claims_announced SET known_at = NULL, said_by = 'emptied';
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """The function that erases; whom its triggers let through; and how far what claims decided is known."""
    op.execute(_ERASE)
    op.execute(_FILE)
    let_be_erased(
        "registration", "contribution_piece", "public.is_file_of_erased(OLD.file)", triggers=("kept_long_enough",)
    )
    run(_KNOWN)
    grant("registration", "claims_announced", worker="SELECT")
    protect("registration", "claims_announced", mine="false")
    op.execute("GRANT UPDATE (claims_asked_at) ON erasure TO registration_worker")
    op.execute(_FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_that_claims_are_known() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER forget_that_claims_are_known AFTER TRUNCATE ON known_claim FOR EACH STATEMENT "
        "EXECUTE FUNCTION forget_that_claims_are_known()"
    )
