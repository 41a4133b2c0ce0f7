"""What names an erased person elsewhere goes with it; and whoever a claim is owed to is known as its party."""

from alembic import op

from shared.persistence.platform import grant, let_be_erased, let_seals_be_renewed, protect, renew_seals_by_the_row, run

revision = "registration_0079"
down_revision = "registration_0078"

_TABLES = """
-- A claim is open with the insured person and with each party to whom something is owed by it.
-- squawk-ignore ban-drop-constraint
ALTER TABLE known_claim DROP CONSTRAINT known_claim_pkey;
-- squawk-ignore adding-serial-primary-key-field, constraint-missing-not-valid, disallowed-unique-constraint
ALTER TABLE known_claim ADD PRIMARY KEY (claim, person);

-- The lines of others that were set aside, of a file whose bytes went with a person whom they named; as the format has
-- them, until the file is kept no longer.
CREATE TABLE contribution_rest (
    file uuid PRIMARY KEY REFERENCES contribution_file,
    tenant text NOT NULL,
    content_sealed bytea NOT NULL
);
ALTER TABLE contribution_rest ALTER COLUMN content_sealed SET STORAGE EXTERNAL;

-- Of an erasure that is granted: the numbers of which that was decided. Those of before were not kept.
UPDATE erasure SET numbers = numbers_of(person) WHERE state IN ('waiting', 'granted', 'held');
"""
# Whom the function is erasing, for the triggers: files are found by whose employees they are about, not by lines alone.
_SENT = """
CREATE FUNCTION is_sent_about_erased(of_file uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.contribution_file AS sent
        CROSS JOIN unnest(CAST(string_to_array(nullif(current_setting('jaring.erasing', true), ''), ',') AS integer[]))
             AS number
        WHERE sent.file = of_file AND sent.finished_at IS NOT NULL AND public.may_be_erased(number)
          AND (EXISTS (SELECT FROM public.spell WHERE person = number AND employer = sent.employer)
               OR EXISTS (SELECT FROM public.contribution_line WHERE person = number AND employer = sent.employer)
               OR EXISTS (SELECT FROM public.opening_month WHERE person = number AND employer = sent.employer)));
$$
"""
_FILES = """
CREATE FUNCTION erase_files_of(of_numbers integer[], files uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    rows bigint;
    more bigint;
BEGIN
    IF NOT public.any_may_be_erased(of_numbers) THEN
        RAISE EXCEPTION 'nobody granted this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('jaring.erasing', array_to_string(of_numbers, ','), true);
    DELETE FROM public.contribution_upload WHERE file = ANY(files);
    GET DIAGNOSTICS rows = ROW_COUNT;
    DELETE FROM public.contribution_piece WHERE file = ANY(files);
    GET DIAGNOSTICS more = ROW_COUNT;
    PERFORM set_config('jaring.erasing', '', true);
    RETURN rows + more;
END $$
"""
# What was stated of one and stands under another, who was one with it: copies of a merge, and what a split assigned.
_COPY = """
CREATE FUNCTION is_copy_of_erased(of_fact bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE origin (id) AS (
        SELECT copied_from FROM public.person_fact WHERE id = of_fact
        UNION SELECT earlier.copied_from FROM origin JOIN public.person_fact AS earlier USING (id))
    SELECT EXISTS (SELECT FROM origin JOIN public.person_fact AS own USING (id) WHERE public.may_be_erased(own.person))
        OR EXISTS (SELECT FROM public.person_merge_statement JOIN public.person_merge_end USING (statement)
                   WHERE what = 'split' AND counts AND of_fact = ANY(assigned)
                     AND (public.may_be_erased(person) OR public.may_be_erased(survivor)));
$$
"""
_CORRECTION = """
CREATE FUNCTION is_correction_of_erased(of_person integer, of_correction uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.person_fact AS stated
                   WHERE stated.person = of_person AND stated.correction = of_correction AND stated.retracts IS NULL
                     AND public.is_copy_of_erased(stated.id));
$$
"""
# Of whom nothing is kept: all of it. In part: where the person lived, and names that were taken back of the person too.
_COPIES = """
CREATE FUNCTION erase_copies_of(of_numbers integer[], is_whole boolean) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint[];
    said_of_others uuid[];
    rows bigint;
    more bigint;
BEGIN
    IF NOT public.any_may_be_erased(of_numbers) THEN
        RAISE EXCEPTION 'nobody granted this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH RECURSIVE own (id, is_over) AS (
        SELECT id, EXISTS (SELECT FROM public.person_fact AS later WHERE later.retracts = stated.id)
        FROM public.person_fact AS stated WHERE person = ANY(of_numbers) AND retracts IS NULL),
    elsewhere (id, is_over) AS (
        SELECT copy.id, own.is_over FROM own JOIN public.person_fact AS copy ON copy.copied_from = own.id
        UNION
        SELECT fact, false FROM public.person_merge_statement AS said
        JOIN public.person_merge_end AS ended USING (statement) CROSS JOIN unnest(said.assigned) AS fact
        WHERE said.what = 'split' AND ended.counts
          AND (said.person = ANY(of_numbers) OR said.survivor = ANY(of_numbers))
        UNION
        SELECT copy.id, elsewhere.is_over FROM elsewhere JOIN public.person_fact AS copy
            ON copy.copied_from = elsewhere.id)
    SELECT coalesce(array_agg(DISTINCT stated.id), '{}') INTO gone
    FROM elsewhere JOIN public.person_fact AS stated USING (id)
    WHERE stated.person <> ALL(of_numbers)
      AND EXISTS (SELECT FROM public.person_fact AS later WHERE later.retracts = stated.id)
      AND (is_whole OR stated.attribute = 'address' OR (stated.attribute = 'name' AND elsewhere.is_over));
    -- The corrections by which it was stated of the other one, before the facts that lead to them.
    SELECT coalesce(array_agg(stated.correction), '{}') INTO said_of_others
    FROM public.person_fact AS stated JOIN public.person_correction AS said
        ON said.correction = stated.correction AND said.person = stated.person
    WHERE stated.id = ANY(gone);
    -- What a correction stated that was taken back, or of an id that was withdrawn, says the same as the fact did.
    WITH over AS (
        DELETE FROM public.person_correction AS said
        WHERE correction = ANY(said_of_others) OR person = ANY(of_numbers) AND (is_whole
            OR correction IN (SELECT stated.correction FROM public.person_fact AS stated
                              WHERE stated.person = ANY(of_numbers) AND stated.attribute = 'name'
                                AND EXISTS (SELECT FROM public.person_fact AS later WHERE later.retracts = stated.id))
            OR correction IN (SELECT id FROM public.national_id
                              WHERE person = ANY(of_numbers) AND withdrawn_at IS NOT NULL))
        RETURNING correction)
    DELETE FROM public.person_correction_end WHERE correction IN (SELECT correction FROM over);
    GET DIAGNOSTICS more = ROW_COUNT;
    DELETE FROM public.person_name_token WHERE fact = ANY(gone);
    DELETE FROM public.person_fact WHERE id = ANY(gone) OR retracts = ANY(gone);
    GET DIAGNOSTICS rows = ROW_COUNT;
    RETURN jsonb_build_object('wrong_data', rows, 'corrections', more);
END $$
"""
# In whose rows which trigger lets the owner's functions through, beside what it lets through already.
_EXEMPT = {
    "contribution_upload": "is_sent_about_erased(OLD.file)",
    "person_fact": "is_copy_of_erased(coalesce(OLD.retracts, OLD.id))",
    "person_name_token": "is_copy_of_erased(OLD.fact)",
    "person_correction": "is_correction_of_erased(OLD.person, OLD.correction)",
    "person_correction_end": "is_correction_of_erased(OLD.person, OLD.correction)",
}
_ASKED_BY_TRIGGERS = (
    "is_sent_about_erased(uuid)",
    "is_copy_of_erased(bigint)",
    "is_correction_of_erased(integer, uuid)",
)
_FOR_THE_WORKER = ("erase_files_of(integer[], uuid[])", "erase_copies_of(integer[], boolean)")


def upgrade() -> None:
    """The worker alone erases, by functions; the API keeps of which numbers an erasure was stated and decided."""
    run(_TABLES)
    for function in (_SENT, _FILES, _COPY, _CORRECTION, _COPIES):
        op.execute(function)
    for table, unless in _EXEMPT.items():
        let_be_erased("registration", table, f"public.{unless}")
    sent = f"public.{_EXEMPT['contribution_upload']}"
    let_be_erased("registration", "contribution_piece", sent, triggers=("kept_long_enough",))
    for name in (*_ASKED_BY_TRIGGERS, *_FOR_THE_WORKER):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    for name in _ASKED_BY_TRIGGERS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO registration_api, registration_worker")
    for name in _FOR_THE_WORKER:
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO registration_worker")
    grant("registration", "contribution_rest", api="SELECT")
    protect("registration", "contribution_rest")
    let_seals_be_renewed("registration", {"contribution_rest": ("content_sealed",)})
    renew_seals_by_the_row()
    # What was granted of other numbers than there are now is asked once more: the worker takes the decision back.
    op.execute("GRANT UPDATE (proposed_by, approved_by) ON erasure TO registration_worker")
    op.execute("GRANT UPDATE (numbers) ON erasure TO registration_api")
