"""Whom a file names is known without reading it; what was being worked off while a person was erased goes too."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "registration_0082"
down_revision = "registration_0081"

# A row for a file, or for each piece of one; none for a file of before, or of which no line was looked at.
_TABLE = """
CREATE TABLE contribution_file_person (
    file uuid NOT NULL REFERENCES contribution_file,
    -- Of a file that is kept whole 0; of what was found before it was worked off -1.
    number integer NOT NULL CHECK (number >= -1),
    persons integer[] NOT NULL,
    -- Whether each line names one of them, by number and name: then nobody else is named in it.
    of_all_lines boolean NOT NULL,
    PRIMARY KEY (file, number)
);
-- What keeps an erasure waiting, beside files: their members are files in a moment.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_archive_unfinished ON contribution_archive (tenant) WHERE finished_at IS NULL;
"""
_SENT = """
CREATE OR REPLACE FUNCTION is_sent_about_erased(of_file uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.contribution_file AS sent
        CROSS JOIN unnest(CAST(string_to_array(nullif(current_setting('jaring.erasing', true), ''), ',') AS integer[]))
             AS own (erased)
        WHERE sent.file = of_file AND sent.finished_at IS NOT NULL
          -- Of whom all is erased already: what was being worked off then, and names the number.
          AND CASE WHEN public.may_be_erased(own.erased) THEN
              EXISTS (SELECT FROM public.spell WHERE person = own.erased AND employer = sent.employer)
              OR EXISTS (SELECT FROM public.contribution_line WHERE person = own.erased AND employer = sent.employer)
              OR EXISTS (SELECT FROM public.opening_month WHERE person = own.erased AND employer = sent.employer)
              OR EXISTS (SELECT FROM public.person_fact
                         WHERE person = own.erased AND source = 'employer:' || sent.employer)
          ELSE public.is_any_erased(ARRAY[own.erased])
              AND EXISTS (SELECT FROM public.contribution_file_person AS named
                          WHERE named.file = of_file AND own.erased = ANY (named.persons))
          END);
$$
"""
_FILES = """
CREATE OR REPLACE FUNCTION erase_files_of(of_numbers integer[], files uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rows bigint;
    more bigint;
BEGIN
    IF NOT public.any_may_be_erased(of_numbers) AND NOT public.is_any_erased(of_numbers) THEN
        RAISE EXCEPTION 'nobody granted this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('jaring.erasing', array_to_string(of_numbers, ','), true);
    DELETE FROM public.contribution_upload WHERE file = ANY(files);
    GET DIAGNOSTICS rows = ROW_COUNT;
    DELETE FROM public.contribution_piece WHERE file = ANY(files);
    GET DIAGNOSTICS more = ROW_COUNT;
    DELETE FROM public.contribution_file_person WHERE file = ANY(files);
    PERFORM set_config('jaring.erasing', '', true);
    RETURN rows + more;
END $$
"""
# Of files it finds none: whoever erases has had those erased that name the person, before.
_ERASE = """
CREATE OR REPLACE FUNCTION erase_person(of_numbers integer[], is_whole boolean, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found jsonb := '{}';
    rows bigint;
    more bigint;
BEGIN
    IF NOT public.any_may_be_erased(of_numbers) THEN
        RAISE EXCEPTION 'nobody granted this' USING ERRCODE = 'insufficient_privilege';
    END IF;
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
# A line leads to an employer, by which the other function lets its file through: this one, by receipt, let through no
# other.
_UNLESS = "(NOT ((CURRENT_USER = 'registration_migrate'::name) AND is_file_of_erased(old.file)))"
_LET_GO = """
DO $do$
DECLARE
    kept record;
    made text;
BEGIN
    FOR kept IN SELECT oid, tgname, tgrelid::regclass AS of_table FROM pg_trigger
                WHERE NOT tgisinternal AND position('is_file_of_erased' IN pg_get_triggerdef(oid)) > 0 LOOP
        made := replace(pg_get_triggerdef(kept.oid), $a${unless}$a$, 'true');
        EXECUTE format('DROP TRIGGER %I ON %s', kept.tgname, kept.of_table);
        EXECUTE made;
    END LOOP;
END $do$
"""


def upgrade() -> None:
    """Whoever works off lines keeps whom they name; the worker alone does, and reads it."""
    run(_TABLE)
    grant("registration", "contribution_file_person", worker="SELECT, INSERT, UPDATE (persons), DELETE")
    protect("registration", "contribution_file_person", mine="false")
    for function in (_SENT, _FILES, _ERASE):
        op.execute(function)
    op.execute(_LET_GO.format(unless=_UNLESS))
    run("-- squawk-ignore ban-drop-function\nDROP FUNCTION is_file_of_erased(uuid);\n")
