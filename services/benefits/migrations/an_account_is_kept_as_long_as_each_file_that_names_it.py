"""An account is kept as long as each file that names it: one may be made weeks after what it pays was instructed."""

from alembic import op

revision = "benefits_0047"
down_revision = "benefits_0046"

_TIME = "now() - interval '7 years'"
_OPEN = f"""
CREATE OR REPLACE FUNCTION is_open_with(of_party text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT public.is_owed_to(of_party) OR EXISTS (
        SELECT FROM public.payment AS paid LEFT JOIN public.bank_file AS sent ON sent.id = paid.bank_file
        WHERE paid.party = of_party
          AND (paid.state IN ('unsent', 'sent') OR greatest(paid.created_at, sent.created_at) > {_TIME}));
$$
"""  # noqa: S608 - a constant
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
                            LEFT JOIN public.bank_file AS told ON told.id = paid.bank_file
                            WHERE (paid.party, paid.payee_version) = (payee.party, payee.version)
                              AND (paid.state IN ('unsent', 'sent')
                                   OR greatest(paid.created_at, told.created_at) > {_TIME})))),
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


def upgrade() -> None:
    """What a file pays may have waited for weeks, for an account or a merge; its bytes go with the account."""
    for function in (_OPEN, _ERASE):
        op.execute(function)
