"""What letters of claims say, without a database: both languages alike, terms in words, payments."""

from dataclasses import replace
from datetime import UTC, date, datetime
from string import Formatter
from uuid import UUID

from services.claims.domain.boards import Board, BoardCase, BoardCaseState, BoardQuestion
from services.claims.domain.complaint import ComplaintKind
from services.claims.domain.evidence import EvidenceKind
from services.claims.domain.evidence_request import EvidenceRequest, Item
from services.claims.files.board_invitation_letter import BOARDS, QUESTIONS, Invitee, board_letter
from services.claims.files.complaint_answer import COMPLAINED_OF
from services.claims.files.evidence_request_letter import evidence_request_letter
from services.claims.files.letter_words import ITEMS, KINDS_OF_EVIDENCE, WORDS, term_row
from services.claims.files.payment_advice import PaymentMade, payment_advice
from services.claims.tests.files.letters import words_of
from shared.kernel.clock import now
from shared.kernel.identifiers import person_id
from shared.letters.rendering import pdf
from shared.testing.clock import BusinessClock

CLAIM, REQUEST = UUID(int=1), UUID(int=2)


def test_both_languages_say_the_same_things_and_fill_in_the_same_places() -> None:
    assert WORDS["en"].keys() == WORDS["ms"].keys()
    for name, english in WORDS["en"].items():
        assert _places(english) == _places(WORDS["ms"][name]), name
    assert KINDS_OF_EVIDENCE.keys() == {kind.value for kind in EvidenceKind}
    assert all(set(each) == {"en", "ms"} for each in KINDS_OF_EVIDENCE.values())
    assert BOARDS.keys() == set(Board)
    assert QUESTIONS.keys() == set(BoardQuestion)
    assert COMPLAINED_OF.keys() == set(ComplaintKind)


def test_a_person_is_told_once_where_its_board_sits_and_that_it_does_not(business_clock: BusinessClock) -> None:
    business_clock.set_day(2026, 6, 8)
    waits = BoardCase(REQUEST, CLAIM, "person:12", Board.MEDICAL, BoardQuestion.APPEAL, "officer-1", now())
    invited = replace(waits, state=BoardCaseState.INVITED, session=CLAIM, sits_on=date(2026, 6, 29), place="KL-1")
    herself, guardian = Invitee("person:12", 12), Invitee("person:50", 12)
    assert board_letter(waits, herself, None) is None
    letter = board_letter(invited, herself, None)
    assert letter is not None
    assert "Please come before the Medical Board on 29 June 2026" in words_of(letter, "en")
    assert "Akta 4, s.32" in words_of(letter, "ms")
    assert pdf(letter).startswith(b"%PDF-")
    assert board_letter(invited, herself, letter) is None, "told once"
    as_guardian = board_letter(invited, guardian, None)
    assert as_guardian is not None
    assert person_id(12) in words_of(as_guardian, "ms")
    called_off = board_letter(waits, herself, letter)
    assert called_off is not None
    assert "29 June 2026 is not held" in words_of(called_off, "en")
    assert board_letter(waits, herself, called_off) is None
    business_clock.set_day(2026, 6, 29)
    assert board_letter(waits, herself, letter) is None, "who waits there is told by the board"


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
