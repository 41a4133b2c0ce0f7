"""The rooms `storage/` and `queries/` of the five services speak one dialect."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.architecture.dialect import units_not_last
from tests.architecture.dialect_storage import (
    misnamed_properties,
    misnamed_queries,
    misnamed_repositories,
    misnamed_row_readers,
    reads_past_queries,
    tables_by_another_name,
)
from tests.architecture.tree import ROOT, python_files

Check = Callable[[Path, Iterable[str]], list[str]]
CHECKS: tuple[Check, ...] = (
    misnamed_repositories,
    misnamed_properties,
    tables_by_another_name,
    misnamed_queries,
    misnamed_row_readers,
    reads_past_queries,
)
STORAGE = "services/claims/storage/claims.py"
PROJECTION = "services/claims/storage/known_persons.py"
UNIT = "services/claims/storage/unit_of_work.py"
QUERY = "services/claims/queries/claims.py"
ROUTE = "services/claims/api/claims.py"
TABLES = "from services.claims.storage import tables as t\n"
CLASS = "class {}:\n    def __init__(self, connection: AsyncConnection) -> None: ...\n"
PROPERTIES = """from services.claims.storage.known_wages import WageProjection
class ClaimsUnitOfWork(UnitOfWork):
    @cached_property
    def {}(self) -> WageProjection: ...
    @cached_property
    def consumer_store(self) -> ConsumerStore: ...
"""


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_services_speak_it(check: Check) -> None:
    assert check(ROOT, python_files()) == []


# A check, a file, what may stand in it, what may not, and what is said of that.
PLANTED: tuple[tuple[Check, str, str, str, str], ...] = (
    (misnamed_repositories, STORAGE, CLASS.format("ClaimRepository"), CLASS.format("Claims"), "1: Claims is a R"),
    (misnamed_repositories, PROJECTION, CLASS.format("PersonProjection"), CLASS.format("PersonRepository"), "1: P"),
    (misnamed_properties, UNIT, PROPERTIES.format("known_wages"), PROPERTIES.format("wages"), "4: wages comes from"),
    (tables_by_another_name, STORAGE, TABLES, TABLES.replace(" as t", ""), "1: tables are imported as t"),
    (tables_by_another_name, STORAGE, TABLES, "from services.claims.storage.tables import claim\n", "1: tables are"),
    (tables_by_another_name, STORAGE, TABLES, "import services.claims.storage.tables as t\n", "1: tables are"),
    (misnamed_queries, QUERY, "async def find_claim(): ...\n", "async def claim_of(): ...\n", "1: claim_of is"),
    (misnamed_queries, QUERY, "async def list_claims(): ...\n", "async def claims(): ...\n", "1: claims is"),
    (
        misnamed_row_readers,
        QUERY,
        "def claim_of(row: Row): ...\n",
        "def _claim(row: Row[Any]): ...\n",
        "1: _claim takes",
    ),
    (misnamed_row_readers, STORAGE, "def find() -> Claim: ...\n", "def find() -> Row | None: ...\n", "1: find returns"),
    (reads_past_queries, ROUTE, "await find_claim(claim, uow)\n", "await uow.claims.find(claim)\n", "1: uow.claims is"),
)


@pytest.mark.parametrize(("check", "path", "right", "wrong", "said"), PLANTED)
def test_what_speaks_another_is_found(
    tmp_path: Path, check: Check, path: str, right: str, wrong: str, said: str
) -> None:
    assert check(tmp_path, _planted(tmp_path, path, right)) == []
    found = check(tmp_path, _planted(tmp_path, path, wrong))
    assert [finding.startswith(f"{path}:{said}") for finding in found] == [True], found


@pytest.mark.parametrize("signature", ["list_(uow: ClaimsUnitOfWork, limit: int)", "list_(uow: U, *, limit: int)"])
def test_a_query_that_takes_its_unit_of_work_first_is_found(tmp_path: Path, signature: str) -> None:
    found = units_not_last(tmp_path, _planted(tmp_path, QUERY, f"async def {signature}: ...\n"))
    assert found == [f"{QUERY}:1: list_ takes the unit of work before something else"]


def _planted(root: Path, path: str, text: str) -> list[str]:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)
    return [path]
