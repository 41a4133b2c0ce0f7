"""Whoever acted for somebody reads and is told nothing once its term has ended, as benefits has it."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "claims_0069"
down_revision = "claims_0068"

_KNOWN = """
CREATE TABLE known_acting (
    statement uuid PRIMARY KEY,
    -- For whom somebody acts, by number, and who does, as kind and number; as what, from which day to which.
    ward bigint NOT NULL,
    holder text NOT NULL,
    says text NOT NULL,
    first_on date NOT NULL,
    last_on date,
    -- In whose place it stands; and whether that one was wrong from the beginning.
    replaces uuid,
    withdrawn boolean NOT NULL
);
CREATE INDEX ix_known_acting_ward ON known_acting (ward);
CREATE INDEX ix_known_acting_holder ON known_acting (holder);
CREATE INDEX ix_known_acting_replaces ON known_acting (replaces) WHERE replaces IS NOT NULL;
ALTER TABLE claim ADD COLUMN acting_ended boolean NOT NULL DEFAULT false;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_claim_acting_ended ON claim (tenant) WHERE acting_ended;
"""
_ME = "current_setting('jaring.tenant', true)"
# The caller's notices as a guardian or representative whose term has ended; and of which events they were, unless the
# caller speaks of that as something else too.
_ENDED = f"""
CREATE FUNCTION claims_no_longer_acted_for() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT id FROM public.claim WHERE tenant = {_ME} AND acting_ended
        UNION
        SELECT ended.joined_to FROM public.claim AS ended
        WHERE ended.tenant = {_ME} AND ended.acting_ended AND ended.joined_to IS NOT NULL AND NOT EXISTS (
            SELECT FROM public.claim AS live
            WHERE live.tenant = {_ME} AND NOT live.acting_ended AND live.relation IS NOT NULL
                  AND ended.joined_to IN (live.id, live.joined_to)));
$$
"""  # noqa: S608 - constants
# Letters about those, and about benefits of those for whom it acted.
_SAYS = "CAST(convert_from(letter.content, 'UTF8') AS jsonb) -> 'says' ->> 'of'"
_LETTERS = f"""
CREATE FUNCTION letters_no_longer_acted_for() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT letter.id FROM public.letter
        WHERE tenant = {_ME} AND EXISTS (SELECT FROM public.claim WHERE tenant = {_ME} AND acting_ended) AND (
            split_part(about, '/', 2) IN (
                SELECT CAST(ended AS text) FROM unnest(public.claims_no_longer_acted_for()) AS ended
                UNION ALL
                SELECT CAST(id AS text) FROM public.board_case WHERE claim = ANY (public.claims_no_longer_acted_for())
                UNION ALL
                SELECT CAST(id AS text) FROM public.evidence_request
                WHERE claim = ANY (public.claims_no_longer_acted_for()))
            OR (split_part(about, '/', 1) IN ('certificate', 'suspension', 'recovery') AND {_SAYS} IN (
                SELECT 'person:' || number FROM public.claim CROSS JOIN unnest(public.numbers_of(person)) AS number
                WHERE tenant = {_ME} AND acting_ended))));
$$
"""  # noqa: S608 - constants
_ACTED_FOR = f"""
CREATE OR REPLACE FUNCTION claims_acted_for() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT DISTINCT other.id FROM public.claim AS shown JOIN public.claim AS other
               ON other.person = shown.person
                  AND coalesce(other.joined_to, other.id) = coalesce(shown.joined_to, shown.id)
        WHERE shown.tenant = {_ME} AND shown.relation = 'shown' AND NOT shown.acting_ended
              AND shown.capacity IN ('guardian', 'representative') AND other.relation IS NOT NULL);
$$
"""  # noqa: S608 - constants
_ACTS = f"""
CREATE OR REPLACE FUNCTION is_acting_for(of_claim uuid, of_person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.claim AS acting
                   WHERE acting.person = ANY (public.numbers_of(of_person))
                         AND (acting.id = of_claim OR acting.joined_to = of_claim)
                         AND acting.relation = 'shown' AND acting.capacity IN ('guardian', 'representative')
                         AND NOT acting.acting_ended AND acting.tenant = {_ME})
$$
"""  # noqa: S608 - constants
# Whatever other policy shows of these.
_OF_CLAIMS = ("decision", "record", "question", "evidence", "document", "evidence_request", "board_case")


def upgrade() -> None:
    """What benefits published before is known once it announces everything; whoever was shown acts until then."""
    run(_KNOWN)
    grant("claims", "known_acting", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
    protect("claims", "known_acting", mine="false")
    for function in (_ENDED, _LETTERS):
        op.execute(function)
    for name in ("claims_no_longer_acted_for()", "letters_no_longer_acted_for()"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO claims_api, claims_worker")
    for function in (_ACTED_FOR, _ACTS):
        op.execute(function)
    # Pages of claims are read by their indexes: no call for that.
    op.execute(
        "CREATE POLICY claim_term_ended ON claim AS RESTRICTIVE FOR SELECT TO claims_api "
        f"USING (NOT acting_ended OR tenant <> {_ME})"
    )
    for table in _OF_CLAIMS:
        op.execute(
            f"CREATE POLICY {table}_term_ended ON {table} AS RESTRICTIVE FOR SELECT TO claims_api "
            "USING (claim <> ALL (CAST((SELECT claims_no_longer_acted_for()) AS uuid[])))"
        )
    op.execute(
        "CREATE POLICY letter_term_ended ON letter AS RESTRICTIVE FOR SELECT TO claims_api "
        "USING (id <> ALL (CAST((SELECT letters_no_longer_acted_for()) AS uuid[])))"
    )
