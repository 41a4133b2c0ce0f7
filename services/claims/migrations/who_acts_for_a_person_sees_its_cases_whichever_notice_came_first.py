"""Who acts for a person sees its cases before boards, whichever notice of the event came first."""

from alembic import op

from shared.persistence.platform import run

revision = "claims_0051"
down_revision = "claims_0050"

# Of a notice the one that stands for its event, and all that joined that; a caller may see only one of them.
_OF_EVENT = """
CREATE FUNCTION claims_of_event(of_claim uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT of_claim
        UNION
        SELECT other.id FROM public.claim AS own JOIN public.claim AS other
               ON other.person = own.person
                  AND coalesce(other.joined_to, other.id) = coalesce(own.joined_to, own.id)
        WHERE own.id = of_claim AND own.relation IS NOT NULL AND other.relation IS NOT NULL);
$$
"""
# The caller's own notices as a guardian or representative whom two officers were shown, and those of the same events.
_ACTED_FOR = """
CREATE FUNCTION claims_acted_for() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT ARRAY(
        SELECT DISTINCT other.id FROM public.claim AS shown JOIN public.claim AS other
               ON other.person = shown.person
                  AND coalesce(other.joined_to, other.id) = coalesce(shown.joined_to, shown.id)
        WHERE shown.tenant = current_setting('jaring.tenant', true) AND shown.relation = 'shown'
              AND shown.capacity IN ('guardian', 'representative') AND other.relation IS NOT NULL);
$$
"""
_INDEX = """
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_claim_acted_for ON claim (tenant)
    WHERE relation = 'shown' AND capacity IN ('guardian', 'representative');
"""
_OWN = """
claim = ANY (CAST((SELECT claims_acted_for()) AS uuid[]))
OR EXISTS (SELECT FROM claim WHERE claim.id = board_case.claim AND claim.relation IS NOT NULL
           AND claim.person = ANY (CAST((SELECT own_numbers()) AS bigint[])))
"""


def upgrade() -> None:
    """In one transaction: nobody reads by both policies."""
    run(_INDEX)
    for function, name in ((_OF_EVENT, "claims_of_event(uuid)"), (_ACTED_FOR, "claims_acted_for()")):
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO claims_api, claims_worker")
    op.execute("DROP POLICY board_case_own ON board_case")
    op.execute(f"CREATE POLICY board_case_own ON board_case FOR SELECT TO claims_api USING ({_OWN})")
