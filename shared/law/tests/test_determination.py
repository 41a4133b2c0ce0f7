"""A determination records what it declares, is explained in two languages, and is replayed from its own record."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache

import orjson
import pytest

from shared.law import determination as determination_module
from shared.law.book import Book, LawOn, book
from shared.law.case_files import read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.decision import DecisionRecord, Source
from shared.law.determination import (
    Determination,
    Result,
    Steps,
    Test,
    UndeclaredStep,
    UnknownDetermination,
    determination,
    determination_of,
    determinations,
    determine,
    explained,
    replay,
)  # fmt: skip
from shared.law.errors import NotCanonical
from shared.law.explanation import has_words
from shared.law.fact_types import Fact, MalformedFact, Written
from shared.law.facts import Facts
from shared.law.figures import Figure

KNOWN = date(2026, 11, 22)
CORRECTED = date(2030, 1, 1)
ASKED_PARTS = {"format", "kind", "version", "days", "facts"}
PLACE = re.compile(r"<[a-z]+>")


@cache
def records() -> Mapping[str, DecisionRecord]:
    """The record of every worked case that the law answers."""
    found = {}
    for case in read_cases(OWN):
        try:
            law = book().on(case.on, case.known or EVERYTHING_KNOWN)
            found[f"{case.place} {case.name}"] = determine(determination(case.about), case.facts, law)
        except MalformedFact:
            continue
    return found


def test_every_record_is_replayed_to_the_same_bytes() -> None:
    for name, record in records().items():
        assert replay(DecisionRecord(record.canonical)).canonical == record.canonical, name


def test_what_a_replay_begins_with_is_read_out_of_the_body() -> None:
    for name, record in records().items():
        assert record.asked.items() <= record.body.items(), name
        assert record.asked.keys() >= ASKED_PARTS, name


def test_a_replay_reads_nothing_of_a_record_but_what_it_begins_with() -> None:
    """A million are made again: of what came of the facts, most of the body, nothing is read."""
    plain = [record for record in records().values() if not record.body["details"]]
    assert len(plain) * 2 > len(records())
    assert [record.body["kind"] for record in plain if record.asked.keys() != ASKED_PARTS] == []


@pytest.mark.parametrize("name", ["details", "days", "facts", "figures", "format", "law_hash", "version"])
def test_a_person_called_like_a_part_of_the_record_is_replayed(name: str) -> None:
    """In each place among the names of people, which are in order, and in a text with quotes of its own."""
    people: Written = {each: {"relation": "parent"} for each in ("a", name, "z")}
    facts: Mapping[str, Written] = {"accident": "2026-07-15", "death": "2026-07-16", "dependants": people}
    paid: Written = {"employer": f'"x","{name}":[],', "spells": [{"from": "2020-01-01"}], "wages": {"2026-06": "9.00"}}
    law = book().on(date(2026, 7, 15), KNOWN)
    record = determine(determination("act4 dependants benefit"), {**facts, "employments": [paid]}, law)
    assert record.asked.items() <= record.body.items()
    assert replay(DecisionRecord(record.canonical)).canonical == record.canonical


def test_a_replay_sees_an_amount_that_was_changed() -> None:
    record = next(iter(records().values()))
    body = orjson.loads(record.canonical)
    body["amounts"][0]["value"] = 1
    changed = DecisionRecord(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
    assert replay(changed).canonical != changed.canonical


@pytest.mark.parametrize("change", ["stated twice", "said of a fact", "said of a source", "null"])
def test_a_replay_sees_facts_that_no_record_holds(change: str) -> None:
    """A replay writes facts again as they were stated: not what no determination would have recorded."""
    case = next(read_cases(OWN / "act4" / "temporary_disablement.yaml"))
    sources = {name: (Source("notice", 7, 1),) for name in case.facts}
    record = determine(determination(case.about), case.facts, book().on(case.on, KNOWN), sources=sources)
    body = orjson.loads(record.canonical)
    match change:
        case "stated twice":
            body["facts"].append(body["facts"][0])
        case "said of a fact":
            body["facts"][0]["note"] = "x"
        case "said of a source":
            body["facts"][0]["sources"][0]["note"] = "x"
        case _:
            body["facts"].append({"name": "fit from", "sources": [], "value": None})
    changed = DecisionRecord(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
    try:
        again = replay(changed).canonical
    except NotCanonical:
        return
    assert again != changed.canonical


def test_every_record_is_explained_in_both_languages_step_by_step() -> None:
    for name, record in records().items():
        steps = 1 + sum(len(record.body[part]) for part in ("tests", "amounts", "terms", "figures"))
        english, malay = explained(record), explained(record, "ms")
        assert len(english) == len(malay) == steps, name
        assert english[0].startswith("Decision of ")
        assert malay[0].startswith("Keputusan ")
        assert not [line for line in malay if PLACE.search(line)]


def test_every_figure_of_the_book_and_every_step_has_a_malay_title() -> None:
    assert not [name for name, figure in book().figures.items() if not figure.title_ms]
    for asked in determinations().values():
        assert asked.title_ms
        assert has_words(asked.granted, "ms"), asked.granted
        assert all(test.name_ms for test in asked.tests), asked.name
        assert all(result.name_ms for result in asked.results), asked.name


def test_a_correction_that_became_known_later_changes_no_old_record() -> None:
    """Rules F2: a correction is an entry with a later `known`; a record asks as of its own day."""
    law = Book({name: corrected(figure) for name, figure in book().figures.items()})
    case = next(read_cases(OWN / "act4" / "temporary_disablement.yaml"))
    asked = determination(case.about)
    record = determine(asked, case.facts, book().on(case.on, KNOWN))
    assert replay(record, law).canonical == record.canonical
    assert determine(asked, case.facts, law.on(case.on, CORRECTED)).body["amounts"] != record.body["amounts"]


def corrected(figure: Figure) -> Figure:
    """Every share of a figure is halved by corrections that became known on one later day."""
    corrections = [
        replace(entry, known=CORRECTED, value=entry.value / 2)
        for entry in figure.entries
        if isinstance(entry.value, Fraction)
    ]
    return replace(figure, entries=tuple(sorted((*figure.entries, *corrections), key=lambda entry: entry.key)))


def decide_nothing(facts: Facts, law: LawOn, steps: Steps) -> None:
    steps.test("known", True, "Act 4, s.1")
    steps.amount("share of Ali", 5, "5", "Act 4, s.1")


ASKED = Determination(
    name="act4 nothing at all", title="Nothing", title_ms="Tiada", law="Act 4", law_day="day",
    facts=(Fact("day", "date", "any day"),),
    tests=(Test("known", "diketahui", "Act 4, s.1"),),
    results=(Result("share of <person>", "bahagian <person>", "sen", "a share"),),
    decide=decide_nothing, granted="determined",
)  # fmt: skip


def test_a_result_with_a_place_stands_for_each_person() -> None:
    record = determine(ASKED, {}, book().on(KNOWN, KNOWN))
    assert record.body["kind"] == "act4.nothing_at_all"
    assert record.body["outcome"] == "determined"
    assert ASKED.malay("share of Ali") == "bahagian Ali"
    assert ASKED.malay("known") == "diketahui"
    assert ASKED.malay("other") == "other"


def test_what_is_not_declared_is_a_mistake_of_the_program() -> None:
    steps = Steps(ASKED, book().on(KNOWN, KNOWN))
    with pytest.raises(UndeclaredStep):
        steps.test("unknown", True, "Act 4, s.1")
    with pytest.raises(UndeclaredStep):
        steps.amount("share", 1, "1", "Act 4, s.1")
    with pytest.raises(UnknownDetermination, match="act4 temporary disablement"):
        determination("act4 nothing")


def test_a_mistake_of_the_program_is_raised_and_is_no_answer() -> None:
    def decide(_: Facts, __: LawOn, steps: Steps) -> None:
        steps.amount("share", 1, "1", "Act 4, s.1")

    with pytest.raises(UndeclaredStep):
        determine(replace(ASKED, decide=decide), {}, book().on(KNOWN, KNOWN))


def test_the_units_that_are_remembered_have_an_end() -> None:
    """Persons take the place of a name, and there is no end of them."""
    units = ASKED.units
    assert isinstance(units, dict)
    for number in range(determination_module._REMEMBERED + 2):
        assert units[f"share of {number}"] == "sen"
        assert len(units) <= determination_module._REMEMBERED
    assert len(units) > 1


def test_which_days_law_applies_is_said_wherever_its_fact_is_declared() -> None:
    law_day = Fact("day", "date", "the day whose law applies")
    for facts in ((law_day, Fact("born", "date", "when")), (Fact("born", "date", "when"), law_day)):
        assert replace(ASKED, facts=facts).on == "the day whose law applies"


def test_a_test_that_is_open_leaves_it_to_an_officer_and_one_that_refuses_comes_first() -> None:
    open_test = Test("settled", "diputuskan", "Act 4, s.1", officer=True)
    for refuses, settled, outcome in (
        (True, True, "determined"), (True, False, "needs_officer"), (False, False, "refused"), (False, True, "refused"),
    ):  # fmt: skip

        def decide(facts: Facts, law: LawOn, steps: Steps, known: bool = refuses, is_settled: bool = settled) -> None:
            steps.test("settled", is_settled, "Act 4, s.1")
            steps.test("known", known, "Act 4, s.1")

        asked = replace(ASKED, tests=(*ASKED.tests, open_test), decide=decide)
        record = determine(asked, {}, book().on(KNOWN, KNOWN))
        assert record.body["outcome"] == outcome


def test_what_is_left_to_an_officer_is_said_in_both_languages() -> None:
    left = [record for record in records().values() if record.body["outcome"] == "needs_officer"]
    assert left
    for record in left:
        assert ": an officer decides, by the law" in explained(record)[0]
        assert ": pegawai yang menentukan, mengikut" in explained(record, "ms")[0]


def test_a_question_without_an_answer_is_a_record_with_a_code_that_is_replayed_and_said() -> None:
    """Where the law has no figure for the facts, nothing is raised, and a person goes on by what is recorded."""
    asked = determination("act4 temporary disablement")
    facts = {"accident": "2026-07-15", "certified": "2026-07-15 to 2026-08-11"}
    record = determine(asked, facts, book().on(date(2026, 7, 15), KNOWN))
    assert (record.body["outcome"], record.body["reason"], record.body["terms"]) == ("no_answer", "no_wage_month", [])
    assert replay(record).canonical == record.canonical
    assert "no answer: No month of the window has an assumed wage" in explained(record)[0]
    assert "tiada jawapan: " in explained(record, "ms")[0]


def test_the_day_of_the_law_is_that_of_the_fact_that_is_named() -> None:
    asked = determination("act4 temporary disablement")
    assert asked.law_of({"accident": "2024-09-30"}, book(), KNOWN).in_force == date(2024, 9, 30)
    with pytest.raises(MalformedFact, match="accident"):
        asked.law_of({}, book(), KNOWN)
    for each in determinations().values():
        assert next(fact.type for fact in each.facts if fact.name == each.law_day) in ("date", "instant"), each.name


def test_facts_keep_their_sources_through_a_replay() -> None:
    asked = determination("act4 funeral benefit")
    facts: dict[str, Written] = {"died on": "2026-07-31", "claimants": {"person:7": {"relation": "widow"}}}
    sources = {"died on": (Source("notice", "n", 1), Source("notice", "m", 2))}
    record = determine(asked, facts, book().on(date(2026, 7, 31), KNOWN), sources=sources)
    stated = {fact["name"]: fact["sources"] for fact in record.body["facts"]}
    assert stated["died on"] == [
        {"kind": "notice", "id": "n", "revision": 1},
        {"kind": "notice", "id": "m", "revision": 2},
    ]
    assert stated["claimants"] == []
    assert replay(record).canonical == record.canonical


def test_a_corrected_determination_is_a_new_version_and_the_old_one_stays_for_replay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def decide_more(facts: Facts, law: LawOn, steps: Steps) -> None:
        decide_nothing(facts, law, steps)
        steps.amount("share of Abu", 7, 7, "Act 4, s.1")

    corrected_one = replace(ASKED, version=2, decide=decide_more)
    known = {(each.kind, each.version): each for each in (ASKED, corrected_one)}
    monkeypatch.setattr(determination_module, "versions", lambda: known)
    old, new = (determine(each, {}, book().on(KNOWN, KNOWN)) for each in (ASKED, corrected_one))
    assert [replay(each).canonical for each in (old, new)] == [old.canonical, new.canonical]
    assert not old.same_as(new)
    with pytest.raises(UnknownDetermination, match="version 3"):
        determination_of(determine(replace(ASKED, version=3), {}, book().on(KNOWN, KNOWN)))
