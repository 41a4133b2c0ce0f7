"""What answers a request is of its kind: officers look at other documents, and of the erased nothing more is taken."""

from alembic import op

from shared.persistence.platform import run

revision = "claims_0057"
down_revision = "claims_0056"

_TO_LOOK_AT = """
-- squawk-ignore adding-foreign-key-constraint
ALTER TABLE evidence_request ADD COLUMN to_look_at uuid REFERENCES document;
"""
# Whoever sends something of a claim learns that nothing is kept of whom it is about, and not who that is.
_IS_FORGOTTEN = """
CREATE FUNCTION is_forgotten(of_claim uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.claim JOIN public.followed_erasure AS followed
                        ON followed.person = ANY (public.numbers_of(claim.person))
                   WHERE claim.id = of_claim AND followed.state = 'forgotten')
$$
"""
_OF_ONESELF = "claim.relation IS NOT NULL AND claim.person = ANY (CAST((SELECT own_numbers()) AS bigint[]))"
_MINE = f"EXISTS (SELECT FROM claim WHERE claim.id = inconsistency.claim AND {_OF_ONESELF})"
_END_OF_MINE = f"""
    EXISTS (SELECT FROM inconsistency JOIN claim ON claim.id = inconsistency.claim
            WHERE inconsistency.id = inconsistency_end.inconsistency AND {_OF_ONESELF})
"""


def upgrade() -> None:
    """A person of several numbers reads what contradicts its notices by each of them."""
    run(_TO_LOOK_AT)
    op.execute("GRANT UPDATE (to_look_at) ON evidence_request TO claims_api, claims_worker")
    op.execute(_IS_FORGOTTEN)
    op.execute("REVOKE ALL ON FUNCTION is_forgotten(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION is_forgotten(uuid) TO claims_api")
    op.execute(f"ALTER POLICY inconsistency_person ON inconsistency USING ({_MINE})")
    op.execute(f"ALTER POLICY inconsistency_end_person ON inconsistency_end USING ({_END_OF_MINE})")
