"""Facts are read as lawyers write them, and what is not written so is refused by name."""

from datetime import date, datetime
from fractions import Fraction

import pytest

import shared.law.facts as facts_module
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.periods import Days, Month
from shared.law.fact_types import Fact, MalformedFact, Written
from shared.law.facts import Facts


def read(type_: str, written: Written, *of: Fact, choices: tuple[str, ...] = ()) -> object:
    fact = Fact("it", type_, "what is read", choices=choices, of=of)
    return Facts((fact,), {"it": written})._values["it"]


@pytest.mark.parametrize(
    ("type_", "written", "value"),
    [
        ("ringgit", "2450.00", 245_000), ("ringgit", "2450", 245_000), ("ringgit", "0.5", 50),
        ("count", "24", 24), ("percent", "12.5", Fraction(1, 8)), ("percent", "20", Fraction(1, 5)),
        ("date", "2026-07-15", date(2026, 7, 15)), ("month", "2026-07", Month(2026, 7)),
        ("instant", "2026-07-15 14:30", datetime(2026, 7, 15, 14, 30, tzinfo=BUSINESS_ZONE)),
        ("instant", "2026-07-15T14:30:59", datetime(2026, 7, 15, 14, 30, 59, tzinfo=BUSINESS_ZONE)),
        ("yes_no", "yes", True), ("yes_no", "no", False), ("yes_no", "true", True), ("yes_no", "false", False),
        ("factor", "7100 by P.U.(A) 99/1971", (7100, "P.U.(A) 99/1971")),
        ("text", "abroad", "abroad"), ("texts", ["a", "b"], ("a", "b")),
        ("dates", ["2026-07-16", "2026-07-15", "2026-07-16"], (date(2026, 7, 15), date(2026, 7, 16))),
        ("periods", ["2026-07-15", "2026-08-11"], (Days(date(2026, 7, 15), date(2026, 8, 11)),)),
        ("periods", [["2026-07-15", "2026-07-15"]], (Days(date(2026, 7, 15), date(2026, 7, 15)),)),
        ("periods", [], ()),
        ("months", ["2025-12 to 2026-02", "2026-01"], (Month(2025, 12), Month(2026, 1), Month(2026, 2))),
        ("by_month", {"2026-02": "10.00", "2026-01": ["1.00", "2.00"]},
         {Month(2026, 1): (100, 200), Month(2026, 2): (1000,)}),
    ],
)  # fmt: skip
def test_a_fact_is_read_by_its_type(type_: str, written: Written, value: object) -> None:
    assert read(type_, written) == value


@pytest.mark.parametrize(
    ("type_", "written"),
    [
        ("ringgit", "24,50.00"), ("ringgit", "RM"), ("ringgit", "2450,00"),
        ("ringgit", "-1.00"), ("ringgit", "1.005"), ("ringgit", ["1.00"]),
        ("count", "1.0"), ("count", "-1"), ("percent", "%"), ("percent", "-5"),
        ("date", "15-07-2026"), ("date", "2026-02-30"), ("month", "2026-13"), ("month", "2026-07-15"),
        ("instant", "2026-07-15"), ("instant", "14:30"), ("yes_no", "maybe"), ("yes_no", ["yes"]),
        ("factor", "7100"), ("factor", "7100 by "), ("factor", "0 by P.U.(A)"), ("factor", "by P.U.(A) 99/1971"),
        ("text", " "), ("text", ["a"]), ("dates", "15 July"), ("dates", ["2026-07-18 to 2026-07-15"]),
        ("periods", ["2026-08-11", "2026-07-15"]), ("periods", ["2026-07-15"]), ("periods", [["2026-07-15"]]),
        ("periods", "2026-07-15"), ("periods", "2026-08-11 to 2026-07-15"), ("periods", ["a", "b", "c"]),
        ("months", "2026"), ("months", "2026-06 to 2026-01"), ("by_month", ["2026-01"]),
        ("by_month", {"2026-01 to 2026-06": "1.00", "2026-06": "2.00"}), ("instant", "2026-07-15 14:30+07:00"),
        ("by_month", {"2026-01-01": "1.00"}),
        ("by_month", {"2026-01": {"a": "1.00"}}), ("people", ["x"]), ("records", {"x": {}}),
    ],
)  # fmt: skip
def test_a_fact_that_is_written_otherwise_is_refused_by_name(type_: str, written: Written) -> None:
    with pytest.raises(MalformedFact, match="it: "):
        read(type_, written)


@pytest.mark.parametrize(
    ("type_", "written", "value"),
    [
        ("ringgit", "RM2450", 245_000), ("ringgit", "RM 2,450.00", 245_000), ("ringgit", "1,234,567.8", 123_456_780),
        ("percent", "20%", Fraction(1, 5)), ("percent", "12.5 %", Fraction(1, 8)), ("count", " 24 ", 24),
        ("yes_no", "Yes", True), ("yes_no", "FALSE", False), ("date", " 2026-07-15", date(2026, 7, 15)),
        ("instant", "2026-07-15 9:30", datetime(2026, 7, 15, 9, 30, tzinfo=BUSINESS_ZONE)),
        ("instant", "2026-07-15T09:30:00+08:00", datetime(2026, 7, 15, 9, 30, tzinfo=BUSINESS_ZONE)),
        ("texts", "a", ("a",)), ("dates", "2026-07-15", (date(2026, 7, 15),)),
        ("dates", ["2026-07-15 to 2026-07-16"], (date(2026, 7, 15), date(2026, 7, 16))),
        ("periods", "2026-07-15 to 2026-08-11", (Days(date(2026, 7, 15), date(2026, 8, 11)),)),
        ("periods", ["2026-07-15 to 2026-07-16", "2026-08-01 to 2026-08-02"],
         (Days(date(2026, 7, 15), date(2026, 7, 16)), Days(date(2026, 8, 1), date(2026, 8, 2)))),
        ("months", "2026-01", (Month(2026, 1),)), ("months", "2025-12 to 2026-01", (Month(2025, 12), Month(2026, 1))),
        ("by_month", {"2026-01 to 2026-02": "RM1,000"}, {Month(2026, 1): (100_000,), Month(2026, 2): (100_000,)}),
    ],
)  # fmt: skip
def test_what_can_be_meant_in_one_way_only_is_read(type_: str, written: Written, value: object) -> None:
    assert read(type_, written) == value


def test_a_choice_is_known_by_its_words() -> None:
    for written in ("non-employment injury", "Non_employment injury", "NON EMPLOYMENT INJURY"):
        assert read("choice", written, choices=("other", "non employment injury")) == "non employment injury"
    assert read("choice", "paid intern", choices=("paid_intern",)) == "paid_intern"


def test_a_single_record_and_a_blank_person_need_no_list() -> None:
    born = Fact("born", "date", "the day of birth", default="")
    records = Facts((Fact("paid", "records", "what", of=(born,)),), {"paid": {"born": "1990-01-14"}})
    assert records.people("paid")["1"].day("born") == date(1990, 1, 14)
    family = Facts((Fact("family", "people", "who", of=(born,)),), {"family": {"Aminah": ""}})
    assert not family.people("family")["Aminah"].has("born")


def test_a_blank_stands_for_an_absent_fact() -> None:
    category = Fact("category", "choice", "which", default="first", choices=("first", "second"))
    assert Facts((category,), {"category": ""}).text("category") == "first"
    with pytest.raises(MalformedFact, match="wage: missing"):
        Facts((Fact("wage", "ringgit", "the wage"),), {"wage": ""})


def test_a_name_that_is_nearly_known_is_named() -> None:
    declared = (Fact("assumed wages", "ringgit", "the wage", default=""),)
    with pytest.raises(MalformedFact, match="assumed_wages: unknown; 'assumed wages' may be meant; known are"):
        Facts(declared, {"assumed_wages": "1.00"})


def test_a_refusal_names_the_part_that_is_malformed() -> None:
    with pytest.raises(MalformedFact, match="'ten' is not an amount in ringgit"):
        read("by_month", {"2026-01": ["1.00", "ten"]})
    with pytest.raises(MalformedFact, match="2026-06 is given twice"):
        read("by_month", {"2026-01 to 2026-06": "1.00", "2026-06": "2.00"})


def test_days_that_contradict_each_other_are_refused() -> None:
    declared = (
        Fact("injured at", "instant", "when"),
        Fact("death", "date", "when", default=""),
        Fact("asked for", "date", "when", default=""),
    )

    def follow(**written: str) -> None:
        given = {name.replace("_", " "): day for name, day in written.items()}
        Facts(declared, {"injured at": "2026-07-15 14:30", **given}).in_order("injured at", "death", "asked for")

    follow()
    follow(death="2026-07-15", asked_for="2026-07-15")
    with pytest.raises(MalformedFact, match="death: 2026-07-14 lies before 2026-07-15, which is given as injured at"):
        follow(death="2026-07-14")
    with pytest.raises(MalformedFact, match="asked for: 2026-07-14 lies before"):
        follow(asked_for="2026-07-14")


def test_a_choice_names_the_words_it_knows() -> None:
    assert read("choice", "first", choices=("first", "second")) == "first"
    with pytest.raises(MalformedFact, match="'third' is none of first, second"):
        read("choice", "third", choices=("first", "second"))


def test_people_and_records_have_facts_of_their_own() -> None:
    born = Fact("born", "date", "the day of birth")
    people = Facts((Fact("family", "people", "who", of=(born,)),), {"family": {"Aminah": {"born": "1990-01-14"}}})
    assert people.people("family")["Aminah"].day("born") == date(1990, 1, 14)
    records = Facts((Fact("paid", "records", "what", of=(born,)),), {"paid": [{"born": "1990-01-14"}]})
    assert list(records.people("paid")) == ["1"]
    with pytest.raises(MalformedFact, match="family: Aminah: born: missing"):
        Facts((Fact("family", "people", "who", of=(born,)),), {"family": {"Aminah": {}}})


def test_an_unknown_a_missing_and_an_absent_fact_are_told_apart() -> None:
    declared = (Fact("wage", "ringgit", "the wage"), Fact("left", "date", "the last day", default=""))
    with pytest.raises(MalformedFact, match="salary: unknown; known are left, wage"):
        Facts(declared, {"wage": "1.00", "salary": "1.00"})
    with pytest.raises(MalformedFact, match="wage: missing"):
        Facts(declared, {})
    facts = Facts(declared, {"wage": "1.00"})
    assert not facts.has("left")
    with pytest.raises(MalformedFact, match="left: needed here"):
        facts.day("left")
    with pytest.raises(MalformedFact, match="wage: not a date"):
        facts.day("wage")


def test_the_first_fault_in_the_order_declared_is_named_whatever_was_written_first() -> None:
    declared = (Fact("wage", "ringgit", "the wage"), Fact("born", "date", "when"), Fact("paid", "date", "when"))
    with pytest.raises(MalformedFact, match="wage: 'ten' is not"):
        Facts(declared, {"paid": "never", "wage": "ten", "born": ""})
    with pytest.raises(MalformedFact, match="born: missing"):
        Facts(declared, {"paid": "never", "wage": "1.00"})
    with pytest.raises(MalformedFact, match="salary: unknown"):
        Facts(declared, {"paid": "never", "wage": "ten", "salary": ""})


def test_what_is_remembered_of_declared_facts_is_that_of_no_others() -> None:
    """They are remembered by the place of their tuple, which another one may have later."""
    for number in range(3_000):
        assert Facts((Fact("it", "count", "what", default=str(number)),), {}).count("it") == number
        assert len(facts_module._declared) <= facts_module._REMEMBERED


def test_an_absent_fact_may_have_a_value() -> None:
    facts = Facts((Fact("category", "choice", "which", default="first", choices=("first", "second")),), {})
    assert facts.text("category") == "first"
    assert facts.written == {}
