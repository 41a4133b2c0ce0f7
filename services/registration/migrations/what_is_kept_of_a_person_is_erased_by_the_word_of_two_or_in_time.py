"""What is kept of a person is erased by the word of two officers, or in its time: by one function alone."""

from alembic import op

from shared.persistence.platform import grant, let_be_erased, never_changed, protect, run

revision = "registration_0065"
down_revision = "registration_0064"

_TABLES = """
CREATE TABLE erasure (
    erasure uuid PRIMARY KEY,
    person integer NOT NULL,
    -- All numbers of the one person, when it was erased.
    numbers integer[] NOT NULL DEFAULT '{}',
    tenant text NOT NULL,
    officer text,
    reason text NOT NULL CHECK (reason IN ('asked_by_person', 'registered_by_mistake', 'time_over')),
    evidence text,
    stated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1 CHECK (revision > 0),
    state text NOT NULL CHECK (state IN ('waiting', 'refused', 'granted', 'held', 'partly', 'erased')),
    proposed_by text,
    approved_by text CHECK (approved_by <> proposed_by),
    decided_at timestamptz,
    -- Why it is postponed, who ends that, and the day on which officers are asked again.
    holds jsonb NOT NULL DEFAULT '[]',
    held_until date,
    -- What was erased, by record class; until when the law keeps the rest, and by which words.
    erased jsonb NOT NULL DEFAULT '{}',
    erased_at timestamptz,
    told_revision integer CHECK (told_revision > 0),
    kept_until date,
    kept_law text,
    CHECK ((state IN ('partly', 'erased')) = (erased_at IS NOT NULL)),
    CHECK ((erased_at IS NULL) = (told_revision IS NULL)),
    CHECK (state IN ('waiting', 'refused') OR decided_at IS NOT NULL)
);
CREATE UNIQUE INDEX uq_erasure_open ON erasure (person) WHERE state IN ('waiting', 'granted', 'held');
CREATE INDEX ix_erasure_person ON erasure (person, erasure);
CREATE INDEX ix_erasure_numbers ON erasure USING gin (numbers);

-- What claims said of claims: one that is open holds an erasure back, and the last day for which anything is owed is an
-- entry that the law keeps.
CREATE TABLE known_claim (
    claim uuid PRIMARY KEY,
    person bigint NOT NULL,
    revision integer NOT NULL,
    is_open boolean NOT NULL,
    last_on date
);
CREATE INDEX ix_known_claim_person ON known_claim (person);

ALTER TABLE person ADD COLUMN erased_at timestamptz;
-- Who may be kept no longer is found among the dead and the very old: by fixed bounds, as an index needs them.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_person_fact_died_on ON person_fact (plain) WHERE attribute = 'died_on';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_person_fact_born_early ON person_fact (plain) WHERE attribute = 'born_on' AND plain < '1960';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_assessment_line_person ON assessment_line (person);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_register_statement_persons ON register_statement USING gin (persons);
"""
_MAY = """
CREATE FUNCTION may_be_erased(of_person integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.erasure WHERE person = ANY(public.numbers_of(of_person))
                   AND state IN ('granted', 'held'));
$$
"""
_ANY_MAY = """
CREATE FUNCTION any_may_be_erased(of_persons integer[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(bool_or(public.may_be_erased(each)), false) FROM unnest(of_persons) AS each;
$$
"""
_FILE = """
CREATE FUNCTION is_file_of_erased(of_file uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    -- From the few people on: lines are found by person and by no receipt.
    SELECT EXISTS (
        SELECT FROM (SELECT unnest(public.numbers_of(person)) AS number FROM public.erasure
                     WHERE state IN ('granted', 'held')) AS own
        CROSS JOIN LATERAL (SELECT receipt FROM public.contribution_line WHERE person = own.number OFFSET 0) AS line
        JOIN public.contribution_file AS sent ON sent.receipt = line.receipt
        WHERE sent.file = of_file AND sent.finished_at IS NOT NULL);
$$
"""
_LAST_DAY = """
CREATE FUNCTION last_day_of(month integer) RETURNS date LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog AS $$
    SELECT CAST(make_date(month / 100, month % 100, 1) + interval '1 month' - interval '1 day' AS date);
$$
"""
# In whose rows which trigger lets the owner's function through, and by what of a row the person is found.
_BY_PERSON, _BY_BOTH = "may_be_erased(OLD.person)", "any_may_be_erased(ARRAY[OLD.person, OLD.other])"
_EXEMPT = (
    *(
        (table, _BY_PERSON)
        for table in (
            *("national_id", "person_fact", "person_correction", "person_correction_end", "person_search_hit"),
            *("cover_inquiry", "relation_named", "person_name_token"),
        )
    ),
    *((table, _BY_BOTH) for table in ("possible_duplicate", "duplicate_verdict")),
    ("register_statement", "any_may_be_erased(OLD.persons)"),
    ("contribution_upload", "is_file_of_erased(OLD.file)"),
    ("opening_piece", "is_opening_over(OLD.file)"),
)
# Everything goes through here, for people whose erasure was granted; how many rows of which record class.
_ERASE = """
CREATE FUNCTION erase_person(of_numbers integer[], is_whole boolean, at timestamptz) RETURNS jsonb
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
    -- Where somebody lives, and whatever two officers found never to have been so.
    DELETE FROM public.person_name_token WHERE person = ANY(of_numbers) AND (is_whole OR fact IN (
        SELECT retracts FROM public.person_fact WHERE person = ANY(of_numbers) AND retracts IS NOT NULL));
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
    DELETE FROM public.possible_duplicate WHERE person = ANY(of_numbers) OR other = ANY(of_numbers);
    DELETE FROM public.duplicate_verdict WHERE person = ANY(of_numbers) OR other = ANY(of_numbers);
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
# Rows of an earlier system's register name people too: nobody's rows are searched for, and all go by age.
_OPENING = (
    """
CREATE FUNCTION is_opening_over(of_file uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.opening_file WHERE file = of_file
                   AND ended_at < now() - interval '7 years');
$$
""",
    """
CREATE FUNCTION empty_opening_pieces(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    emptied bigint;
BEGIN
    UPDATE public.opening_piece SET content_sealed = '' WHERE (file, piece) IN (
        SELECT own.file, own.piece FROM public.opening_piece AS own JOIN public.opening_file USING (file)
        WHERE ended_at < now() - interval '7 years' AND content_sealed <> '' LIMIT most);
    GET DIAGNOSTICS emptied = ROW_COUNT;
    RETURN emptied;
END $$
""",
)
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
_OWN = "person = ANY (CAST((SELECT own_numbers()) AS integer[]))"
_STATED = ("erasure", "person", "tenant", "officer", "reason", "evidence", "stated_at")
_DECIDED = "revision, state, proposed_by, approved_by, decided_at, held_until"
_FOUND = (
    "numbers, revision, state, decided_at, holds, held_until, erased, erased_at, told_revision, kept_until, kept_law"
)


def upgrade() -> None:
    """Officers and the person state it; the worker erases, by the function, and can do it in no other way."""
    run(_TABLES)
    for function in (_MAY, _ANY_MAY, _FILE, _LAST_DAY, _ERASE, *_OPENING):
        op.execute(function)
    for table, unless in _EXEMPT:
        let_be_erased("registration", table, f"public.{unless}")
    for name in ("may_be_erased(integer)", "is_file_of_erased(uuid)", "erase_person(integer[], boolean, timestamptz)"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    # Whoever changes a row asks the first two, by the trigger.
    for name in ("may_be_erased(integer)", "is_file_of_erased(uuid)"):
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO registration_api, registration_worker")
    op.execute("REVOKE ALL ON FUNCTION empty_opening_pieces(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION empty_opening_pieces(integer) TO registration_worker")
    op.execute("GRANT EXECUTE ON FUNCTION erase_person(integer[], boolean, timestamptz) TO registration_worker")
    decided, found = f"SELECT, INSERT, UPDATE ({_DECIDED})", f"SELECT, INSERT, UPDATE ({_FOUND})"
    grant("registration", "erasure", api=decided, worker=found)
    protect("registration", "erasure")
    # The person reads what officers stated, under whichever of its numbers; it decides nothing itself.
    op.execute(f"CREATE POLICY erasure_own ON erasure FOR SELECT TO registration_api USING ({_OWN})")
    op.execute(
        f"CREATE POLICY erasure_decided ON erasure AS RESTRICTIVE FOR UPDATE TO registration_api USING ({_OFFICER})"
    )
    never_changed("erasure", *_STATED)
    grant("registration", "known_claim")
    protect("registration", "known_claim", mine="false")
