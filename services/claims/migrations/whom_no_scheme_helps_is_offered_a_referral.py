"""Whom no scheme helps is offered a referral, which the person accepts, declines, and takes back."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "claims_0058"
down_revision = "claims_0057"

# What published it is read back after a restore before its claim may be.
_OFFERS = """
CREATE TABLE referral_offer (
    id uuid PRIMARY KEY,
    claim uuid NOT NULL,
    -- The party to whom it is offered, and its number.
    tenant text NOT NULL,
    person bigint NOT NULL,
    receiver text NOT NULL CHECK (receiver IN ('welfare', 'health')),
    offered_for text NOT NULL CHECK (offered_for IN ('refused_by_every_scheme', 'falls_short')),
    offered_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn', 'lapsed')),
    revision integer NOT NULL CHECK (revision > 0)
);
CREATE INDEX ix_referral_offer_claim ON referral_offer (claim, id);
CREATE INDEX ix_referral_offer_tenant ON referral_offer (tenant, id);

CREATE TABLE referral_offer_event (
    offer uuid NOT NULL REFERENCES referral_offer,
    revision integer NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    -- Who of the party; none: the machine.
    acted_by text,
    PRIMARY KEY (offer, revision)
);
"""
# Whether who asks is a guardian or representative of the person, whom two officers were shown by a notice of the event.
_ACTS = """
CREATE FUNCTION is_acting_for(of_claim uuid, of_person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.claim AS acting
                   WHERE acting.person = ANY (public.numbers_of(of_person))
                         AND (acting.id = of_claim OR acting.joined_to = of_claim)
                         AND acting.relation = 'shown' AND acting.capacity IN ('guardian', 'representative')
                         AND acting.tenant = current_setting('jaring.tenant', true))
$$
"""
# By any of the person's numbers too.
_MINE = """
    tenant = current_setting('jaring.tenant', true) OR current_setting('jaring.role', true) = 'officer'
    OR person = ANY (CAST((SELECT own_numbers()) AS bigint[])) OR is_acting_for(claim, person)
"""
_OF_MINE = "EXISTS (SELECT FROM referral_offer WHERE referral_offer.id = referral_offer_event.offer)"


def upgrade() -> None:
    """What was offered to whom never changes; what became of it is appended."""
    run(_OFFERS)
    changed = "changed_at, state, revision"
    grant(
        "claims",
        "referral_offer",
        api=f"SELECT, UPDATE ({changed})",
        worker=f"SELECT, INSERT, UPDATE ({changed}, offered_for, offered_at)",
    )
    grant("claims", "referral_offer_event", api="SELECT, INSERT", worker="SELECT, INSERT")
    op.execute(_ACTS)
    op.execute("REVOKE ALL ON FUNCTION is_acting_for(uuid, bigint) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION is_acting_for(uuid, bigint) TO claims_api")
    protect("claims", "referral_offer", mine=_MINE)
    protect("claims", "referral_offer_event", mine=_OF_MINE)
    never_changed("referral_offer", "id", "claim", "tenant", "person", "receiver")
    never_changed("referral_offer_event")
