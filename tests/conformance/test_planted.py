"""A bug in the law or in its application makes the pack red, and the case that names it.

The services hold the bug here; the pack and its runner are as published.
"""

import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import shared.law.book
from services.registration.domain import work
from services.registration.files import line_checks
from shared.law.book import Book, book
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer
from tests.conformance.conftest import Ground, ground_on, results_of

pytestmark = pytest.mark.postgres
LAW = Path(shared.law.book.__file__).parent


@dataclass(frozen=True)
class Planted:
    """A bug: one file of the statute book with a text changed, and the case that has to notice."""

    file: str
    before: str
    after: str
    noticed_by: str


BUGS = {
    "a cell of the table is five sen off": Planted(
        "act4/contributions/classes_2024_10_01.csv", "44.65,12.75", "44.70,12.75", "classes/first-upper-edges"
    ),
    "a cell of the second category is ten sen off": Planted(
        "act4/contributions/classes_2024_10_01.csv", "12.75,31.90", "12.75,32.00", "classes/second-lower-edges"
    ),
    "an SKBBK is by the formula, not by the table": Planted(
        "act4/contributions/skbbk_2026_06_01.csv", "100.00,0.65", "100.00,0.70", "classes/first-upper-edges"
    ),
    "an edge is moved by a sen": Planted(
        "act800/contributions/classes_2024_10_01.csv", "2500.00", "2500.01", "classes/first-lower-edges"
    ),
    "the second category begins at 61": Planted("act4/cover/second_category_age.yaml", "60", "61", "ages/after-sixty"),
    "first liable at 55 is the first category": Planted(
        "act4/cover/first_liable_age.yaml", "55", "56", "ages/first-liable-at-55"
    ),
    "first liable at 57 is insured": Planted(
        "act800/cover/first_liable_age.yaml", "57", "58", "ages/first-liable-at-57"
    ),
    "insured from 17 on": Planted("act800/cover/minimum_age.yaml", "18", "17", "ages/seventeen"),
    "foreigners are insured": Planted(
        "act800/cover/foreigners_insured.yaml", "value: no", "value: yes", "ages/foreign-worker"
    ),
    "the ceiling of 2024 is a month late": Planted(
        "act4/contributions/classes.yaml", "in_force: 2024-10-01", "in_force: 2024-11-01", "months/ceiling-of-2024"
    ),
    "the correction of class 44 is lost": Planted(
        "act4/contributions/classes_2022_09_01.csv", "69.15", "69.05", "months/row-44-of-2022"
    ),
    "EIS goes on at 60": Planted("act800/cover/maximum_age.yaml", "60", "61", "ages/sixty-on-a-leap-day"),
    "the odd cell is corrected too early": Planted(
        "act4/contributions/classes_2016_06_01.csv", "69.05", "69.15", "earlier-tables/first-to-4000"
    ),
    "the ceiling of 2022 is a month late": Planted(
        "act4/contributions/classes.yaml",
        "in_force: 2022-09-01",
        "in_force: 2022-10-01",
        "earlier-tables/first-and-last-month-to-5000",
    ),
    "a cell of the first table is five sen off": Planted(
        "act4/contributions/classes_2013_01_01.csv", "0.40,0.10", "0.45,0.10", "earlier-tables/first-to-3000"
    ),
    "both employers owe the SKBBK": Planted(
        "act4/skbbk/one_employer_deducts.yaml", "value: yes", "value: no", "two-employers/the-second-deducts"
    ),
    "the SKBBK begins a month late": Planted(
        "act4/cover/first_category.yaml", "in_force: 2026-06-01", "in_force: 2026-07-01", "months/skbbk-begins"
    ),
}


@pytest.fixture(scope="module")
async def ground(
    databases: Databases, issuer: TestIssuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Ground]:
    """One installation for all: each run has an employer and people of its own."""
    async with ground_on(databases, issuer, tmp_path_factory.mktemp("planted") / "state") as made:
        yield made


# Of the kinds of work: the register asks when an employment is stated.
BUGS_OF_WORK = {
    "a civil servant is insured": Planted("act4/cover/excluded.yaml", "civil_servant, ", "", "work/kinds-left-out"),
    "a prisoner is insured": Planted("act4/cover/excluded.yaml", ", prisoner", "", "work/kinds-left-out"),
    "domestic workers come a month later": Planted(
        "act4/cover/domestic_workers_covered.yaml",
        "in_force: 2021-06-01",
        "in_force: 2021-07-01",
        "work/domestic-worker-begins",
    ),
    "a spouse is insured under Act 800": Planted(
        "act800/cover/spouse_insured.yaml", "value: no", "value: yes", "work/spouse-with-eis"
    ),
    "a spouse was inside before": Planted("act4/cover/spouse_covered.yaml", "value: no", "value: yes", "work/spouse"),
    "an intern is insured from RM30.00": Planted(
        "act4/cover/intern_allowance_over.yaml", "30.00", "29.99", "work/intern-by-allowance"
    ),
}


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Planted], None]:
    """Let the checks of lines, and what asks of kinds of work, read a statute book with the bug."""

    def put(bug: Planted) -> None:
        (tmp_path / bug.file).parent.mkdir(parents=True)
        folder = (tmp_path / bug.file).parent
        for each in (LAW / bug.file).parent.iterdir():
            if each.suffix in (".yaml", ".csv"):
                shutil.copy(each, folder)
        text = (tmp_path / bug.file).read_text(encoding="utf-8")
        assert bug.before in text
        (tmp_path / bug.file).write_text(text.replace(bug.before, bug.after), encoding="utf-8")
        wrong = Book({**book().figures, **Book.load(tmp_path).figures})
        for asking in (line_checks, work):
            monkeypatch.setattr(asking, "book", lambda: wrong)

    return put


async def failed(ground: Ground, cases: Sequence[str], code: str) -> set[str]:
    """Which of these cases fail."""
    return {each.case.id for each in await results_of(ground, *cases, code=code) if each.state == "failed"}


@pytest.mark.parametrize("name", BUGS)
async def test_a_bug_of_the_law_makes_the_pack_red(name: str, ground: Ground, plant: Callable[[Planted], None]) -> None:
    bug, number = BUGS[name], list(BUGS).index(name)
    plant(bug)
    assert await failed(ground, [bug.noticed_by], f"P{number:010d}Z") == {bug.noticed_by}


@pytest.mark.parametrize("name", BUGS_OF_WORK)
async def test_a_bug_of_the_kinds_of_work_makes_the_pack_red(
    name: str, ground: Ground, plant: Callable[[Planted], None]
) -> None:
    bug, number = BUGS_OF_WORK[name], list(BUGS_OF_WORK).index(name)
    plant(bug)
    assert await failed(ground, [bug.noticed_by], f"W{number:010d}Z") == {bug.noticed_by}


def anything(*_: object) -> bool:
    """In the place of a check: it finds nothing."""
    return True


@pytest.mark.parametrize(
    ("attribute", "noticed_by"),
    [
        ("is_named", "names/swapped"),
        ("_check_repetition", "lines/twice"),
        ("_check_employment", "lines/before-employment"),
        ("_check_employment", "spells/month-after-the-last-day"),
        ("_check_repetition", "spells/left-and-back-in-one-month"),
        ("is_named", "names/each-beside-the-number-of-the-next"),
        ("is_named", "names/nearly-the-name"),
    ],
)
async def test_a_bug_of_the_checks_makes_the_pack_red(
    attribute: str, noticed_by: str, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_checks, attribute, anything)
    assert await failed(ground, [noticed_by], f"Q{sum(map(ord, attribute + noticed_by)):010d}Z") == {noticed_by}


async def test_without_a_bug_the_same_cases_are_green(ground: Ground) -> None:
    cases = sorted({bug.noticed_by for bug in (BUGS | BUGS_OF_WORK).values()} | {"names/swapped", "lines/twice"})
    assert await failed(ground, cases, "R0000000001Z") == set()
