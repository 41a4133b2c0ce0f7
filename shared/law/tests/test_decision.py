"""The record of a decision: what it cites, that its bytes are canonical, and what it says in words."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

import pytest
import rfc8785

from shared.kernel.periods import Days, Month
from shared.law.act4.temporary_disablement.rules import daily_rate, daily_rate_working
from shared.law.act4.wage_base.rules import average_assumed_monthly_wage
from shared.law.book import Book, LawOn, book
from shared.law.canonical import canonical, plain
from shared.law.decision import Amounts, DecisionRecord, FactUsed, Per, Source, Term, Tests
from shared.law.errors import NotCanonical, UncitedStep, UnknownFigure
from shared.law.explanation import explain, shown
from shared.law.working import sen, working

ACCIDENT, DECIDED = date(2026, 7, 15), date(2026, 11, 22)
KNOWN_TO = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
WAGES = {Month(2026, number): 245_000 for number in range(1, 7)}


def law() -> LawOn:
    return book().on(ACCIDENT, DECIDED)


def record(
    days: int = 27,
    value: object = Days(ACCIDENT, date(2026, 8, 11)),
    revision: int = 3,
    law: LawOn | None = None,
    terms: tuple[Term, ...] = (),
    provisional: bool = False,
) -> DecisionRecord:
    law = law or book().on(ACCIDENT, DECIDED)
    tests, amounts = Tests(law), Amounts(law)
    tests.check("covered for employment injury on the day", True, "act4.cover.first_category")
    tests.check("certified unfit long enough", days >= law.days("act4.temporary_disablement.minimum_days"))
    rate = daily_rate(average_assumed_monthly_wage(WAGES, law), law)
    amounts.add("daily rate", rate, daily_rate_working(WAGES, law))
    amounts.add("benefit", rate * days, working("{} × {}", days, sen(6533)), "Act 4, s.22")
    return DecisionRecord.of(
        kind="act4.temporary_disablement",
        outcome="entitled",
        facts=[FactUsed("certified", value, (Source("certificate", 9, revision),))],
        tests=tests,
        amounts=amounts,
        law=law,
        decided_on=DECIDED,
        facts_known_to=KNOWN_TO,
        terms=terms,
        provisional=provisional,
        details={"month": (Month(2026, 6),)},
    )


def test_a_test_cites_the_figures_that_were_read_for_it() -> None:
    tests = Tests(reading := law())
    assert tests.check("old enough", reading.age("act800.cover.minimum_age") <= 20)
    assert not tests.check("on the way to work", False, "Act 4, s.24")
    one, two = tests.made
    assert [entry.figure for entry in one.figures] == ["act800.cover.minimum_age"]
    assert one.law == ("Act 800, First Schedule",)
    assert (two.figures, two.law, two.code) == ((), ("Act 4, s.24",), "on_the_way_to_work")
    assert tests.failed == (two,)


def test_a_step_that_cites_nothing_is_refused() -> None:
    with pytest.raises(UncitedStep, match="looks right"):
        Tests(law()).check("looks right", True)
    with pytest.raises(UncitedStep, match="a gift"):
        Amounts(law()).add("a gift", 100, "100")
    with pytest.raises(UnknownFigure):
        Tests(law()).check("misspelt", True, "act4.cover.frist_category")


def test_the_body_holds_facts_tests_amounts_rules_law_and_days() -> None:
    reading = law()
    body = record(law=reading).body
    assert body["facts"] == [
        {
            "name": "certified",
            "value": {"first": "2026-07-15", "last": "2026-08-11"},
            "sources": [{"kind": "certificate", "id": 9, "revision": 3}],
        }
    ]
    assert [(test["name"], test["met"]) for test in body["tests"]] == [
        ("covered for employment injury on the day", True),
        ("certified unfit long enough", True),
    ]
    assert [(amount["name"], amount["value"]) for amount in body["amounts"]] == [
        ("daily rate", 6533),
        ("benefit", 176391),
    ]
    assert body["rules"] == {
        "act4.temporary_disablement.daily_rate": "2013-01-01",
        "act4.wage_base.average_assumed_monthly_wage": "2013-01-01",
    }
    assert body["law_hash"] == reading.hash
    assert body["days"] == {
        "decided_on": "2026-11-22",
        "in_force_on": "2026-07-15",
        "known_on": "2026-11-22",
        "facts_known_to": "2026-11-22T08:30:00.000000Z",
    }
    assert {figure["figure"]: figure["value"] for figure in body["figures"]}[
        "act4.temporary_disablement.share"
    ] == "4/5"
    assert body["details"] == {"month": ["2026-06"]}
    assert (body["format"], body["version"], body["reason"], body["provisional"]) == (2, 1, "", False)
    assert body["amounts"][1]["working"] == {"signs": "{} × {}", "operands": [["count", 27], ["sen", 6533]]}


def test_every_amount_names_the_act_and_the_entries_behind_it() -> None:
    rate, benefit = record().body["amounts"]
    assert rate["law"] == ["Act 4, Fourth Schedule", "Act 4, s.22; Fourth Schedule"]
    assert {"figure": "act4.daily_rate.floor", "in_force": "2024-10-01", "known": "2024-10-01"} in rate["figures"]
    assert benefit["law"] == ["Act 4, s.22"]


def test_the_same_decision_worked_out_again_has_the_same_bytes() -> None:
    one, two = record(), record()
    assert one.canonical == two.canonical
    assert one.hash == two.hash
    assert one.canonical == rfc8785.dumps(json.loads(one.canonical))
    assert DecisionRecord(one.canonical) == one


def test_a_record_says_the_same_until_an_amount_changes() -> None:
    assert record(revision=3).same_as(record(revision=4))
    assert record(revision=3).hash != record(revision=4).hash
    assert not record(days=27).same_as(record(days=18))


def test_a_record_says_something_else_when_its_terms_move_or_it_is_final() -> None:
    """A certificate that moves by ten days with the same amount is a change."""
    term = Term("insured", Per.DAY, 6_533, ACCIDENT, date(2026, 8, 11))
    moved = replace(term, first=date(2026, 7, 25), last=date(2026, 8, 21))
    assert record(terms=(term,)).same_as(record(terms=(term,)))
    assert not record(terms=(term,)).same_as(record(terms=(moved,)))
    assert not record(terms=(term,)).same_as(record(terms=(replace(term, last=None),)))
    assert not record(provisional=True).same_as(record())


@pytest.mark.parametrize("value", [1.5, None, {1}, b"x", 2**53, {1: "a"}, [None], datetime(2026, 7, 15, 8, 0)])  # noqa: DTZ001
def test_a_value_without_a_canonical_form_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(NotCanonical, match=r"\$\.facts\.certified\.bad"):
        record(value={"bad": value})


def test_an_integer_that_json_would_not_keep_is_refused_in_a_working_too() -> None:
    asked = law()
    amounts = Amounts(asked)
    amounts.add("benefit", 1, working("{} × {}", 2, sen(2**53)), "Act 4, s.22")
    with pytest.raises(NotCanonical):
        DecisionRecord.of(
            kind="act4.temporary_disablement",
            outcome="entitled",
            facts=(),
            tests=Tests(asked),
            amounts=amounts,
            law=asked,
            decided_on=DECIDED,
            facts_known_to=KNOWN_TO,
        )


def test_an_instant_is_written_in_utc() -> None:
    kuala_lumpur = timezone(timedelta(hours=8))
    assert plain(datetime(2026, 7, 15, 8, 0, tzinfo=kuala_lumpur)) == "2026-07-15T00:00:00.000000Z"
    assert canonical({"b": Fraction(3, 4), "a": True}) == b'{"a":true,"b":"3/4"}'


def test_a_decision_is_said_in_english_with_every_amount_cited() -> None:
    lines = explain(record())
    assert lines[0] == ("Decision of 2026-11-22: entitled, by the law in force on 2026-07-15 as known on 2026-11-22")
    assert "Test: certified unfit long enough: met (Act 4, s.22)" in lines
    assert (
        "daily rate: 14700.00 / 6 / 30 × 80 % = RM65.33 (Act 4, Fourth Schedule · Act 4, s.22; Fourth Schedule)"
        in lines
    )
    assert "benefit: 27 × 65.33 = RM1763.91 (Act 4, s.22)" in lines
    assert "Lowest daily rate: RM30.00, since 2024-10-01 (Act 4, Fourth Schedule; assumed, to be confirmed)" in lines


def test_a_decision_is_said_in_malay() -> None:
    lines = explain(record(), "ms", wording={"benefit": "faedah"})
    assert lines[0].startswith("Keputusan 2026-11-22: layak, mengikut undang-undang")
    assert "faedah: 27 × 65.33 = RM1763.91 (Akta 4, s.22)" in lines
    assert "Kadar harian terendah: RM30.00, sejak 2024-10-01 (Akta 4, Jadual Keempat; andaian, perlu disahkan)" in lines


def test_a_figure_that_a_later_book_has_lost_is_called_by_its_name() -> None:
    assert any(line.startswith("act4.daily_rate.floor: RM30.00") for line in explain(record(), law=Book({})))


@pytest.mark.parametrize(
    ("unit", "value", "english", "malay"),
    [
        ("percent", "4/5", "80 %", "80 %"),
        ("percent", "7/400", "1.75 %", "1.75 %"),
        ("percent", "1/1000000", "0.0001 %", "0.0001 %"),
        ("percent", "1/10000000", "1/100000 %", "1/100000 %"),
        ("percent", "1/3", "100/3 %", "100/3 %"),
        ("sen", 5, "RM0.05", "RM0.05"),
        ("days", 4, "4 days", "4 hari"),
        ("yes_no", True, "yes", "ya"),
        ("yes_no", False, "no", "tidak"),
        ("names", ["v1", "v2"], "v1, v2", "v1, v2"),
        ("text", "free", "free", "free"),
        ("fraction", "1/3", "1/3", "1/3"),
    ],
)
def test_a_value_is_shown_as_a_reader_expects_it(unit: str, value: object, english: str, malay: str) -> None:
    assert shown(unit, value) == english
    assert shown(unit, value, "ms") == malay


def test_every_figure_of_the_book_can_be_explained() -> None:
    """Each unit of the book has words in both languages, tables included."""
    reading = law()
    figures = {name: figure for name, figure in book().figures.items() if figure.entries}
    for name, figure in figures.items():
        reading.on(figure.entries[0].in_force).entry(name)
    tests = Tests(reading)
    tests.check("everything was read", True)
    everything = DecisionRecord.of(
        kind="a test", outcome="refused", facts=[], tests=tests, amounts=Amounts(reading), law=reading,
        decided_on=DECIDED, facts_known_to=KNOWN_TO,
    )  # fmt: skip
    for language in ("en", "ms"):
        assert len(explain(everything, language)) == 2 + len(figures)
    assert replace(everything).hash == everything.hash
