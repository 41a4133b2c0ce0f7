"""Whoever is owed something keeps its account; accounts go with their releases, and none begins at the first again."""

from alembic import op

from shared.persistence.platform import grant, let_be_erased, protect, run

revision = "benefits_0045"
down_revision = "benefits_0044"

_TIME = "now() - interval '7 years'"
_TABLES = """
-- The newest version of a party's account that was erased, so that no later one is taken for it, or for a first one;
-- and whether another than the party held one of them.
CREATE TABLE payee_erased (
    party text PRIMARY KEY,
    version integer NOT NULL CHECK (version > 0),
    by_another boolean NOT NULL
);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_payee_holder ON payee (holder) WHERE holder <> party;
"""
# Not settled yet, waiting, or due on a later day: by the days up to which it has fallen due. Days that another claim is
# owed wait for good, and are owed once.
_OWED = """
CREATE FUNCTION is_owed_to(of_party text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.entitlement AS stated JOIN public.assessment USING (claim)
        LEFT JOIN public.settlement AS settled USING (claim, scheme, benefit, party)
        WHERE party = ANY (public.parties_of(of_party)) AND (
            settled.revision IS NULL OR settled.revision < assessment.revision OR EXISTS (
                SELECT FROM public.entitlement_term AS term
                WHERE (term.claim, term.scheme, term.benefit, term.party)
                      = (stated.claim, stated.scheme, stated.benefit, stated.party) AND term.direction = 'out'
                  AND CASE term.per WHEN 'once' THEN term.first_day > settled.settled_on
                                    WHEN 'month' THEN coalesce(term.last_day >= settled.months_until, true)
                                    ELSE coalesce(term.last_day >= settled.due_until, true) END)))
    OR EXISTS (
        SELECT FROM public.settlement CROSS JOIN jsonb_array_elements(waiting) AS thing
        WHERE party = ANY (public.parties_of(of_party)) AND thing ->> 'reason' <> 'day_owed_by_another_claim');
$$
"""
_OPEN = f"""
CREATE OR REPLACE FUNCTION is_open_with(of_party text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.is_owed_to(of_party) OR EXISTS (
        SELECT FROM public.payment WHERE party = of_party
        AND (state IN ('unsent', 'sent') OR created_at > {_TIME}));
$$
"""  # noqa: S608 - a constant
# Whose account it was in which it came may be another's than the party's.
_FILE = f"""
CREATE OR REPLACE FUNCTION is_file_of_erased(of_file uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM public.bank_file AS sent JOIN public.payment AS paid ON paid.bank_file = sent.id
        LEFT JOIN public.payee AS used ON (used.party, used.version) = (paid.party, paid.payee_version)
        WHERE sent.id = of_file AND sent.created_at < {_TIME}
          AND (public.is_erased(paid.party) OR public.is_erased(used.holder)));
$$
"""  # noqa: S608 - a constant
_RELEASE = """
CREATE FUNCTION is_release_of_erased(of_party text, of_version integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.is_erased(of_party) OR EXISTS (
        SELECT FROM public.payee
        WHERE (party, version) = (of_party, of_version) AND public.is_erased(holder));
$$
"""
# An account that somebody held for another goes once that one is paid elsewhere, and was so for seven years.
_ERASE = f"""
CREATE OR REPLACE FUNCTION erase_accounts(of_party text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
    more bigint;
    sent uuid[];
BEGIN
    IF NOT public.is_erased(of_party) OR public.is_open_with(of_party) THEN
        RAISE EXCEPTION 'nobody granted this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT coalesce(array_agg(bank_file), '{{}}') INTO sent FROM (
        SELECT bank_file FROM public.payment WHERE party = of_party
        UNION SELECT bank_file FROM public.payment JOIN public.payee AS used
            ON (used.party, used.version) = (payment.party, payment.payee_version)
        WHERE used.holder = of_party AND used.holder <> used.party) AS paid;
    UPDATE public.bank_file SET content = ''
    WHERE content <> '' AND id = ANY(sent) AND public.is_file_of_erased(id);
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE public.rendered_again SET content = ''
    WHERE content <> '' AND bank_file = ANY(sent) AND public.is_file_of_erased(bank_file);
    WITH going AS MATERIALIZED (
        SELECT party, version, holder <> party AS by_another FROM public.payee
        WHERE party = of_party OR (holder = of_party AND holder <> party
            AND EXISTS (SELECT FROM public.payee AS newer
                        WHERE newer.party = payee.party AND newer.version > payee.version)
            AND NOT EXISTS (SELECT FROM public.payment AS paid
                            WHERE (paid.party, paid.payee_version) = (payee.party, payee.version)
                              AND (paid.state IN ('unsent', 'sent') OR paid.created_at > {_TIME})))),
    kept AS (
        INSERT INTO public.payee_erased AS known (party, version, by_another)
        SELECT party, max(version), bool_or(by_another) FROM going GROUP BY party
        ON CONFLICT (party) DO UPDATE SET version = greatest(known.version, excluded.version),
            by_another = known.by_another OR excluded.by_another),
    released AS (
        DELETE FROM public.payee_release AS said USING going
        WHERE (said.party, said.version) = (going.party, going.version))
    DELETE FROM public.payee USING going WHERE (payee.party, payee.version) = (going.party, going.version);
    GET DIAGNOSTICS more = ROW_COUNT;
    gone := gone + more;
    UPDATE public.statement_line SET written = '' WHERE written <> '' AND id IN (
        SELECT statement_line FROM public.repayment JOIN public.recovery ON recovery.id = repayment.recovery
        WHERE recovery.party = of_party);
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN gone + more;
END $$
"""  # noqa: S608 - a constant
_OFFICER = "current_setting('jaring.role', true) = 'officer'"


def upgrade() -> None:
    """The functions decide; the API asks whether anything is open before it takes an account of who was erased."""
    run(_TABLES)
    for function in (_OWED, _OPEN, _FILE, _RELEASE, _ERASE):
        op.execute(function)
    let_be_erased("benefits", "payee_release", "public.is_release_of_erased(OLD.party, OLD.version)")
    op.execute("REVOKE ALL ON FUNCTION is_owed_to(text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION is_owed_to(text) TO benefits_api, benefits_worker")
    op.execute("GRANT EXECUTE ON FUNCTION is_open_with(text) TO benefits_api")
    grant("benefits", "payee_erased", api="SELECT", worker="SELECT")
    protect("benefits", "payee_erased", mine=_OFFICER)
