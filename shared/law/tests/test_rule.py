"""A rule notes itself in the law that it was asked with."""

from datetime import date

from shared.law.book import LawOn, book
from shared.law.rule import rule


@rule("2013-01-01")
def first_version(facts: int, law: LawOn) -> int:
    return facts + law.days("act4.temporary_disablement.minimum_days")


@rule("2013-01-01", correction=2)
def second_correction(law: LawOn) -> str:
    return str(law.in_force)


def test_a_rule_that_ran_is_noted_with_its_version_however_the_law_was_passed() -> None:
    law = book().on(date(2026, 7, 15), date(2026, 11, 22))
    assert law.rules == {}
    assert first_version(1, law) == first_version(facts=1, law=law) == 5
    assert second_correction(law.on(date(2020, 1, 1))) == "2020-01-01"
    assert {name.rpartition(".")[2]: version for name, version in law.rules.items()} == {
        "first_version": "2013-01-01",
        "second_correction": "2013-01-01+2",
    }
