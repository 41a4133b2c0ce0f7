"""Whose data benefits tells, by what leads to people (`shared/persistence/read_log.py`)."""

from collections.abc import Mapping

from shared.persistence.read_log import BY_ITS_PATH, Whose, of_tasks

# The number of a party that is a person.
_NUMBER = "CASE WHEN {party} LIKE 'person:%' THEN CAST(split_part({party}, ':', 2) AS bigint) END"
_OF_PARTY = _NUMBER.format(party="party")

# By the kind of subject of each queue.
TASKS: Mapping[str, str] = {
    "party_statement": f"SELECT {_OF_PARTY} FROM party_statement WHERE id = {{id}}",  # noqa: S608 - a constant
    # An order raises benefits of whoever has one.
    "increase_order": BY_ITS_PATH,
    "payee_death": f"SELECT {_NUMBER.format(party='{text}')}",
}
WHOSE: Whose = {
    "claim": "SELECT person FROM assessment WHERE claim = ANY ({ids})",
    "recovery": f"SELECT unnest(ARRAY[person, {_OF_PARTY}]) FROM recovery WHERE id = ANY ({{ids}})",  # noqa: S608
    # Thousands are paid by one: it leads to them, and they to it.
    "bank_file": BY_ITS_PATH,
    "task": of_tasks(TASKS),
}
# And under which claims, or payables.
CLAIMS_OF_TASKS: Mapping[str, str] = {
    "party_statement": "SELECT claim FROM party_statement WHERE id = {id}",
    "increase_order": BY_ITS_PATH,
    "payee_death": BY_ITS_PATH,
}
CLAIMS_OF: Whose = {
    "recovery": "SELECT claim FROM recovery WHERE id = ANY ({ids})",
    "task": of_tasks(CLAIMS_OF_TASKS),
}
