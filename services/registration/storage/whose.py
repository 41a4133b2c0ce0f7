"""Whose data registration tells, by what leads to people (`shared/persistence/read_log.py`)."""

from collections.abc import Mapping

from shared.persistence.read_log import BY_ITS_PATH, Whose, of_tasks

# By the kind of subject of each queue; what is about an employer, its money or its files leads to nobody.
TASKS: Mapping[str, str] = {
    "refund": BY_ITS_PATH,
    "person_correction": "SELECT person FROM person_correction WHERE correction = {id}",
    "possible_duplicate": "SELECT {number} UNION ALL SELECT {other}",
    "interest": BY_ITS_PATH,
    "bank_credit": BY_ITS_PATH,
    "spell_statement": "SELECT person FROM spell_statement WHERE statement = {id}",
    "relation_statement": "SELECT unnest(ARRAY[person, relative]) FROM relation_statement WHERE id = {id}",
    "register_statement": "SELECT unnest(persons) FROM register_statement WHERE id = {id}",
    "opening_file": BY_ITS_PATH,
    "spell_correction": "SELECT person FROM spell_correction WHERE correction = {id}",
    "foreign_pass": "SELECT {number}",
    "employer_statement": BY_ITS_PATH,
    "person_merge": "SELECT unnest(ARRAY[person, survivor]) FROM person_merge_statement WHERE statement = {id}",
    "contribution_file": BY_ITS_PATH,
    "enforcement": BY_ITS_PATH,
    "erasure": "SELECT person FROM erasure WHERE erasure = {id}",
    "cover_payment": "SELECT person FROM cover_payment WHERE payment = {id}",
}
WHOSE: Whose = {
    "spell": "SELECT person FROM spell WHERE spell = ANY ({ids})",
    # The lines that are told are those that were matched with nobody.
    "file": BY_ITS_PATH,
    "opening_file": BY_ITS_PATH,
    "task": of_tasks(TASKS),
}
