"""Whose data claims tells, by what leads to people (`shared/persistence/read_log.py`)."""

from collections.abc import Mapping

from shared.persistence.read_log import BY_ITS_PATH, Whose, of_tasks

# Whom it is about, and whom a decision of it names as owed something.
_OF_CLAIM = "SELECT person FROM claim WHERE id"
_OF_PARTIES = "SELECT owed FROM parties_of_claims({ids}) AS owed"
_THROUGH = "SELECT {of} FROM claim JOIN {table} ON {table}.claim = claim.id WHERE {table}.{column} = "
# To whom it is, and whose data it tells: by the claim to which its matter leads, or, of a benefit, as it says itself.
_SAYS = "convert_from(content, 'UTF8')::jsonb"
_ABOUT = "SELECT CAST(split_part(about, '/', 2) AS uuid) FROM letter WHERE about LIKE '{kind}/%' AND id = {{which}}"
_OF_MATTERS = "".join(
    f" UNION ALL SELECT thing.claim FROM {kind} AS thing WHERE thing.id IN ({_ABOUT.format(kind=kind)})"  # noqa: S608 - constants
    for kind in ("evidence_request", "board_case", "complaint", "appeal")
)
_BY_REFERENCE = f"""
    SELECT CAST(split_part({_SAYS} ->> 'reference', ' / ', 1) AS uuid) FROM letter
    WHERE split_part(about, '/', 1) IN ({{kinds}}) AND id = {{{{which}}}}
"""  # noqa: S608 - constants
_OF_BENEFITS = "split_part(about, '/', 1) IN ('certificate', 'suspension', 'recovery')"
# Letters of before do not say it as data; one that is not to the party itself names it in its first lines.
_OF_LETTER = f"""
    SELECT CAST(split_part(tenant, ':', 2) AS bigint) FROM letter WHERE tenant LIKE 'person:%' AND id = {{which}}
    UNION ALL
    SELECT CAST(split_part({_SAYS} -> 'says' ->> 'of', ':', 2) AS bigint) FROM letter
    WHERE {_OF_BENEFITS} AND {_SAYS} -> 'says' ->> 'of' LIKE 'person:%' AND id = {{which}}
    UNION ALL
    SELECT CAST(substr(named.number[1], 2, 9) AS bigint)
    FROM letter CROSS JOIN LATERAL
         regexp_matches({_SAYS} -> 'said' -> 'en' ->> 'opening', '\\mP[0-9]+[0-9A-Z]\\M', 'g') AS named (number)
    WHERE {_OF_BENEFITS} AND {_SAYS} -> 'says' -> 'of' IS NULL AND length(named.number[1]) = 11 AND id = {{which}}
    UNION ALL
    SELECT person FROM medical_bill WHERE id IN ({_ABOUT.format(kind="medical_bill")})
    UNION ALL
    SELECT person FROM claim WHERE id IN (
        {_ABOUT.format(kind="claim")}
        UNION ALL
        {_BY_REFERENCE.format(kinds="'payment'")}
        {_OF_MATTERS})
    UNION ALL
    SELECT person FROM medical_authorisation WHERE id IN ({_ABOUT.format(kind="medical_authorisation")})
"""  # noqa: S608 - constants
# A person's bill is of a claim, a hospital's of what was authorised of one.
_CLAIM_OF_BILL = """
    SELECT coalesce(bill.claim, asked.claim) FROM medical_bill AS bill
    LEFT JOIN medical_authorisation AS asked ON asked.id = bill.authorisation
    WHERE bill.id = {which}
"""
_CLAIM_OF_LETTER = f"""
    {_ABOUT.format(kind="claim")}
    UNION ALL
    {_BY_REFERENCE.format(kinds="'payment', 'suspension', 'recovery'")}
    UNION ALL
    {_CLAIM_OF_BILL.format(which=f"ANY (ARRAY({_ABOUT.format(kind='medical_bill')}))")}
    {_OF_MATTERS}
    UNION ALL
    SELECT claim FROM medical_authorisation WHERE id IN ({_ABOUT.format(kind="medical_authorisation")})
"""  # noqa: S608 - constants
_OF_COMPLAINT = """
    SELECT CAST(split_part(tenant, ':', 2) AS bigint) FROM complaint WHERE tenant LIKE 'person:%' AND id = {id}
    UNION ALL
"""
# Whoever appeals, and whom the claim is about.
_OF_APPEAL = """
    SELECT CAST(split_part(tenant, ':', 2) AS bigint) FROM appeal WHERE tenant LIKE 'person:%' AND id = {which}
    UNION ALL
"""


def _through(table: str, which: str, column: str = "id") -> str:
    return _THROUGH.format(of="claim.person", table=table, column=column) + which


def _claim_through(table: str, which: str, column: str = "id") -> str:
    return _THROUGH.format(of="claim.id", table=table, column=column) + which


# By the kind of subject of each queue.
TASKS: Mapping[str, str] = {
    "claim": f"{_OF_CLAIM} = {{id}} UNION ALL {_OF_PARTIES.format(ids='ARRAY[{id}]')}",
    "question": f"{_OF_CLAIM} = {{id}} UNION ALL {_OF_PARTIES.format(ids='ARRAY[{id}]')}",
    "investigation": _through("investigation", "{id}"),
    "inconsistency": _through("inconsistency", "{id}"),
    "board_case": _through("board_case", "{id}"),
    "board_session": _through("board_case", "{id}", "session"),
    "evidence_request": _through("evidence_request", "{id}"),
    "letter": _OF_LETTER.format(which="{id}"),
    "appeal": _OF_APPEAL.format(which="{id}") + _through("appeal", "{id}"),
    "complaint": _OF_COMPLAINT + _through("complaint", "{id}"),
    "medical_authorisation": "SELECT person FROM medical_authorisation WHERE id = {id}",
    "medical_bill": "SELECT person FROM medical_bill WHERE id = {id}",
    # A figure of the law is of nobody.
    "figure_entry": "SELECT CAST(NULL AS bigint) FROM figure_entry WHERE false AND id = {id}",
}
# And of which claims.
CLAIMS_OF_TASKS: Mapping[str, str] = {
    "claim": "SELECT {id}",
    "question": "SELECT {id}",
    "investigation": _claim_through("investigation", "{id}"),
    "inconsistency": _claim_through("inconsistency", "{id}"),
    "board_case": _claim_through("board_case", "{id}"),
    "board_session": _claim_through("board_case", "{id}", "session"),
    "evidence_request": _claim_through("evidence_request", "{id}"),
    "letter": _CLAIM_OF_LETTER.format(which="{id}"),
    "appeal": _claim_through("appeal", "{id}"),
    "complaint": _claim_through("complaint", "{id}"),
    "medical_authorisation": "SELECT claim FROM medical_authorisation WHERE id = {id}",
    "medical_bill": _CLAIM_OF_BILL.format(which="{id}"),
    "figure_entry": BY_ITS_PATH,
}
WHOSE: Whose = {
    "claim": f"{_OF_CLAIM} = ANY ({{ids}}) UNION ALL {_OF_PARTIES}",
    "notice": "SELECT person FROM claim WHERE notice = ANY ({ids})",
    "investigation": _through("investigation", "ANY ({ids})"),
    "case": _through("board_case", "ANY ({ids})"),
    "appeal": _OF_APPEAL.format(which="ANY ({ids})") + _through("appeal", "ANY ({ids})"),
    "document": _through("document", "ANY ({ids})"),
    "letter": _OF_LETTER.format(which="ANY ({ids})"),
    "authorisation": "SELECT person FROM medical_authorisation WHERE id = ANY ({ids})",
    "bill": "SELECT person FROM medical_bill WHERE id = ANY ({ids})",
    "task": of_tasks(TASKS),
}
CLAIMS_OF: Whose = {
    "notice": "SELECT id FROM claim WHERE notice = ANY ({ids})",
    "investigation": _claim_through("investigation", "ANY ({ids})"),
    "case": _claim_through("board_case", "ANY ({ids})"),
    "document": _claim_through("document", "ANY ({ids})"),
    "letter": _CLAIM_OF_LETTER.format(which="ANY ({ids})"),
    "appeal": _claim_through("appeal", "ANY ({ids})"),
    "authorisation": "SELECT claim FROM medical_authorisation WHERE id = ANY ({ids})",
    "bill": _CLAIM_OF_BILL.format(which="ANY ({ids})"),
    "task": of_tasks(CLAIMS_OF_TASKS),
}
