"""Officers state who bore the cost of a repatriation, and which child applies for an education loan."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "claims_0045"
down_revision = "claims_0044"

# Every row of before is of one of the kinds that are left.
_KINDS = """
-- squawk-ignore ban-drop-constraint
ALTER TABLE evidence DROP CONSTRAINT evidence_kind_check;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE evidence ADD CONSTRAINT evidence_kind_check CHECK (kind IN
    ('certificate', 'final_certificate', 'wages_paid', 'circumstances', 'dependant', 'permanent_loss', 'choice',
     'invalidity', 'funeral', 'cause', 'repatriation', 'education', 'board_order', 'finding', 'withdrawal',
     'approval'));
-- squawk-ignore ban-drop-constraint
ALTER TABLE evidence DROP CONSTRAINT evidence_states;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE evidence ADD CONSTRAINT evidence_states CHECK (
    CASE kind WHEN 'certificate' THEN first_day IS NOT NULL WHEN 'final_certificate' THEN fit_from IS NOT NULL
              WHEN 'wages_paid' THEN true WHEN 'circumstances' THEN stated ? 'place'
              WHEN 'finding' THEN stated ? 'fact' AND stated ? 'found'
              WHEN 'dependant' THEN stated ? 'party' WHEN 'funeral' THEN stated ? 'party'
              WHEN 'permanent_loss' THEN stated ? 'percent' WHEN 'choice' THEN stated ? 'option'
              WHEN 'invalidity' THEN stated ? 'certified' WHEN 'cause' THEN stated ? 'claim'
              WHEN 'repatriation' THEN stated ? 'party' AND stated ? 'paid'
              WHEN 'education' THEN stated ? 'party' AND stated ? 'applied_on'
              WHEN 'board_order' THEN stated ? 'party'
              ELSE about IS NOT NULL END);
"""

_RECALLED = """
CREATE TABLE recalled_loan (
    payable uuid PRIMARY KEY,
    revision integer NOT NULL CHECK (revision > 0),
    event bytea NOT NULL
);
"""

# Whoever's notice joined another's claim learns how that one stands, and nothing else of it. Without a relation no
# notice joins.
_STANDS = """
CREATE FUNCTION state_of_joined(of_claim uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT joined.state FROM public.claim AS own JOIN public.claim AS joined ON joined.id = own.joined_to
    WHERE own.id = of_claim AND own.relation IS NOT NULL
          AND (own.tenant = current_setting('jaring.tenant', true)
               OR own.person = ANY (CAST((SELECT public.own_numbers()) AS bigint[]))
               OR current_setting('jaring.role', true) = 'officer')
$$
"""


def upgrade() -> None:
    """Let such statements be kept; what was published of loans is empty until a restore, the API needs none of it."""
    run(_KINDS)
    run(_RECALLED)
    protect("claims", "recalled_loan", "false")
    grant("claims", "recalled_loan", worker="SELECT, INSERT, UPDATE")
    op.execute(_STANDS)
    op.execute("REVOKE ALL ON FUNCTION state_of_joined(uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION state_of_joined(uuid) TO claims_api")
