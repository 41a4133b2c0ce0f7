"""Whose data claims tells, by what leads to people (`shared/persistence/read_log.py`)."""

from collections.abc import Mapping

from shared.persistence.read_log import Whose, of_tasks

_OF_CLAIM = "SELECT person FROM claim WHERE id"
_THROUGH = "SELECT claim.person FROM claim JOIN {table} ON {table}.claim = claim.id WHERE {table}.{column} = "
# To whom it is, and whose data it tells: by the claim to which its matter leads, or, of a benefit, as it says itself.
_SAYS = "convert_from(content, 'UTF8')::jsonb"
_ABOUT = "SELECT CAST(split_part(about, '/', 2) AS uuid) FROM letter WHERE about LIKE '{kind}/%' AND id = {{which}}"
_OF_MATTERS = "".join(
    f" UNION ALL SELECT thing.claim FROM {kind} AS thing WHERE thing.id IN ({_ABOUT.format(kind=kind)})"  # noqa: S608 - constants
    for kind in ("evidence_request", "board_case", "complaint")
)
_OF_LETTER = f"""
    SELECT CAST(split_part(tenant, ':', 2) AS bigint) FROM letter WHERE tenant LIKE 'person:%' AND id = {{which}}
    UNION ALL
    SELECT CAST(split_part({_SAYS} -> 'says' ->> 'of', ':', 2) AS bigint) FROM letter
    WHERE split_part(about, '/', 1) IN ('certificate', 'suspension', 'recovery')
          AND {_SAYS} -> 'says' ->> 'of' LIKE 'person:%' AND id = {{which}}
    UNION ALL
    SELECT person FROM claim WHERE id IN (
        {_ABOUT.format(kind="claim")}
        UNION ALL
        SELECT CAST(split_part({_SAYS} ->> 'reference', ' / ', 1) AS uuid) FROM letter
        WHERE about LIKE 'payment/%' AND id = {{which}}
        {_OF_MATTERS})
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
    return _THROUGH.format(table=table, column=column) + which


# By the kind of subject of each queue.
TASKS: Mapping[str, str] = {
    "claim": f"{_OF_CLAIM} = {{id}}",
    "question": f"{_OF_CLAIM} = {{id}}",
    "investigation": _through("investigation", "{id}"),
    "inconsistency": _through("inconsistency", "{id}"),
    "board_case": _through("board_case", "{id}"),
    "board_session": _through("board_case", "{id}", "session"),
    "evidence_request": _through("evidence_request", "{id}"),
    "letter": _OF_LETTER.format(which="{id}"),
    "appeal": _OF_APPEAL.format(which="{id}") + _through("appeal", "{id}"),
    "complaint": _OF_COMPLAINT + _through("complaint", "{id}"),
    # A figure of the law is of nobody.
    "figure_entry": "SELECT CAST(NULL AS bigint) FROM figure_entry WHERE false AND id = {id}",
}
WHOSE: Whose = {
    "claim": f"{_OF_CLAIM} = ANY ({{ids}})",
    "notice": "SELECT person FROM claim WHERE notice = ANY ({ids})",
    "investigation": _through("investigation", "ANY ({ids})"),
    "case": _through("board_case", "ANY ({ids})"),
    "appeal": _OF_APPEAL.format(which="ANY ({ids})") + _through("appeal", "ANY ({ids})"),
    "document": _through("document", "ANY ({ids})"),
    "letter": _OF_LETTER.format(which="ANY ({ids})"),
    "task": of_tasks(TASKS),
}
