"""What counts of a payee or of an order is replaced once; it follows its benefit to another claim, and its payee to
another number."""

from alembic import op

from shared.persistence.platform import grant, protect, run

revision = "benefits_0052"
down_revision = "benefits_0051"

# Of two that took the place of one the first that counted keeps it.
_REPLACED = """
ALTER TABLE {said}_answer ADD COLUMN replaces uuid;
ALTER TABLE {said}_answer DISABLE TRIGGER never_changed;
UPDATE {said}_answer AS answer SET replaces = said.replaces
FROM (SELECT DISTINCT ON (stated.replaces) stated.id, stated.replaces
      FROM {said} AS stated JOIN {said}_answer AS word ON word.{key} = stated.id AND word.counts
      WHERE stated.replaces IS NOT NULL ORDER BY stated.replaces, word.at) AS said
WHERE answer.{key} = said.id;
ALTER TABLE {said}_answer ENABLE TRIGGER never_changed;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_{said}_answer_replaces ON {said}_answer (replaces) WHERE counts AND replaces IS NOT NULL;
"""
_STATED = """
-- Of a suspension for insurable work: the wages of a month, and the average wage before.
ALTER TABLE party_statement ADD COLUMN earned_sen bigint, ADD COLUMN average_sen bigint;
-- What all of a shared benefit comes to by the month, and the average wage by which a pension is rated.
ALTER TABLE entitlement ADD COLUMN whole_sen bigint, ADD COLUMN average_sen bigint;
-- The claim that took its place.
ALTER TABLE assessment ADD COLUMN superseded_by uuid;
-- Whether a register said that the party had died when its account was released.
ALTER TABLE payee_release ADD COLUMN of_dead boolean NOT NULL DEFAULT false;
"""
# Each number of whoever has died by the word of a register on one of them.
_DEATHS = """
CREATE TABLE dead_party (party text PRIMARY KEY);
INSERT INTO dead_party (party)
SELECT DISTINCT unnest(parties_of(party)) FROM known_death WHERE died_on IS NOT NULL;
"""
_OFFICER = "current_setting('jaring.role', true) = 'officer'"
# The claim that stands in the place of one, over however many; one that nothing took the place of is its own.
_CLAIM_NOW = """
CREATE FUNCTION claim_now(of_claim uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH RECURSIVE led AS (
        SELECT of_claim AS claim, 0 AS step
        UNION ALL SELECT known.superseded_by, step + 1
        FROM led JOIN public.assessment AS known USING (claim)
        WHERE known.superseded_by IS NOT NULL AND step < 100)
    SELECT claim FROM led ORDER BY step DESC LIMIT 1;
$$
"""
_IS_PAYEE = """
CREATE FUNCTION is_payee(of_party text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.entitlement WHERE party = ANY (public.parties_of(of_party)))
        OR EXISTS (SELECT FROM public.settlement WHERE party = ANY (public.parties_of(of_party)));
$$
"""
_ACTS = """
CREATE OR REPLACE FUNCTION acts_for(of_holder text, of_party text, on_day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.party_statement AS said
        JOIN public.party_statement_answer AS word ON word.statement = said.id AND word.counts
        WHERE said.kind = 'acting' AND said.party = ANY (public.parties_of(of_party))
              AND said.holder = ANY (public.parties_of(of_holder)) AND NOT said.withdrawn
              AND said.first_on <= on_day AND coalesce(said.last_on, 'infinity') >= on_day AND NOT EXISTS (
                  SELECT FROM public.party_statement AS later
                  JOIN public.party_statement_answer AS last ON last.statement = later.id AND last.counts
                  WHERE later.replaces = said.id));
$$
"""


def upgrade() -> None:
    """Answers say what they take the place of; the reads follow numbers and claims by functions."""
    for said, key in (("party_statement", "statement"), ("increase_order", "increase_order")):
        run(_REPLACED.format(said=said, key=key))
    run(_STATED)
    run(_DEATHS)
    grant("benefits", "dead_party", api="SELECT", worker="SELECT, INSERT, DELETE, TRUNCATE")
    protect("benefits", "dead_party", _OFFICER)
    for function in (_CLAIM_NOW, _IS_PAYEE, _ACTS):
        op.execute(function)
    for name in ("claim_now(uuid)", "is_payee(text)"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO benefits_api, benefits_worker")
