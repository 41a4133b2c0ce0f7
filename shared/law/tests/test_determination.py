"""A determination records what it declares, is explained in two languages, and is replayed from its own record."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache

import orjson
import pytest

from shared.kernel.errors import JaringError
from shared.law.book import Book, LawOn, book
from shared.law.case_files import read_cases
from shared.law.cases import EVERYTHING_KNOWN, OWN
from shared.law.decision import DecisionRecord
from shared.law.determination import (
    Determination,
    Result,
    Steps,
    Test,
    UndeclaredStep,
    UnknownDetermination,
    determination,
    determinations,
    determine,
    explained,
    replay,
)  # fmt: skip
from shared.law.explanation import has_words
from shared.law.facts import Facts
from shared.law.figures import Figure

KNOWN = date(2026, 11, 22)
CORRECTED = date(2030, 1, 1)
PLACE = re.compile(r"<[a-z]+>")


@cache
def records() -> Mapping[str, DecisionRecord]:
    """The record of every worked case that the law answers."""
    found = {}
    for case in read_cases(OWN):
        try:
            law = book().on(case.on, case.known or EVERYTHING_KNOWN)
            found[f"{case.place} {case.name}"] = determine(determination(case.about), case.facts, law)
        except JaringError:
            continue
    return found


def test_every_record_is_replayed_to_the_same_bytes() -> None:
    for name, record in records().items():
        assert replay(DecisionRecord(record.canonical)).canonical == record.canonical, name


def test_a_replay_sees_an_amount_that_was_changed() -> None:
    record = next(iter(records().values()))
    body = orjson.loads(record.canonical)
    body["amounts"][0]["value"] = 1
    changed = DecisionRecord(orjson.dumps(body, option=orjson.OPT_SORT_KEYS))
    assert replay(changed).canonical != changed.canonical


def test_every_record_is_explained_in_both_languages_step_by_step() -> None:
    for name, record in records().items():
        steps = 1 + sum(len(record.body[part]) for part in ("tests", "amounts", "figures"))
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
    name="act4 nothing at all", title="Nothing", title_ms="Tiada", law="Act 4", on="any day", facts=(),
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
