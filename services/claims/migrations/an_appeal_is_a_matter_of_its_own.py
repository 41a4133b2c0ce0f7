"""An appeal is a matter of its own, of the exact record that it is of; an order of its forum is evidence."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0065"
down_revision = "claims_0064"

# The release that runs meanwhile names no such kind; each constraint stays as it is beside it.
_ORDER_IS_EVIDENCE = """
DO $$
DECLARE
    kinds text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                   WHERE conname = 'evidence_kind_check' AND conrelid = 'evidence'::regclass);
    states text := (SELECT pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE conname = 'evidence_states' AND conrelid = 'evidence'::regclass);
BEGIN
    ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check, DROP CONSTRAINT evidence_states;
    EXECUTE 'ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check '
        || replace(kinds, 'ARRAY[', 'ARRAY[''order''::text, ') || ' NOT VALID';
    EXECUTE 'ALTER TABLE evidence ADD CONSTRAINT evidence_states '
        || regexp_replace(states, 'CASE kind', 'CASE kind WHEN ''order''::text THEN stated ? ''forum''::text')
        || ' NOT VALID';
END $$
"""
# A statement of its own each, which has the time of one.
_AS_BEFORE = ("evidence_kind_check", "evidence_states")
_APPEALS = """
CREATE TABLE appeal (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL REFERENCES claim,
    -- Who appeals.
    tenant text NOT NULL,
    -- Who typed it: of the party, or the officer to whom it was told.
    filed_by text NOT NULL,
    by_officer boolean NOT NULL,
    forum text NOT NULL
        CHECK (forum IN ('appellate_medical_board', 'social_security_appellate_board', 'high_court')),
    ground text NOT NULL CHECK (ground IN (
        'medical_assessment', 'employment', 'wages', 'contributions', 'benefit', 'question_of_law')),
    question text NOT NULL,
    -- The exact record; none where a board assessed and nothing is decided by it yet.
    revision integer NOT NULL CHECK (revision >= 0),
    record text,
    reason text NOT NULL,
    filed_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN (
        'late', 'filed', 'before_board', 'answered', 'heard', 'decided', 'not_admitted', 'withdrawn')),
    changed_at timestamptz NOT NULL,
    about uuid REFERENCES appeal,
    board_case uuid REFERENCES board_case,
    represented_by text CHECK (represented_by IN ('lawyer', 'union_officer', 'authorised_person')),
    authority text,
    late_for text CHECK (late_for IN ('not_told', 'illness', 'misled', 'new_evidence', 'other')),
    last_day date,
    number integer NOT NULL CHECK (number > 0),
    answer text,
    heard_on date,
    outcome text CHECK (outcome IN ('upheld', 'varied', 'set_aside', 'withdrawn', 'struck_out')),
    ordered_on date,
    reference text,
    document text,
    ordered uuid,
    proposed_by text,
    approved_by text,
    ended_at timestamptz,
    CHECK ((state IN ('decided', 'not_admitted', 'withdrawn')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'decided') = (outcome IS NOT NULL)),
    CHECK ((forum = 'appellate_medical_board') = (board_case IS NOT NULL)),
    CHECK ((forum = 'high_court') = (about IS NOT NULL)),
    CHECK ((proposed_by IS NULL) = (approved_by IS NULL) AND lower(proposed_by) <> lower(approved_by))
);
CREATE UNIQUE INDEX uq_appeal_open ON appeal (claim, tenant, question, forum) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX uq_appeal_board_case ON appeal (board_case);
CREATE INDEX ix_appeal_tenant ON appeal (tenant, id);
CREATE INDEX ix_appeal_filed ON appeal (filed_at);
CREATE TABLE appeal_event (
    appeal uuid NOT NULL REFERENCES appeal,
    number integer NOT NULL CHECK (number > 0),
    state text NOT NULL,
    at timestamptz NOT NULL,
    acted_by text NOT NULL,
    PRIMARY KEY (appeal, number)
);
CREATE TABLE appeal_flips (
    appeal uuid PRIMARY KEY REFERENCES appeal,
    found_at timestamptz NOT NULL,
    body jsonb NOT NULL
);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_known_spell_employer ON known_spell (employer, person);
"""
# The answer that somebody may appeal: the person; who acts for it; of a death who claims after it, or was written to.
# Others who see the claim are told that it is not theirs to appeal, and whoever does not that there is none.
_APPEALABLE = """
CREATE FUNCTION appealable(of_claim uuid, of_revision integer, of_question text)
RETURNS TABLE (claim uuid, revision integer, record text, outcome text, reason text, decided_at timestamptz,
               may_appeal boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH stands AS (
        SELECT of.id, of.person, of.kind, of.revision FROM public.claim AS stated
        JOIN public.claim AS of ON of.id = coalesce(stated.joined_to, stated.id)
        WHERE stated.id = of_claim AND stated.relation IS NOT NULL AND of.relation IS NOT NULL
    )
    SELECT stands.id, decision.revision, record.hash,
           convert_from(record.body, 'UTF8')::jsonb ->> 'outcome',
           convert_from(record.body, 'UTF8')::jsonb ->> 'reason',
           (SELECT min(CAST(first.envelope ->> 'decided_at' AS timestamptz)) FROM public.decision AS first
            WHERE first.claim = stands.id AND record.hash = ANY (first.records)),
           current_setting('jaring.role', true) = 'officer'
           OR (stands.kind <> 'death' AND stands.person = ANY (CAST((SELECT public.own_numbers()) AS bigint[])))
           OR (stands.kind <> 'death' AND stands.id = ANY (CAST((SELECT public.claims_acted_for()) AS uuid[])))
           OR (stands.kind = 'death' AND EXISTS (
                  SELECT FROM public.claim AS said
                  WHERE (said.id = stands.id OR said.joined_to = stands.id) AND said.person = stands.person
                        AND said.relation = 'shown' AND said.capacity IN ('dependant', 'guardian', 'representative')
                        AND said.tenant = current_setting('jaring.tenant', true)))
           OR (stands.kind = 'death' AND EXISTS (
                  SELECT FROM public.letter
                  WHERE letter.about = 'claim/' || stands.id
                        AND letter.tenant = current_setting('jaring.tenant', true)))
    FROM stands
    JOIN public.decision ON decision.claim = stands.id AND decision.revision = coalesce(of_revision, stands.revision)
    JOIN public.record ON record.claim = stands.id AND record.hash = ANY (decision.records)
                          AND record.question = of_question
$$
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
# By any of the person's numbers too.
_MINE = f"""
    tenant = current_setting('jaring.tenant', true) OR {_OFFICER}
    OR tenant IN (SELECT 'person:' || number FROM unnest(CAST((SELECT own_numbers()) AS bigint[])) AS number)
"""  # noqa: S608 - a constant
# What anybody files of a living person's claim the person sees, and who acts for it; of a death each its own.
_SEES = """
CREATE FUNCTION sees_appeals(of_claim uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.claim AS of
                   WHERE of.id = of_claim AND of.kind <> 'death' AND of.relation IS NOT NULL
                         AND (of.person = ANY (CAST((SELECT public.own_numbers()) AS bigint[]))
                              OR of.id = ANY (CAST((SELECT public.claims_acted_for()) AS uuid[]))))
$$
"""
_OF_MINE = "EXISTS (SELECT FROM appeal WHERE appeal.id = {table}.appeal)"
# It tells wages and employers, as the workings of a decision do: the person alone reads it, and officers.
_WORKINGS = f"""
    {_OFFICER}
    OR EXISTS (SELECT FROM appeal JOIN claim ON claim.id = appeal.claim
               WHERE appeal.id = appeal_flips.appeal AND claim.kind <> 'death' AND claim.relation IS NOT NULL
                     AND claim.person = ANY (CAST((SELECT own_numbers()) AS bigint[])))
"""


def upgrade() -> None:
    """A party files and takes back its own appeals, and officers do the rest; what was filed never changes."""
    op.execute(_ORDER_IS_EVIDENCE)
    for constraint in _AS_BEFORE:
        op.execute(f"ALTER TABLE evidence VALIDATE CONSTRAINT {constraint}")
    run(_APPEALS)
    changed = (
        "state, changed_at, number, answer, heard_on, outcome, ordered_on, reference, document, ordered, proposed_by, "
        "approved_by, ended_at"
    )
    grant("claims", "appeal", api=f"SELECT, INSERT, UPDATE ({changed})", worker=f"SELECT, UPDATE ({changed})")
    grant("claims", "appeal_event", api="SELECT, INSERT", worker="SELECT, INSERT")
    grant("claims", "appeal_flips", api="SELECT", worker="SELECT, INSERT, UPDATE")
    for function, name in ((_SEES, "sees_appeals(uuid)"), (_APPEALABLE, "appealable(uuid, integer, text)")):
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO claims_api, claims_worker")
    protect("claims", "appeal", mine=_MINE)
    protect("claims", "appeal_event", mine=_OF_MINE.format(table="appeal_event"))
    protect("claims", "appeal_flips", mine=_WORKINGS)
    op.execute("CREATE POLICY appeal_own ON appeal FOR SELECT TO claims_api USING (sees_appeals(claim))")
    # A party takes its own back, and does nothing else to it.
    op.execute(
        "CREATE POLICY appeal_ended ON appeal AS RESTRICTIVE FOR UPDATE TO claims_api USING (true) "
        f"WITH CHECK ({_OFFICER} OR state = 'withdrawn')"
    )
    filed = ("id", "claim", "tenant", "filed_by", "by_officer", "forum", "ground", "question", "revision", "record")
    never_changed(
        "appeal", *filed, "reason", "filed_at", "about", "board_case", "represented_by", "authority", "late_for"
    )
    never_changed("appeal_event")
