"""Nothing of the database is in the way of an erasure: no trigger, no reference, no table that is read whole.

Asked of every function that erases, and of every table that it writes: whoever adds one of either is told here.
"""

import re
from collections.abc import Mapping, Sequence

import pytest

from services.registration.tests.support import Register

pytestmark = pytest.mark.postgres

_FUNCTIONS = """
    SELECT proname, prosrc FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proname LIKE 'erase%'
"""
_TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(oid) AS says FROM pg_trigger
    WHERE tgrelid = to_regclass($1) AND NOT tgisinternal AND tgtype & 2 > 0 AND tgtype & $2 > 0 AND tgtype & 1 > 0
"""
# A deleted row fires 8, a changed one 16.
_FIRED_BY = {"DELETE FROM": 8, "UPDATE": 16}
# These say by functions of their own whom they let through.
_ASKS_OF_ERASURE = re.compile(r"may_be_erased|is_sent_about_erased|is_opening_over")
_REFERENCES = """
    SELECT conrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND confrelid = to_regclass($1) AND conrelid <> confrelid
"""
_INDEXED = """
    SELECT EXISTS (
        SELECT FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE indrelid = to_regclass($1) AND attname = $2
              AND coalesce(pg_get_expr(indpred, indrelid), '(person IS NOT NULL)') = '(person IS NOT NULL)')
"""
_WRITES = re.compile(r"(DELETE FROM|UPDATE) public\.(\w+)")
_BY_COLUMN = re.compile(r"(\w+) = ANY\(of_numbers\)")


async def functions(register: Register) -> Mapping[str, Sequence[str]]:
    """The statements of each function that erases."""
    found = {row["proname"]: row["prosrc"].split(";") for row in await register.rows(_FUNCTIONS)}
    assert "erase_person" in found
    return found


async def test_no_trigger_is_in_the_way_of_what_erases(register: Register) -> None:
    in_the_way = []
    for name, statements in (await functions(register)).items():
        for what, table in set(_WRITES.findall(";".join(statements))):
            triggers = await register.rows(_TRIGGERS, f"public.{table}", _FIRED_BY[what])
            asks = [each["says"] for each in triggers if not _ASKS_OF_ERASURE.search(each["says"])]
            in_the_way += [f"{name}: {what} {table}: {says}" for says in asks]
    assert in_the_way == []


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
        # By what rows of the first table are found; what a statement asks of other tables is asked by their keys.
        first = [(_WRITES.findall(says)[:1], _BY_COLUMN.findall(says.partition("SELECT")[0])) for says in statements]
        for table, column in {(table, each) for written, by in first for _, table in written for each in by}:
            ((is_indexed,),) = await register.rows(_INDEXED, f"public.{table}", column)
            if not is_indexed:
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
