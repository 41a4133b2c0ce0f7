"""Whoever acted for somebody appeals nothing for it once its term has ended, and neither reads nor takes back what it
filed; the person takes back itself what was filed for it."""

from alembic import op

revision = "claims_0072"
down_revision = "claims_0071"

_APPEALABLE = """
CREATE OR REPLACE FUNCTION appealable(of_claim uuid, of_revision integer, of_question text)
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
                        AND NOT said.acting_ended AND said.tenant = current_setting('jaring.tenant', true)))
           OR (stands.kind = 'death' AND EXISTS (
                  SELECT FROM public.letter
                  WHERE letter.about = 'claim/' || stands.id
                        AND letter.tenant = current_setting('jaring.tenant', true)
                        AND letter.id <> ALL (CAST((SELECT public.letters_no_longer_acted_for()) AS uuid[]))))
    FROM stands
    JOIN public.decision ON decision.claim = stands.id AND decision.revision = coalesce(of_revision, stands.revision)
    JOIN public.record ON record.claim = stands.id AND record.hash = ANY (decision.records)
                          AND record.question = of_question
$$
"""
_NOT_OVER = "claim <> ALL (CAST((SELECT claims_no_longer_acted_for()) AS uuid[]))"
# A living person's own.
_OF_ITSELF = """
CREATE FUNCTION is_of_oneself(of_claim uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.claim AS of
                   WHERE of.id = of_claim AND of.kind <> 'death' AND of.relation IS NOT NULL
                         AND of.person = ANY (CAST((SELECT public.own_numbers()) AS bigint[])))
$$
"""


def upgrade() -> None:
    """As the rest of what it read; a withdrawal stays all that a party does to an appeal (`appeal_ended`)."""
    op.execute(_APPEALABLE)
    op.execute(_OF_ITSELF)
    op.execute("REVOKE ALL ON FUNCTION is_of_oneself(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION is_of_oneself(uuid) TO claims_api, claims_worker")
    for command in ("SELECT", "UPDATE"):
        op.execute(
            f"CREATE POLICY appeal_term_ended_{command.lower()} ON appeal AS RESTRICTIVE FOR {command} TO claims_api "
            f"USING ({_NOT_OVER})"
        )
    op.execute("CREATE POLICY appeal_of_oneself ON appeal FOR UPDATE TO claims_api USING (is_of_oneself(claim))")
