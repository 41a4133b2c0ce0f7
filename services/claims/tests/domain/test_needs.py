"""What is asked of whom: only of who can bring it, and only if it could change the answer, which the law says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.claims.domain.asking import ask_all
from services.claims.domain.catalogue import questions_of
from services.claims.domain.claim import Claim, ClaimKind
from services.claims.domain.deciding import decide
from services.claims.domain.document import DocumentKind
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.evidence_request import (
    BY_OFFICERS,
    DOCUMENTS_OF,
    NOT_NEEDED,
    NOTHING_HELD,
    AskedBefore,
    Item,
    RequestState,
    Wanted,
    answer_to,
    not_needed,
    times,
    to_ask,
    to_open_again,
)
from services.claims.domain.facts import Certificate, Circumstances, Known, Spell, Statement
from services.claims.domain.needs import Case, wanted
from services.claims.domain.standing import Standing, standing
from services.claims.tests.domain.test_replay import DECIDED, FACTS, OUTSIDE, STATED_LATE
from services.claims.tests.support import a_claim
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.periods import Days
from shared.law.book import book

NONE = Standing((), (), (), (), ())
EMPLOYER, PERSON, HOSPITAL = "employer:7", "person:12", "hospital:1"
ASKED_AT = datetime(2026, 8, 20, 9, tzinfo=UTC)


def case_of(known: Known, stated: Sequence[Evidence] = (), evidence: Standing = NONE, **claim: object) -> Case:
    about: Claim = a_claim(person=12, source_person=12, **claim)
    decided = decide(about, known, evidence, {}, book(), DECIDED)
    return Case(about, known, evidence, stated, decided.answers, {}, book(), DECIDED)


def asked(known: Known, **more: object) -> list[tuple[str, Item, str]]:
    return [(each.party, each.item, each.why) for each in wanted(case_of(known, **more))]  # type: ignore[arg-type]


def reported_by(*parties: str) -> Known:
    return replace(FACTS, senders=parties)


def test_an_employer_that_was_silent_is_asked_which_days_it_paid() -> None:
    """FACTS rate 27 days; were they all paid, none would be owed."""
    (want,) = wanted(case_of(reported_by(HOSPITAL)))
    assert (want.party, want.item, want.question) == (EMPLOYER, Item.DAYS_WITH_WAGES, "temporary_disablement")
    assert want.law == "Act 4", "of which benefit is nothing to who never spoke of the claim"


def test_an_employer_that_sent_a_document_or_took_its_word_back_is_silent_still() -> None:
    sent = stated(EvidenceKind.DOCUMENT, EMPLOYER, 1, stated={"kind": "police_report"})
    paid = stated(EvidenceKind.WAGES_PAID, EMPLOYER, 2, wage_days=(date(2026, 7, 15),))
    back = stated(EvidenceKind.WITHDRAWAL, EMPLOYER, 3, about=paid.id)
    asks = [(EMPLOYER, Item.DAYS_WITH_WAGES, "days_with_wages_not_stated")]
    for said, is_asked in (((sent,), True), ((paid,), False), ((paid, back), True)):
        found = asked(reported_by(HOSPITAL), stated=said, evidence=standing(said, FACTS.spells))
        assert found == (asks if is_asked else [])


def test_an_employer_that_reported_it_has_said_so_and_is_asked_nothing() -> None:
    assert asked(reported_by(EMPLOYER)) == []


def test_what_changes_no_answer_is_not_asked() -> None:
    """Nothing is owed for fewer than four certified days, whoever paid them."""
    short = replace(reported_by(HOSPITAL), certificates=(replace(FACTS.certificates[0], days=_days(15, 16)),))
    assert asked(short) == []


def test_nobody_is_asked_while_something_is_on_its_way() -> None:
    assert asked(replace(reported_by(HOSPITAL), watermarks={}, spells=())) == []


def _days(first: int, last: int) -> Days:
    return Days(date(2026, 7, first), date(2026, 7, last))


def stated(kind: EvidenceKind, tenant: str, number: int, **more: object) -> Evidence:
    at = ASKED_AT - timedelta(days=10 - number)
    return Evidence(UUID(int=number), UUID(int=1), tenant, kind, at, **more)  # type: ignore[arg-type]


CIRCUMSTANCES = EvidenceKind.CIRCUMSTANCES


@pytest.mark.parametrize(
    ("place", "is_asked"),
    [
        pytest.param("other", True, id="SKBBK would be owed in its place"),
        pytest.param("journey_for_employment", False, id="it is covered either way"),
    ],
)
def test_circumstances_that_contradict_are_asked_about_where_another_answer_follows(place: str, is_asked: bool) -> None:
    said = (
        stated(CIRCUMSTANCES, EMPLOYER, 1, stated={"place": "at_work"}),
        stated(CIRCUMSTANCES, HOSPITAL, 2, stated={"place": place}, late=True),
    )
    found = asked(reported_by(EMPLOYER, HOSPITAL), stated=said, evidence=standing(said, FACTS.spells))
    both = [(each, Item.PROOF_OF_CIRCUMSTANCES, "circumstances_contradict") for each in (EMPLOYER, HOSPITAL)]
    assert found == (both if is_asked else [])


def test_who_certified_itself_is_asked_for_a_doctors_certificate() -> None:
    own = stated(EvidenceKind.CERTIFICATE, PERSON, 1, days=_days(15, 31), issued_on=date(2026, 7, 15))
    known = replace(reported_by(PERSON, EMPLOYER), certificates=())
    found = asked(known, stated=(own,), evidence=standing((own,), FACTS.spells))
    assert found == [(PERSON, Item.MEDICAL_CERTIFICATE, "certified_of_oneself")]


def test_an_employment_that_was_stated_late_is_asked_about_of_both() -> None:
    known = replace(STATED_LATE, senders=("employer:8",))
    assert asked(known) == [
        (party, Item.PROOF_OF_EMPLOYMENT, "employment_stated_late") for party in ("employer:8", PERSON)
    ]


def test_an_activity_of_the_employer_is_asked_about_of_it() -> None:
    known = replace(OUTSIDE, circumstances=Circumstances("employer_activity"), senders=(EMPLOYER,))
    why = "whether_the_circumstance_is_covered_is_settled"
    (want,) = wanted(case_of(known))
    assert (want.party, want.item, want.why) == (EMPLOYER, Item.PROOF_OF_ACTIVITY, why)
    assert set(want.outcomes) == {"found", "refused"}


def test_no_payslip_is_asked_for_where_months_are_posted_or_nobody_was_employed_in_them() -> None:
    hired = replace(reported_by(EMPLOYER), lines=(), spells=(replace(FACTS.spells[0], first=date(2026, 7, 1)),))
    assert asked(hired) == [], "who was hired in the month has none: a similar worker stands in"
    unposted = replace(reported_by(EMPLOYER), lines=(), spells=(_verified(FACTS.spells[0]),))
    assert _items(unposted) == {Item.WAGES_OF_MONTHS}


def _verified(spell: Spell) -> Spell:
    return replace(spell, verified=True)


def _items(known: Known) -> set[Item]:
    return {item for _, item, _ in asked(known)}


def test_over_the_review_days_the_certifying_hospital_is_asked_for_a_report() -> None:
    long = Certificate(UUID(int=5), date(2026, 7, 15), Days(date(2026, 7, 15), date(2027, 2, 20)))
    said = stated(EvidenceKind.CERTIFICATE, HOSPITAL, 1, days=long.days, issued_on=long.issued_on)
    known = replace(reported_by(EMPLOYER, HOSPITAL), certificates=(long,))
    assert asked(known, stated=(said,)) == [(HOSPITAL, Item.MEDICAL_REPORT, "over_review_days")]


def test_a_permanent_loss_asks_the_person_to_apply_and_says_what_each_form_gives() -> None:
    loss = Statement("permanent_loss", {"percent": "12"}, UUID(int=6), ASKED_AT)
    (want,) = wanted(case_of(replace(reported_by(EMPLOYER), statements={"permanent_loss": (loss,)})))
    assert (want.party, want.item) == (PERSON, Item.APPLICATION)
    assert "entitled" in want.outcomes


def test_a_loss_of_nothing_asks_nobody_to_apply() -> None:
    """Who is not covered gains nothing by applying."""
    loss = Statement("permanent_loss", {"percent": "12"}, UUID(int=6), ASKED_AT)
    uncovered = replace(reported_by(EMPLOYER), spells=(), memberships=(), statements={"permanent_loss": (loss,)})
    assert Item.APPLICATION not in _items(uncovered)


def test_of_a_death_people_who_reported_it_are_asked_and_never_the_dead() -> None:
    day = FACTS.happened_on
    known = replace(FACTS, died_on=day, senders=("hospital:1", PERSON, "person:99"))
    case = case_of(known, kind=ClaimKind.DEATH)
    found = {(each.party, each.item) for each in wanted(case)}
    assert found == {("person:99", Item.PROOF_OF_DEPENDANTS), ("person:99", Item.FUNERAL_COST)}


def test_what_is_supposed_decides_nothing() -> None:
    case = case_of(reported_by(HOSPITAL))
    before = {name: each.record and each.record.hash for name, each in case.answers.items()}
    assert wanted(case)
    asked_again = ask_all(questions_of(ClaimKind.ACCIDENT), case.known, {}, book(), DECIDED)
    assert {name: each.record and each.record.hash for name, each in asked_again.items()} == before


WANT = Wanted(EMPLOYER, Item.DAYS_WITH_WAGES, "temporary_disablement", "days_with_wages_not_stated", "Act 4, s.22")


def before(state: RequestState, closed_for: str | None = None, want: Wanted = WANT) -> AskedBefore:
    return AskedBefore(UUID(int=1), want.party, want.item, want.basis, state, closed_for, ASKED_AT)


@pytest.mark.parametrize(
    ("known", "is_asked"),
    [
        (before(RequestState.OPEN), False),
        (before(RequestState.LATE), False),
        (before(RequestState.ANSWERED, "evidence"), False),
        (before(RequestState.ANSWERED, "nothing_held"), False),
        (before(RequestState.WAIVED, BY_OFFICERS), False),
        pytest.param(before(RequestState.WAIVED, NOT_NEEDED), True, id="it did not matter, and does again"),
        pytest.param(
            before(RequestState.ANSWERED, "evidence", replace(WANT, grounds=("another certificate",))),
            True,
            id="on other grounds",
        ),
        pytest.param(before(RequestState.OPEN, want=replace(WANT, party="employer:8")), True, id="another party"),
    ],
)
def test_the_same_is_asked_of_one_party_once(known: AskedBefore, is_asked: bool) -> None:
    assert to_ask([WANT], [known]) == ([WANT] if is_asked else [])


def test_of_several_reasons_to_ask_a_party_for_the_same_it_is_asked_by_the_first() -> None:
    """A relapse that is over review as well: two requests of one party for one thing cannot both wait."""
    also, another = replace(WANT, why="relapse", grounds=("relapse",)), replace(WANT, party="hospital:9")
    assert to_ask([WANT, also, another], []) == [WANT, another]


def test_what_nothing_depends_on_any_more_is_waived_and_what_came_answers() -> None:
    waits, over = before(RequestState.OPEN), before(RequestState.ANSWERED, "evidence")
    assert not_needed([], [waits, over]) == [waits]
    assert not_needed([WANT], [waits]) == []
    paid = Evidence(UUID(int=3), UUID(int=1), EMPLOYER, EvidenceKind.WAGES_PAID, ASKED_AT + timedelta(hours=1))
    assert answer_to(waits, [paid]) == paid
    assert answer_to(waits, [replace(paid, tenant="employer:8")]) is None, "another party's"
    assert answer_to(waits, [replace(paid, stated_at=ASKED_AT - timedelta(hours=1))]) is None, "said before"
    assert answer_to(waits, [replace(paid, kind=EvidenceKind.CERTIFICATE)]) is None, "another thing"


@pytest.mark.parametrize("item", Item)
def test_a_document_answers_by_its_kind(item: Item) -> None:
    """Nothing that is sent for one thing answers another one."""
    request = replace(before(RequestState.OPEN), item=item)
    for kind in DocumentKind:
        sent = Evidence(
            UUID(int=3), UUID(int=1), EMPLOYER, EvidenceKind.DOCUMENT, ASKED_AT, stated={"kind": kind.value}
        )
        assert (answer_to(request, [sent]) is not None) is (kind in DOCUMENTS_OF[item])


def test_no_certificate_is_a_report() -> None:
    report = replace(before(RequestState.OPEN), item=Item.MEDICAL_REPORT)
    certified = Evidence(UUID(int=3), UUID(int=1), EMPLOYER, EvidenceKind.CERTIFICATE, ASKED_AT)
    assert answer_to(report, [certified]) is None


def test_what_is_answered_no_more_is_open_again_where_it_is_needed_on_the_same_grounds() -> None:
    paid = Evidence(UUID(int=3), UUID(int=1), EMPLOYER, EvidenceKind.WAGES_PAID, ASKED_AT)
    answered = replace(before(RequestState.ANSWERED, "evidence"), answered_by=paid.id)
    assert to_open_again([WANT], [answered], []) == [answered]
    assert to_open_again([WANT], [answered], [paid]) == [], "it stands"
    assert to_open_again([WANT], [answered], [replace(paid, id=UUID(int=4))]) == [], "its correction answers as well"
    assert to_open_again([], [answered], []) == [], "nothing depends on it"
    assert to_open_again([replace(WANT, grounds=("another",))], [answered], []) == [], "that is another request"
    assert to_open_again([WANT], [answered, before(RequestState.OPEN)], []) == [], "the party is asked already"
    assert to_open_again([WANT], [before(RequestState.ANSWERED, NOTHING_HELD)], []) == [], "it holds nothing"


def test_a_party_has_whole_days_and_is_reminded_at_half() -> None:
    at = datetime(2026, 8, 20, 23, 30, tzinfo=BUSINESS_ZONE)
    remind_at, due_at = times(at, book().on(DECIDED, DECIDED))
    assert remind_at == datetime(2026, 8, 27, tzinfo=BUSINESS_ZONE)
    assert due_at == datetime(2026, 9, 4, tzinfo=BUSINESS_ZONE), "the end of 3 September"


def test_whatever_is_asked_of_a_party_is_asked_once_for_one_thing() -> None:
    """Two reasons, each asked for before and answered, and neither answer stands any more; or one of them is news."""
    other = replace(WANT, why="relapse_to_look_at", grounds=("another",))
    first, last = (
        replace(before(RequestState.ANSWERED, "evidence", each), id=UUID(int=number), answered_by=UUID(int=9))
        for number, each in enumerate((WANT, other), start=1)
    )
    for asked in ([first, last], [first], [last]):
        again = to_open_again([WANT, other], asked, [])
        made = to_ask([WANT, other], asked, again)
        assert (len(again), made) == (1, [])
