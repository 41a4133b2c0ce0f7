"""Nothing of the database is in the way of an erasure: no trigger, no reference, no table that is read whole.

Asked of every function that erases, or settles what waits of an erased person, and of every table that it writes:
whoever adds one of either is told here.
"""

import re
from collections.abc import Mapping, Sequence

import pytest

from services.registration.tests.support import Register

pytestmark = pytest.mark.postgres

_FUNCTIONS = """
    SELECT proname, prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prosecdef AND prosrc ~ '(DELETE FROM|UPDATE) public[.]'
          AND (prosrc ~ 'erased' OR pg_get_function_arguments(oid) ~ 'of_numbers')
"""
_TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(oid) AS says FROM pg_trigger
    WHERE tgrelid = to_regclass($1) AND NOT tgisinternal AND tgtype & 2 > 0 AND tgtype & $2 > 0 AND tgtype & 1 > 0
"""
# A deleted row fires 8, a changed one 16.
_FIRED_BY = {"DELETE FROM": 8, "UPDATE": 16}
# Whatever is not the owner's, of a row that a function lets through.
_LETS_THROUGH = re.compile(
    r"NOT \(\(CURRENT_USER = 'registration_migrate'::name\) AND "
    r"(may_be_erased|any_may_be_erased|is_any_erased|is_sent_about_erased|is_copy_of_erased|is_correction_of_erased"
    r"|is_opening_over)\((ARRAY\[)?old\.\w+(, old\.\w+)*\]?\)\)"
)
_REFERENCES = """
    SELECT conrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND confrelid = to_regclass($1) AND conrelid <> confrelid
"""
_INDEXED = """
    SELECT pg_get_expr(indpred, indrelid) AS only_where
    FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
    WHERE indrelid = to_regclass($1) AND attname = $2
"""
_SETS = re.compile(r"UPDATE public\.(\w+)(?: AS \w+)? SET (.*?)(?:WHERE|FROM|$)", re.DOTALL)
_WRITES = re.compile(r"(DELETE FROM|UPDATE) public\.(\w+)")
_BY_COLUMN = re.compile(r"(\w+) = ANY\(of_numbers\)")


async def functions(register: Register) -> Mapping[str, Sequence[str]]:
    """The statements of each function that erases."""
    found = {row["proname"]: row["prosrc"].split(";") for row in await register.rows(_FUNCTIONS)}
    assert found.keys() >= {"erase_person", "erase_files_of", "erase_copies_of"}
    assert found.keys() >= {"let_questions_rest", "keep_words_of_others"}
    return found


def conjuncts(condition: str) -> list[str]:
    """What a condition, with its parentheses, asks that must all hold."""
    depth, inner, begun, joins = 0, condition.removeprefix("(").removesuffix(")"), 0, set()
    found = []
    for place, character in enumerate(inner):
        depth += {"(": 1, ")": -1}.get(character, 0)
        for word in (" AND ", " OR "):
            if depth == 0 and inner.startswith(word, place):
                joins.add(word)
                found.append(inner[begun:place])
                begun = place + len(word)
    if " OR " in joins:
        return [inner]
    parts = [*found, inner[begun:]]
    return [each for part in parts for each in (conjuncts(part) if part.startswith("(") else [part])]


def is_in_the_way(trigger: str, changed: set[str]) -> bool:
    """Whether it refuses the owner's function: it lets through no such row, and asks of a column that is changed."""
    condition = trigger.partition(" WHEN ")[2].rpartition(" EXECUTE ")[0]
    if any(_LETS_THROUGH.fullmatch(each) for each in conjuncts(condition)):
        return False
    asks_of = set(re.findall(r"old\.(\w+)", condition)) if "IS DISTINCT FROM" in condition else set()
    return not changed or not asks_of or bool(asks_of & changed)


async def test_no_trigger_is_in_the_way_of_what_erases(register: Register) -> None:
    in_the_way = []
    for name, statements in (await functions(register)).items():
        for says in statements:
            sets = {table: set(re.findall(r"(\w+) =", columns)) for table, columns in _SETS.findall(says)}
            for what, table in set(_WRITES.findall(says)):
                changed = sets[table] if what == "UPDATE" else set()
                triggers = await register.rows(_TRIGGERS, f"public.{table}", _FIRED_BY[what])
                found = [each["says"] for each in triggers if is_in_the_way(each["says"], changed)]
                in_the_way += [f"{name}: {what} {table}: {each}" for each in found]
    assert in_the_way == []


_LETS, _ASKS = "(NOT ((CURRENT_USER = 'registration_migrate'::name) AND may_be_erased(old.person)))", "(old.id > 0)"
_DIFFERS = "(old.said IS DISTINCT FROM new.said)"


@pytest.mark.parametrize(
    ("condition", "is_so"),
    [
        ("true", True),
        ("may_be_erased(old.person)", True),
        (f"(NOT {_LETS})", True),
        (_LETS.replace("old", "new"), True),
        (_LETS.replace("_migrate", "_worker"), True),
        (f"({_LETS} OR {_ASKS})", True),
        (f"(({_LETS} AND {_ASKS}) OR {_DIFFERS})", True),
        (_DIFFERS, True),
        (_LETS, False),
        (f"({_LETS} AND ({_ASKS} OR {_DIFFERS}))", False),
        (f"({_ASKS} AND ({_LETS} AND {_DIFFERS}))", False),
        (_DIFFERS.replace("said", "other"), False),
    ],
)
def test_that_a_trigger_names_the_question_is_not_enough(condition: str, *, is_so: bool) -> None:
    trigger = f"CREATE TRIGGER t BEFORE UPDATE ON t FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION never_changed()"
    assert is_in_the_way(trigger, {"said"}) is is_so


async def test_what_refers_to_what_is_erased_is_erased_before(register: Register) -> None:
    refer = []
    for name, statements in (await functions(register)).items():
        at = {table: place for place, says in enumerate(statements) for what, table in _WRITES.findall(says)}
        for place, says in enumerate(statements):
            for table in (table for what, table in _WRITES.findall(says) if what == "DELETE FROM"):
                for (other,) in await register.rows(_REFERENCES, f"public.{table}"):
                    if at.get(other, place + 1) > place:
                        refer.append(f"{name}: {other} refers to {table}")
    assert refer == []


async def test_whose_rows_go_are_found_by_an_index(register: Register) -> None:
    read_whole = []
    for name, statements in (await functions(register)).items():
        for says in statements:
            # By what rows of the first table are found; what a statement asks of others is asked by their keys.
            for _, table in _WRITES.findall(says)[:1]:
                for column in set(_BY_COLUMN.findall(says.partition("SELECT")[0])):
                    found = [each["only_where"] for each in await register.rows(_INDEXED, f"public.{table}", column)]
                    if not any(only in (None, "(person IS NOT NULL)") or only.strip("()") in says for only in found):
                        read_whole.append(f"{name}: {table} by {column}")
    assert read_whole == []


async def test_bytes_of_files_are_erased_by_one_function(register: Register) -> None:
    """It is told which: nothing else looks for them."""
    of_files = ("contribution_upload", "contribution_piece")
    found = {
        name
        for name, statements in (await functions(register)).items()
        if any(table in of_files for says in statements for _, table in _WRITES.findall(says))
    }
    assert found == {"erase_files_of"}
    assert await register.rows("SELECT FROM pg_proc WHERE proname = 'is_file_of_erased'") == []
