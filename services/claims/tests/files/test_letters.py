"""What letters of claims say, without a database: both languages alike, terms in words, payments."""

from datetime import UTC, date, datetime
from string import Formatter
from uuid import UUID

from services.claims.domain.evidence import EvidenceKind
from services.claims.domain.evidence_request import EvidenceRequest, Item
from services.claims.files.evidence_request_letter import evidence_request_letter
from services.claims.files.letter_words import ITEMS, KINDS_OF_EVIDENCE, WORDS, term_row
from services.claims.files.payment_advice import PaymentMade, payment_advice
from services.claims.tests.files.letters import words_of
from shared.letters.rendering import pdf

CLAIM, REQUEST = UUID(int=1), UUID(int=2)


def test_both_languages_say_the_same_things_and_fill_in_the_same_places() -> None:
    assert WORDS["en"].keys() == WORDS["ms"].keys()
    for name, english in WORDS["en"].items():
        assert _places(english) == _places(WORDS["ms"][name]), name
    assert KINDS_OF_EVIDENCE.keys() == {kind.value for kind in EvidenceKind}
    assert all(set(each) == {"en", "ms"} for each in KINDS_OF_EVIDENCE.values())


def _places(text: str) -> set[str]:
    return {place for _, place, _, _ in Formatter().parse(text) if place}


def test_a_party_is_told_what_it_is_asked_for_and_until_when_in_both_languages() -> None:
    asked = datetime(2026, 8, 12, 4, tzinfo=UTC)
    request = EvidenceRequest(
        id=REQUEST,
        claim=CLAIM,
        tenant="person:12",
        person=12,
        happened_on=date(2026, 8, 5),
        question="permanent_disablement",
        item=Item.APPLICATION,
        why="application_awaited",
        law="Act 4, s.22",
        outcomes=(),
        basis="",
        asked_at=asked,
        remind_at=None,
        due_at=datetime(2026, 9, 11, 16, tzinfo=UTC),
    )
    letter = evidence_request_letter(request)
    assert "your application, and in which form you choose" in words_of(letter, "en")
    assert "11 September 2026" in words_of(letter, "ms")
    assert "Akta 4, s.22" in words_of(letter, "ms")
    assert pdf(letter).startswith(b"%PDF-")
    assert ITEMS.keys() == set(Item)


def test_terms_in_words() -> None:
    assert term_row(["day", 6_533, "2026-08-06", "2026-08-24"], "en") == (
        "From 6 August 2026 to 24 August 2026",
        "RM65.33 a day",
    )
    assert term_row(["month", 147_500, "2026-11-01", None], "ms") == ("Mulai 1 November 2026", "RM1,475.00 sebulan")
    assert term_row(["once", 200_000_000, "2026-10-30", None], "en") == ("For 30 October 2026", "RM2,000,000.00")
    assert term_row(["once", 94_400, "2026-10-16", "2026-10-31"], "en")[0] == "From 16 October 2026 to 31 October 2026"


def test_a_payment_of_a_benefit_that_is_asked_about_no_more_is_told_all_the_same() -> None:
    paid = PaymentMade(
        REQUEST, CLAIM, 3, "old_benefit", "person:12", 5_000, (date(2026, 8, 1), date(2026, 8, 1)), date(2026, 8, 12)
    )
    assert "old benefit" in words_of(payment_advice(paid), "en")
