"""Accounts of a person who was erased are let go of, by one function alone; what was paid stands under the number."""

from alembic import op

from shared.persistence.platform import know_erased_persons, let_be_erased

revision = "benefits_0041"
down_revision = "benefits_0040"

# What was paid in the last seven years is an entry, whose account the law keeps (General Regulations 1971).
_TIME = "now() - interval '7 years'"
_IS = """
CREATE FUNCTION is_erased(of_party text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT of_party ~ '^person:[1-9][0-9]{0,8}$' AND EXISTS (
        SELECT FROM public.erased_person WHERE whole AND person = CAST(split_part(of_party, ':', 2) AS bigint));
$$
"""
_FILE = f"""
CREATE FUNCTION is_file_of_erased(of_file uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.bank_file AS sent JOIN public.payment AS paid ON paid.bank_file = sent.id
                   WHERE sent.id = of_file AND sent.created_at < {_TIME} AND public.is_erased(paid.party));
$$
"""  # noqa: S608 - a constant
_LINE = """
CREATE FUNCTION is_line_of_erased(of_line uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.repayment JOIN public.recovery ON recovery.id = repayment.recovery
                   WHERE repayment.statement_line = of_line AND public.is_erased(recovery.party));
$$
"""
# What is open of somebody is not over: money on its way, or paid so lately that the law keeps where it went.
_OPEN = f"""
CREATE FUNCTION is_open_with(of_party text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.payment WHERE party = of_party
                   AND (state IN ('unsent', 'sent') OR created_at > {_TIME}));
$$
"""  # noqa: S608 - a constant
_ERASE = """
CREATE FUNCTION erase_accounts(of_party text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
    more bigint;
BEGIN
    IF NOT public.is_erased(of_party) OR public.is_open_with(of_party) THEN
        RAISE EXCEPTION 'nobody granted this' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Also what it held for somebody else, once that one is paid elsewhere.
    DELETE FROM public.payee WHERE party = of_party OR (holder = of_party AND EXISTS (
        SELECT FROM public.payee AS newer WHERE newer.party = payee.party AND newer.version > payee.version));
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE public.bank_file SET content = '' WHERE content <> '' AND id IN (
        SELECT bank_file FROM public.payment WHERE party = of_party) AND public.is_file_of_erased(id);
    GET DIAGNOSTICS more = ROW_COUNT;
    gone := gone + more;
    UPDATE public.rendered_again SET content = '' WHERE content <> '' AND bank_file IN (
        SELECT bank_file FROM public.payment WHERE party = of_party) AND public.is_file_of_erased(bank_file);
    UPDATE public.statement_line SET written = '' WHERE written <> '' AND id IN (
        SELECT statement_line FROM public.repayment JOIN public.recovery ON recovery.id = repayment.recovery
        WHERE recovery.party = of_party);
    GET DIAGNOSTICS more = ROW_COUNT;
    RETURN gone + more;
END $$
"""
_EXEMPT = {
    "payee": "(public.is_erased(OLD.party) OR public.is_erased(OLD.holder))",
    "bank_file": "public.is_file_of_erased(OLD.id)",
    "rendered_again": "public.is_file_of_erased(OLD.bank_file)",
    "statement_line": "public.is_line_of_erased(OLD.id)",
}


def upgrade() -> None:
    """The worker erases by the function, and can do it in no other way."""
    know_erased_persons("benefits")
    for function in (_IS, _FILE, _LINE, _OPEN, _ERASE):
        op.execute(function)
    for table, unless in _EXEMPT.items():
        let_be_erased("benefits", table, unless)
    for name in ("is_open_with(text)", "erase_accounts(text)"):
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO benefits_worker")
