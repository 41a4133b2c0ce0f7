"""What counts of what was stated: by whom, when, and about what."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from uuid import UUID

from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.domain.facts import Spell
from services.claims.domain.standing import is_any_left, standing, what_would_change
from shared.kernel.periods import Days

BEGUN = datetime(2026, 7, 16, tzinfo=UTC)
CLAIM, JOINED = UUID(int=1), UUID(int=2)
JULY = Days(date(2026, 7, 15), date(2026, 7, 31))
AUGUST = Days(date(2026, 7, 15), date(2026, 8, 11))
WORKED = (date(2026, 7, 15), date(2026, 8, 3))
SPELLS = [
    Spell(UUID(int=10), 3, date(2020, 1, 6), date(2026, 7, 31), 1),
    Spell(UUID(int=11), 4, date(2026, 8, 1), None, 1),
]


def certificate(number: int, tenant: str, days: Days, *, late: bool = False, about: int | None = None) -> Evidence:
    claim = JOINED if late else CLAIM
    at = BEGUN + timedelta(hours=number)
    target = None if about is None else UUID(int=about)
    kind = EvidenceKind.CERTIFICATE
    return Evidence(UUID(int=number), claim, tenant, kind, at, at.date(), days, about=target, late=late)


def other(number: int, tenant: str, kind: EvidenceKind, about: int | None = None, **values: object) -> Evidence:
    plain = replace(certificate(number, tenant, JULY), kind=kind, issued_on=None, days=None)
    return replace(plain, about=None if about is None else UUID(int=about), **values)  # type: ignore[arg-type]


def let_count(number: int, about: int) -> Evidence:
    """Two officers let a statement count."""
    return other(number, "organisation:1", EvidenceKind.APPROVAL, about=about)


def days_of(*evidence: Evidence) -> tuple[list[Days | None], list[int]]:
    """The days that count, and the numbers of what waits, alike in every order."""
    (found,) = {standing(each, SPELLS) for each in permutations(evidence)}
    return [each.days for each in found.certificates], [each.int for each in found.waiting]


def test_what_another_party_adds_when_a_decision_stands_waits_until_an_officer_approves() -> None:
    opened, longer = certificate(1, "hospital:1", JULY), certificate(2, "employer:3", AUGUST, late=True)
    assert days_of(opened, longer) == ([JULY], [2])
    assert days_of(opened, replace(longer, late=False)) == ([JULY, AUGUST], [])
    assert days_of(opened, replace(longer, tenant="hospital:1")) == ([JULY, AUGUST], [])
    assert days_of(opened, replace(longer, days=Days(JULY.first, JULY.first)))[1] == []
    approval = other(3, "organisation:1", EvidenceKind.APPROVAL, about=2)
    assert days_of(opened, longer, approval) == ([JULY, AUGUST], [])
    assert days_of(opened, longer, replace(approval, tenant="hospital:2"))[1] == [2]


def test_a_hospital_goes_on_with_days_that_count_whichever_came_first() -> None:
    """Each certificate may be gone on with; a gap, days before the first ones and who is no hospital wait."""
    opened = certificate(1, "employer:3", JULY)
    august = certificate(2, "hospital:1", Days(date(2026, 8, 1), date(2026, 8, 11)), late=True)
    september = certificate(3, "hospital:2", Days(date(2026, 8, 10), date(2026, 9, 5)), late=True)
    assert days_of(opened, august) == ([JULY, august.days], [])
    assert days_of(opened, september) == ([JULY], [3]), "a gap of nine days"
    assert days_of(opened, august, september) == ([JULY, august.days, september.days], [])
    swapped = (replace(august, id=UUID(int=3)), replace(september, id=UUID(int=2)))
    swapped_at = [replace(each, stated_at=BEGUN + timedelta(hours=each.id.int)) for each in swapped]
    assert days_of(opened, *swapped_at)[1] == [], "the end of it came first"
    assert days_of(opened, replace(august, days=Days(date(2026, 8, 2), date(2026, 8, 11)))) == ([JULY], [2])
    assert days_of(opened, replace(august, days=Days(date(2026, 7, 10), JULY.last))) == ([JULY], [2])
    for tenant in ("employer:4", "person:7"):
        assert days_of(opened, replace(august, tenant=tenant)) == ([JULY], [2]), tenant
    assert days_of(replace(opened, tenant="person:7"), august)[0] == [], "nothing counts that it could go on with"


def test_a_hospital_goes_on_neither_after_a_final_certificate_nor_when_officers_doubted_it() -> None:
    opened = certificate(1, "employer:3", JULY)
    goes_on = certificate(2, "hospital:1", Days(date(2026, 8, 1), date(2026, 8, 11)), late=True)
    fit = other(4, "organisation:1", EvidenceKind.FINAL_CERTIFICATE, fit_from=date(2026, 8, 1), late=True)
    before = replace(fit, issued_on=goes_on.issued_on - timedelta(days=1) if goes_on.issued_on else None)
    assert stands(opened, goes_on, before)[1] == "waits extends", "a relapse, though it came first"
    same_day = replace(fit, issued_on=goes_on.issued_on)
    assert stands(opened, goes_on, same_day)[1] == "counts", "that the later word ends by itself"
    assert stands(opened, goes_on, replace(before, fit_from=date(2026, 8, 12)))[1] == "counts"
    first = certificate(5, "hospital:1", JULY, late=True)
    doubted = other(6, "organisation:1", EvidenceKind.WITHDRAWAL, about=5)
    assert stands(opened, goes_on, first, doubted)[1] == "counts", "one officer alone changes nothing"
    assert stands(opened, goes_on, first, doubted, let_count(7, 6))[1] == "waits extends"
    itself = other(6, "hospital:1", EvidenceKind.WITHDRAWAL, about=5)
    assert stands(opened, goes_on, first, itself)[1] == "counts", "who mends its own word is not doubted for it"


def test_what_a_person_certifies_of_itself_counts_once_another_states_the_same_days() -> None:
    own, employers = certificate(1, "person:7", AUGUST), certificate(2, "employer:3", JULY)
    assert days_of(own) == ([], [1])
    assert days_of(own, employers) == ([JULY], [1])
    for tenant in ("hospital:1", "employer:3"):
        assert days_of(own, certificate(2, tenant, AUGUST)) == ([AUGUST, AUGUST], []), tenant
    assert days_of(own, certificate(2, "organisation:1", AUGUST)) == ([], [1, 2]), "nor one officer's word"
    assert days_of(own, certificate(2, "organisation:1", AUGUST), let_count(3, 2)) == ([AUGUST, AUGUST], [])
    assert days_of(own, certificate(2, "person:7", AUGUST)) == ([], [1, 2]), "nor by saying it twice"
    late = certificate(3, "employer:4", AUGUST, late=True)
    assert days_of(own, employers, late) == ([JULY], [1, 3]), "who joined after a decision waits itself"
    assert days_of(own, employers, replace(late, tenant="hospital:2"))[1] == [], "but a hospital that goes on"
    assert days_of(own, employers, late, other(4, "organisation:1", EvidenceKind.APPROVAL, about=3))[1] == []
    assert days_of(own, other(2, "organisation:1", EvidenceKind.APPROVAL, about=1)) == ([AUGUST], [])


def test_what_a_person_corrects_of_itself_takes_the_place_of_nothing_that_an_officer_let_count() -> None:
    own, approval = certificate(1, "person:7", JULY), other(2, "organisation:1", EvidenceKind.APPROVAL, about=1)
    longer = certificate(3, "person:7", AUGUST, about=1)
    assert days_of(own, approval, longer) == ([JULY], [3])
    assert days_of(own, approval, longer, other(4, "organisation:1", EvidenceKind.APPROVAL, about=3)) == ([AUGUST], [])
    assert days_of(own, longer) == ([], [3])
    assert days_of(own, approval, other(3, "person:7", EvidenceKind.WITHDRAWAL, about=1)) == ([], [])


def test_a_party_that_adds_nothing_first_may_not_lower_afterwards() -> None:
    opened, same = certificate(1, "hospital:1", JULY), certificate(2, "employer:3", JULY, late=True)
    worked = other(3, "employer:3", EvidenceKind.WAGES_PAID, wage_days=WORKED, late=True)
    assert standing((opened, same, worked), SPELLS).worked_with_wages == ()
    assert standing((opened, same, worked), SPELLS).waiting == (UUID(int=3),)


def test_days_with_wages_count_from_the_employer_of_each_day() -> None:
    opened = certificate(1, "hospital:1", AUGUST)
    for tenant, counted in (
        ("employer:3", WORKED[:1]),
        ("employer:4", WORKED[1:]),
        ("hospital:1", ()),
        ("person:7", ()),
        ("organisation:1", ()),
    ):
        worked = other(2, tenant, EvidenceKind.WAGES_PAID, wage_days=WORKED)
        assert standing((opened, worked), SPELLS).worked_with_wages == counted, tenant
    by_officers = other(2, "organisation:1", EvidenceKind.WAGES_PAID, wage_days=WORKED)
    assert standing((opened, by_officers, let_count(3, 2)), SPELLS).worked_with_wages == WORKED


def test_a_party_corrects_and_withdraws_its_own_while_nobody_disputes_it() -> None:
    opened, corrected = certificate(1, "employer:3", JULY), certificate(2, "employer:3", AUGUST, about=1)
    withdrawn = other(3, "employer:3", EvidenceKind.WITHDRAWAL, about=1)
    assert days_of(opened, corrected) == ([AUGUST], [])
    assert days_of(opened, corrected, withdrawn) == ([], [])
    assert days_of(opened, replace(withdrawn, tenant="hospital:1")) == ([JULY], [3])


def test_what_another_party_disputes_only_officers_take_back() -> None:
    opened = certificate(1, "employer:3", JULY)
    disputing = replace(certificate(2, "hospital:1", AUGUST), claim=JOINED)
    withdrawn = other(3, "employer:3", EvidenceKind.WITHDRAWAL, about=1)
    assert days_of(opened, disputing, withdrawn) == ([JULY, AUGUST], [3])
    assert days_of(opened, replace(disputing, days=JULY, issued_on=opened.issued_on), withdrawn)[1] == []
    by_officer = replace(withdrawn, tenant="organisation:1")
    assert days_of(opened, disputing, by_officer) == ([JULY, AUGUST], [3])
    assert days_of(opened, disputing, by_officer, let_count(4, 3)) == ([AUGUST], [])


def test_what_one_officer_changes_waits_for_another() -> None:
    """Of any party, disputed or not; what no officer let count yet, an officer takes back."""
    for tenant in ("hospital:1", "employer:3", "person:7", "organisation:1"):
        before = (certificate(1, tenant, JULY), let_count(2, 1))
        for change in (
            other(3, "organisation:1", EvidenceKind.WITHDRAWAL, about=1),
            certificate(3, "organisation:1", AUGUST, about=1),
        ):
            assert days_of(*before, change) == ([JULY], [3]), tenant
            after = [] if change.days is None else [AUGUST]
            assert days_of(*before, change, let_count(4, 3)) == (after, []), tenant
    own = certificate(1, "organisation:1", JULY)
    assert stands(own) == ["waits unapproved"]
    assert stands(own, other(2, "organisation:1", EvidenceKind.WITHDRAWAL, about=1)) == ["withdrawn", "counts"]
    assert stands(own, certificate(2, "organisation:1", AUGUST, about=1)) == ["superseded", "waits unapproved"]


def test_what_another_party_would_change_is_not_taken_back_by_one_officer() -> None:
    opened, disputing = certificate(1, "employer:3", JULY), certificate(2, "hospital:1", AUGUST)
    waits = certificate(3, "employer:3", Days(JULY.first, JULY.first), about=1)
    taken_back = other(4, "organisation:1", EvidenceKind.WITHDRAWAL, about=3)
    both_wait = ["counts", "counts", "waits disputed", "waits unapproved"]
    assert stands(opened, disputing, waits, taken_back) == both_wait
    assert stands(opened, disputing, waits, taken_back, let_count(5, 4))[2:4] == ["withdrawn", "counts"]
    itself = other(5, "employer:3", EvidenceKind.WITHDRAWAL, about=3)
    assert stands(opened, disputing, waits, taken_back, itself)[2:] == ["withdrawn", "superseded", "counts"]
    again = other(5, "organisation:1", EvidenceKind.WITHDRAWAL, about=4)
    assert stands(opened, disputing, waits, taken_back, again)[2:] == ["waits disputed", "withdrawn", "counts"]


def test_a_centre_certifies_by_itself_who_is_fit() -> None:
    """Its certificate is no officer's: rehabilitation discharges the person."""
    fit = other(2, "organisation:1", EvidenceKind.FINAL_CERTIFICATE, fit_from=date(2026, 7, 20))
    assert stands(certificate(1, "hospital:1", JULY), fit) == ["counts", "counts"]


def test_a_withdrawal_finds_what_was_corrected_however_often() -> None:
    opened, first = certificate(1, "employer:3", JULY), certificate(2, "employer:3", AUGUST, about=1)
    second = certificate(3, "employer:3", JULY, about=2)
    for named in (1, 2, 3):
        withdrawn = other(4, "employer:3", EvidenceKind.WITHDRAWAL, about=named)
        assert days_of(opened, first, second, withdrawn) == ([], []), named


def test_wages_that_another_party_states_early_wait_when_the_days_are_certified_later() -> None:
    """The other order waits, and so does this one: which came first is chance."""
    short = Days(date(2026, 7, 20), date(2026, 7, 31))
    opened = certificate(1, "hospital:1", short)
    worked = other(2, "employer:3", EvidenceKind.WAGES_PAID, wage_days=WORKED[:1], late=True)
    extended = certificate(3, "hospital:1", JULY, late=True)
    for statements in permutations((opened, worked, extended)):
        found = standing(statements, SPELLS)
        assert (found.worked_with_wages, found.waiting) == ((), (worked.id,))
    by_officers = (replace(extended, tenant="organisation:1"), let_count(4, 3))
    found = standing((opened, worked, *by_officers), SPELLS)
    assert (found.worked_with_wages, found.waiting) == ((), (worked.id,))


def stands(*evidence: Evidence) -> list[str]:
    """How each statement stands and why it waits, in the order in which they were made, alike in every order."""
    (found,) = {standing(each, SPELLS).pieces for each in permutations(evidence)}
    return [f"{each.standing} {each.because or ''}".strip() for each in found]


def test_each_statement_says_how_it_stands_and_why_it_waits() -> None:
    opened, longer = certificate(1, "hospital:1", JULY), certificate(2, "employer:4", AUGUST, late=True)
    assert stands(opened, longer) == ["counts", "waits extends"]
    assert stands(opened, certificate(2, "employer:4", JULY, late=True)) == ["counts", "counts"]
    worked = other(3, "employer:3", EvidenceKind.WAGES_PAID, wage_days=WORKED[:1], late=True)
    fit = other(4, "hospital:2", EvidenceKind.FINAL_CERTIFICATE, fit_from=date(2026, 7, 20), late=True)
    assert stands(opened, worked, fit) == ["counts", "waits lowers", "waits lowers"]
    approval = other(5, "organisation:1", EvidenceKind.APPROVAL, about=2)
    assert stands(opened, longer, approval) == ["counts", "counts", "counts"]
    corrected = certificate(6, "employer:4", Days(JULY.first, date(2026, 8, 20)), about=2)
    assert stands(opened, longer, corrected) == ["counts", "superseded", "waits extends"]


def test_what_a_person_certifies_of_itself_says_that_it_waits_for_that() -> None:
    own, longer = certificate(1, "person:7", JULY), certificate(3, "person:7", AUGUST, about=1)
    approval = other(2, "organisation:1", EvidenceKind.APPROVAL, about=1)
    assert stands(own) == ["waits of_oneself"]
    assert stands(own, certificate(2, "hospital:1", AUGUST)) == ["counts", "counts"]
    assert stands(own, approval, longer) == ["counts", "counts", "waits disputed"]


def test_days_with_wages_of_which_none_was_the_senders_have_no_effect() -> None:
    opened = certificate(1, "hospital:1", JULY)
    for tenant, stood in (
        ("employer:4", "without_effect"),
        ("employer:3", "counts"),
        ("organisation:1", "waits unapproved"),
    ):
        worked = other(2, tenant, EvidenceKind.WAGES_PAID, wage_days=WORKED[:1])
        assert stands(opened, worked) == ["counts", stood], tenant
    worked = other(2, "employer:3", EvidenceKind.WAGES_PAID, wage_days=WORKED[:1])
    none = other(3, "employer:3", EvidenceKind.WAGES_PAID, about=2)
    assert stands(opened, worked, none) == ["counts", "superseded", "counts"], "a correction to no day says something"


def test_what_is_changed_says_by_what_it_is_gone() -> None:
    opened, disputing = certificate(1, "employer:3", JULY), certificate(2, "hospital:1", AUGUST)
    withdrawn = other(3, "employer:3", EvidenceKind.WITHDRAWAL, about=1)
    assert stands(opened, withdrawn) == ["withdrawn", "counts"]
    assert stands(opened, disputing, withdrawn) == ["counts", "counts", "waits disputed"]
    corrected = certificate(4, "employer:3", AUGUST, about=1)
    taken_back = other(5, "employer:3", EvidenceKind.WITHDRAWAL, about=4)
    assert stands(opened, disputing, corrected, taken_back) == ["counts", "counts", "withdrawn", "counts"]
    by_officer, approval = other(6, "organisation:1", EvidenceKind.WITHDRAWAL, about=1), let_count(8, 6)
    found = stands(opened, disputing, corrected, by_officer, approval)
    assert found == ["withdrawn", "counts", "superseded", "counts", "counts"]
    again = other(7, "organisation:1", EvidenceKind.WITHDRAWAL, about=1)
    assert stands(opened, by_officer, again, approval) == ["withdrawn", "counts", "without_effect", "counts"]


def test_an_officer_approves_a_change_that_waits() -> None:
    opened, disputing = certificate(1, "employer:3", JULY), certificate(2, "hospital:1", AUGUST)
    short = Days(JULY.first, JULY.first)
    approval = other(4, "organisation:1", EvidenceKind.APPROVAL, about=3)
    for change, counted in (
        (certificate(3, "employer:3", short, about=1), [AUGUST, short]),
        (other(3, "employer:3", EvidenceKind.WITHDRAWAL, about=1), [AUGUST]),
    ):
        assert days_of(opened, disputing, change) == ([JULY, AUGUST], [3])
        assert days_of(opened, disputing, change, approval) == (counted, [])
        assert days_of(opened, disputing, change, replace(approval, tenant="employer:3"))[1] == [3]


def test_a_change_that_waits_ends_when_officers_change_the_same_statement() -> None:
    opened, disputing = certificate(1, "employer:3", JULY), certificate(2, "hospital:1", AUGUST)
    waits, approval = other(3, "employer:3", EvidenceKind.WITHDRAWAL, about=1), let_count(5, 4)
    withdrawn = other(4, "organisation:1", EvidenceKind.WITHDRAWAL, about=1)
    assert days_of(opened, disputing, waits, withdrawn)[1] == [3, 4]
    assert days_of(opened, disputing, waits, withdrawn, approval) == ([AUGUST], [])
    corrected = certificate(4, "organisation:1", AUGUST, about=1)
    assert days_of(opened, disputing, waits, corrected, approval)[1] == []


def test_a_correction_that_waits_is_taken_back_or_corrected_itself() -> None:
    opened, disputing = certificate(1, "employer:3", JULY), certificate(2, "hospital:1", AUGUST)
    waits = certificate(3, "employer:3", Days(JULY.first, JULY.first), about=1)
    withdrawn = other(4, "employer:3", EvidenceKind.WITHDRAWAL, about=3)
    assert days_of(opened, disputing, waits, withdrawn) == ([JULY, AUGUST], [])
    assert days_of(opened, disputing, waits, certificate(4, "employer:3", AUGUST, about=3)) == ([JULY, AUGUST], [4])
    by_officers = (certificate(4, "organisation:1", AUGUST, about=3), let_count(5, 4))
    assert days_of(opened, disputing, waits, *by_officers) == ([AUGUST, AUGUST], [])


def test_who_states_the_same_days_or_took_them_back_disputes_nothing() -> None:
    opened, other_days = certificate(1, "employer:3", JULY), certificate(2, "hospital:1", AUGUST)
    corrected = certificate(9, "employer:3", Days(JULY.first, JULY.first), about=1)
    assert days_of(opened, other_days, corrected)[1] == [9]
    same = replace(other_days, days=JULY)
    assert days_of(opened, replace(same, issued_on=date(2026, 7, 20)), corrected)[1] == []
    withdrawn = other(3, "hospital:1", EvidenceKind.WITHDRAWAL, about=2)
    by_officers = (replace(withdrawn, tenant="organisation:1"), let_count(4, 3))
    assert days_of(opened, other_days, *by_officers, corrected)[1] == []


def test_the_days_that_a_person_alone_certifies_are_told_apart() -> None:
    own, hospitals = certificate(1, "person:7", AUGUST), certificate(2, "hospital:1", JULY)
    for others, only in (
        ((), (AUGUST,)),
        ((hospitals,), (Days(date(2026, 8, 1), AUGUST.last),)),
        ((replace(hospitals, days=AUGUST),), ()),
        ((other(3, "organisation:1", EvidenceKind.APPROVAL, about=1),), ()),
        ((other(3, "person:7", EvidenceKind.WITHDRAWAL, about=1),), ()),
    ):
        assert standing((own, *others), SPELLS).only_of_oneself == only


def test_days_with_wages_count_by_an_employment_that_was_stated_by_then() -> None:
    opened = certificate(1, "hospital:1", AUGUST)
    worked = other(2, "employer:3", EvidenceKind.WAGES_PAID, wage_days=WORKED[:1])
    for stated_on, verified, counted in (
        (WORKED[0], False, WORKED[:1]),
        (WORKED[0] + timedelta(days=1), False, ()),
        (None, False, ()),
        (None, True, WORKED[:1]),
    ):
        spell = replace(SPELLS[0], stated_on=stated_on, verified=verified)
        assert standing((opened, worked), [spell]).worked_with_wages == counted


def test_who_corrects_itself_any_number_of_times_is_assessed() -> None:
    """Two thousand corrections of its own circumstances, each about the one before."""
    opened = other(1, "employer:3", EvidenceKind.CIRCUMSTANCES, stated={"place": "at_work"})
    corrected = [
        other(number, "employer:3", EvidenceKind.CIRCUMSTANCES, number - 1, stated={"place": "commuting"})
        for number in range(2, 2_002)
    ]
    found = standing([opened, *corrected], SPELLS)
    assert found.circumstances is not None
    assert found.circumstances.place == "at_work"
    assert [each.int for each in found.waiting] == [2_001], "the last word of it"
    assert found.waiting_findings == ()


def test_what_is_said_of_a_finding_waits_where_findings_do() -> None:
    finding = other(1, "organisation:1", EvidenceKind.FINDING, stated={"fact": "found by a person", "found": "yes"})
    mended = other(2, "organisation:1", EvidenceKind.FINDING, 1, stated={"fact": "found by a person", "found": "no"})
    found = standing([finding, let_count(3, 1), mended], SPELLS)
    assert [each.int for each in found.waiting_findings] == [2]
    withdrawn = standing([finding, let_count(3, 1), other(2, "organisation:1", EvidenceKind.WITHDRAWAL, 1)], SPELLS)
    assert [each.int for each in withdrawn.waiting_findings] == [2]


def test_what_one_officer_states_disputes_nothing_until_another_lets_it_count() -> None:
    own, officers = certificate(1, "hospital:1", JULY), certificate(2, "organisation:1", JULY)
    change = certificate(3, "hospital:1", AUGUST, about=1)
    assert days_of(own, replace(officers, days=AUGUST), change) == ([AUGUST], [2]), "the hospital's change counts"
    assert 3 in days_of(own, replace(officers, days=AUGUST), let_count(4, 2), change)[1], (
        "against two officers it waits"
    )


def test_what_a_person_chose_is_chosen_again_and_changed_by_two_officers() -> None:
    """Without the first choice the benefit would be applied for later, and months that were paid be taken back."""
    own = other(1, "person:7", EvidenceKind.CHOICE, stated={"option": "periodic"})
    again = other(2, "person:7", EvidenceKind.CHOICE, stated={"option": "commute one fifth"})
    taken_back = other(3, "person:7", EvidenceKind.WITHDRAWAL, 1)
    assert [each.id.int for each in standing([own, again], SPELLS).statements] == [1, 2]
    found = standing([own, again, taken_back], SPELLS)
    assert [each.id.int for each in found.statements] == [1, 2]
    assert [each.int for each in found.waiting] == [3]
    let = standing([own, again, taken_back, let_count(4, 3)], SPELLS)
    assert [each.id.int for each in let.statements] == [2]


def test_a_loss_is_left_until_what_two_officers_let_count_two_take_back() -> None:
    """As officers state them of an accident, whether or not the claim of a later one reads them."""

    def is_left(*evidence: Evidence) -> bool:
        return is_any_left(EvidenceKind.PERMANENT_LOSS, evidence)

    loss, approved = other(1, "organisation:1", EvidenceKind.PERMANENT_LOSS), let_count(2, 1)
    withdrawn = other(3, "organisation:1", EvidenceKind.WITHDRAWAL, about=1)
    corrected, let = other(4, "organisation:1", EvidenceKind.PERMANENT_LOSS, about=1), let_count(5, 4)
    assert not is_left()
    assert is_left(loss), "it waits"
    assert not is_left(loss, withdrawn)
    assert is_left(loss, approved)
    assert is_left(loss, approved, withdrawn)
    assert not is_left(loss, approved, withdrawn, let_count(4, 3))
    assert is_left(loss, approved, corrected, let)
    back = other(6, "organisation:1", EvidenceKind.WITHDRAWAL, about=1)
    assert is_left(loss, approved, corrected, let, back)
    assert not is_left(loss, approved, corrected, let, back, let_count(7, 6)), "what took its place goes with it"


def test_what_a_confirmed_notice_states_otherwise_than_what_counts_is_told_apart() -> None:
    """Whoever confirms it has seen neither the hospital's days nor the employer's word."""
    opened, worked = certificate(1, "hospital:1", JULY), other(2, "employer:3", EvidenceKind.WAGES_PAID)
    stated = {"place": "at_work", "interrupted": False}
    circumstances = other(3, "employer:3", EvidenceKind.CIRCUMSTANCES, stated=stated)
    of_claim = (opened, replace(worked, wage_days=WORKED[:1]), circumstances)
    officer = "organisation:1"
    changed = (
        certificate(4, officer, AUGUST, late=True),
        other(5, officer, EvidenceKind.CIRCUMSTANCES, stated={**stated, "place": "other"}, late=True),
        other(6, officer, EvidenceKind.WAGES_PAID, wage_days=(date(2026, 7, 16),), late=True),
    )
    same = (
        certificate(7, officer, JULY, late=True),
        other(8, officer, EvidenceKind.CIRCUMSTANCES, stated=stated, late=True),
        other(9, officer, EvidenceKind.WAGES_PAID, wage_days=WORKED[:1], late=True),
    )
    found = what_would_change((*of_claim, *changed, *same), SPELLS)
    assert found == {each.id for each in changed}
    assert what_would_change((*changed, *same), SPELLS) == set(), "of a claim that was lost nothing is known otherwise"
