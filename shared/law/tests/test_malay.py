"""Malay explanations are Malay throughout: no word of the English text stands in them, in no decision and no figure.

A word that both languages have, a code or a name is listed here; any other that both texts share was forgotten.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cache

import pytest

from shared.law import malay
from shared.law.book import book
from shared.law.case_files import Case, read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.decision import Amounts, DecisionRecord, Tests
from shared.law.determination import determination, determinations, determine, explained
from shared.law.explanation import explain, has_words, shown
from shared.law.fact_types import MalformedFact, Written
from shared.law.figures import Entry, Unit

WORDS_OF_BOTH = ("sen", "ringgit", "minimum", "min", "max", "bonus", "platform", "diploma", "interim", "gig")
CODES = ("skbbk", "fclb", "faq", "skm", "malaysia", "mykad", "ssfw", "ii", "iv")
BOTH = frozenset(WORDS_OF_BOTH + CODES)
_WORD = re.compile(r"[A-Za-z][A-Za-z']+")
_CODE = re.compile(r"s{1,2}\.[0-9][^ ]*|P\.U\.\([A-Z]\)|D\.R\.|RM[0-9.,/]+")


def english_left(english: str, said: str, own: Iterable[str] = ()) -> set[str]:
    """The words of a Malay text that its English twin has too, and that are neither listed nor the facts' own."""
    known = {*BOTH, *(word.lower() for word in own)}
    words = (set(map(str.lower, _WORD.findall(_CODE.sub(" ", text)))) for text in (english, said))
    return set.intersection(*words) - known


def names_in(facts: Written) -> Iterator[str]:
    """The names that the facts give to people and platforms."""
    for value in facts.values() if isinstance(facts, dict) else facts if isinstance(facts, list) else ():
        if isinstance(value, dict):
            yield from (word for name in value for word in _WORD.findall(name))
            yield from _WORD.findall(str(value.get("platform", "")))
        yield from names_in(value)


@cache
def own_cases() -> tuple[Case, ...]:
    """This project's worked cases, read once."""
    return tuple(read_cases(OWN))


def left_in(case: Case) -> set[str]:
    """The English words in the Malay explanation of a worked case, or of its error."""
    law = book().on(case.on, case.known or EVERYTHING_KNOWN)
    try:
        record = determine(determination(case.about), case.facts, law)
    except MalformedFact as fault:
        return english_left(fault.title, fault.title_ms)
    lines = zip(explained(record, "en"), explained(record, "ms"), strict=True)
    own = set(names_in(dict(case.facts)))
    return set().union(*(english_left(english, said, own) for english, said in lines))


@pytest.mark.parametrize("about", sorted(determinations()))
def test_no_explanation_of_a_question_is_part_english(about: str) -> None:
    cases = [case for case in own_cases() if case.about == about]
    left = {case.name: found for case in cases if (found := left_in(case))}
    assert cases
    assert left == {}


@pytest.mark.parametrize("about", sorted(determinations()))
def test_everything_that_a_question_declares_is_said_in_malay(about: str) -> None:
    asked = determination(about)
    pairs = [
        (asked.title, asked.title_ms),
        *((test.name, test.name_ms) for test in asked.tests),
        *((result.name, result.name_ms) for result in asked.results),
    ]
    left = {english: found for english, said in pairs if (found := english_left(english, without_places(said)))}
    assert left == {}
    assert has_words(asked.granted, "ms")
    cited = (asked.law, *(test.law for test in asked.tests))
    assert set().union(*(english_left(text, malay.citation(text)) for text in cited)) == set()


def without_places(text: str) -> str:
    """A text without the places of its results, such as <person>."""
    return re.sub(r"<[a-z ]+>", " ", text)


def test_titles_citations_and_values_of_all_figures_are_said_in_malay() -> None:
    left = {}
    for figure in book().figures.values():
        found = english_left(figure.title, figure.title_ms)
        for entry in figure.entries:
            found |= english_left(entry.law, malay.citation(entry.law)) | left_in_value(entry)
        if found:
            left[figure.name] = found
    assert left == {}


def left_in_value(entry: Entry) -> set[str]:
    """The English words in the Malay of a value that is a list of names or a text."""
    if entry.unit not in (Unit.NAMES, Unit.TEXT) or entry.value is None or entry.figure not in figures_read():
        return set()
    value = entry.plain_value
    assert isinstance(value, str | list)
    english = shown(entry.unit.value, value).replace("_", " ")
    return english_left(english, shown(entry.unit.value, value, "ms"))


@cache
def figures_read() -> frozenset[str]:
    """Every figure that the worked cases read, so that an explanation names it; what none reads is told nobody."""
    read: set[str] = set()
    for case in own_cases():
        law = book().on(case.on, case.known or EVERYTHING_KNOWN)
        with suppress(MalformedFact):
            determine(determination(case.about), case.facts, law)
            read.update(entry.figure for entry in law.read)
    return frozenset(read)


def test_a_word_that_was_forgotten_is_found() -> None:
    assert english_left("class of the wage = RM1.00 (Act 4, s.22)", "class of the wage = RM1.00 (Akta 4, s.22)") == {
        "class", "of", "the", "wage",
    }  # fmt: skip


def test_words_of_stored_records_are_said_in_malay_on_reading() -> None:
    """Claims' records say `last known class` in a working; they are read, never written again."""
    case = next(case for case in own_cases() if "last known class" in case.name)
    record = determine(determination(case.about), case.facts, book().on(case.on, EVERYTHING_KNOWN))
    assert any("kelas terakhir yang diketahui = RM" in line for line in explain(record, "ms"))
    assert malay.words("first: 24") == "pertama: 24"
    assert malay.words("assumed wage of 2026-01") == "gaji anggapan 2026-01"
    assert malay.words("employment_injury, invalidity") == "bencana kerja, keilatan"
    assert malay.citation("Act 4, ss.17A and 20A; Second and Third Schedules (Act A1788)") == (
        "Akta 4, ss.17A dan 20A; Jadual Kedua dan Ketiga (Akta A1788)"
    )


def test_a_name_without_a_wording_of_its_own_is_said_in_malay_too() -> None:
    """Claims gives wordings for names without a place; `assumed wage of 2026-01` has one."""
    law = book().on(date(2026, 7, 15), date(2026, 11, 22))
    amounts = Amounts(law)
    amounts.add("assumed wage of 2026-01", 245_000, "class of the wage declared", "Act 4, Fourth Schedule")
    record = DecisionRecord.of(
        kind="act4.temporary_disablement", outcome="entitled", facts=(), tests=Tests(law), amounts=amounts, law=law,
        decided_on=date(2026, 7, 15), facts_known_to=datetime(2026, 7, 15, tzinfo=UTC),
    )  # fmt: skip
    said = explain(record, "ms")[1]
    assert said == "gaji anggapan 2026-01: kelas gaji yang dilaporkan = RM2450.00 (Akta 4, Jadual Keempat)"
