"""The arithmetic of bills, whatever is billed, decided and corrected, in whatever order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from services.claims.domain.medical_bill import (
    BillStatement,
    Line,
    LineFinding,
    LineFound,
    LineState,
    MedicalBill,
    bill_id,
)
from services.claims.domain.medical_cover import Cover, MedicalScheme
from services.claims.domain.medical_settling import About, AskedOf, settle
from shared.kernel.funds import Fund
from shared.kernel.periods import Days
from shared.law.book import book
from shared.law.desk import DeskEntry, Instrument, laid_over
from shared.law.determination import replay

AT = datetime(2026, 9, 1, tzinfo=UTC)
ENTERED = Instrument("P.U.(A) 999/2026", date(2026, 8, 1), "Act 4, s.15")
PRICES = DeskEntry(
    1,
    UUID(int=9),
    "act4.medical.prices",
    date(2026, 1, 1),
    date(2026, 8, 1),
    (
        ("consultation", "40.00"),
        ("physiotherapy", "90.00"),
        ("ward_day_class_2", "80.00"),
        ("ward_day_class_3", "30.00"),
    ),
    ENTERED,
)
LAW, _ = laid_over(book(), [PRICES])
ASKED = AskedOf(LAW, date(2026, 9, 14), AT)
AUTHORISED = Days(date(2026, 8, 5), date(2026, 8, 12))
ITEMS = ("consultation", "physiotherapy", "ward_day", "cast")
SEEDS = range(60)


def drawn(chance: Random) -> Line:
    item, day = chance.choice(ITEMS), date(2026, 8, chance.randint(4, 13))
    ward = chance.randint(1, 3) if item == "ward_day" else 0
    return Line(day, item, chance.randint(1, 3), chance.randint(1, 40_000), ward, chance.random() < 0.9)


def a_bill(number: int, lines: Sequence[Line], tenant: str = "hospital:1", *findings: LineFinding) -> MedicalBill:
    said = BillStatement(1, tuple(lines), AT)
    id_ = bill_id(tenant, str(number))
    authorisation, sent_at = UUID(int=int(tenant[-1])), AT + timedelta(minutes=number)
    about = (id_, tenant, str(number), "clerk-1", authorisation, None, sent_at, 7)
    return MedicalBill(*about, statements=(said,), findings=findings)


def about(bill: MedicalBill, scheme: MedicalScheme | None, most: int | None) -> About:
    return About(Cover(scheme, reason="scheme_open"), AUTHORISED, most, bill.authorisation)


def settled(bills: Sequence[MedicalBill], scheme: MedicalScheme | None, most: int | None = None) -> list[MedicalBill]:
    found = settle(bills, {each.id: about(each, scheme, most) for each in bills}, ASKED)
    return [found[each.id] for each in bills]


def some(chance: Random) -> list[MedicalBill]:
    findings = [
        LineFinding((date(2026, 8, 6), "cast"), LineFound.PRICED, 5_000, "Fees (Medical) Order 1982"),
        LineFinding(
            (date(2026, 8, 7), "consultation"), chance.choice([LineFound.COUNTS, LineFound.NOT_OF_THIS_INJURY])
        ),
    ]
    return [
        a_bill(
            number, [drawn(chance) for _ in range(chance.randint(1, 6))], f"hospital:{chance.randint(1, 2)}", *findings
        )
        for number in range(chance.randint(1, 5))
    ]


def paid_by_key(bills: Sequence[MedicalBill]) -> dict[tuple[str, date, str], int]:
    """How many lines of one sender are paid of each item of a day."""
    found: dict[tuple[str, date, str], int] = {}
    for bill in bills:
        for line, stands in zip(bill.newest.lines, bill.settled, strict=True):
            if stands.paid_sen:
                found[bill.tenant, *line.key] = found.get((bill.tenant, *line.key), 0) + 1
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_every_sen_that_is_billed_is_paid_or_refused_with_a_reason_or_waits(seed: int) -> None:
    chance = Random(seed)
    bills, most = some(chance), chance.choice([None, 10_000])
    for scheme in (*MedicalScheme, None):
        found = settled(bills, scheme, most)
        for line in (each for bill in found for each in bill.settled):
            assert line.billed_sen == line.paid_sen + sum(line.refused.values()) + line.waiting_sen
            assert min(line.paid_sen, line.waiting_sen, *line.refused.values(), 0) >= 0
            assert line.state is LineState.PAID or not line.paid_sen
            assert line.state is LineState.PAID or line.reason
        assert set(paid_by_key(found).values()) <= {1}, "the same line is paid once"
        owed = [sum(bill.owed().values()) for bill in found]
        assert owed == [sum(each.paid_sen for each in bill.settled) for bill in found]
        if scheme in (MedicalScheme.NONE, None):
            assert not any(owed)
        if most is not None:
            by = {each.authorisation: 0 for each in bills}
            for bill in found:
                by[bill.authorisation] += sum(bill.owed().values())
            assert all(sen <= most for sen in by.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_in_whatever_order_bills_and_decisions_come_the_same_is_paid(seed: int) -> None:
    """What was settled in between, by another scheme or without a bill, leaves nothing behind."""
    chance = Random(seed)
    bills = some(chance)
    at_once = settled(bills, MedicalScheme.EMPLOYMENT_INJURY)
    stands: dict[UUID, MedicalBill] = {}
    for bill in chance.sample(bills, len(bills)):
        stands[bill.id] = bill
        for scheme in (MedicalScheme.NON_EMPLOYMENT_INJURY, None, MedicalScheme.EMPLOYMENT_INJURY):
            stands = {each.id: each for each in settled(list(stands.values()), scheme)}
    step_by_step = [stands[each.id] for each in bills]
    assert [each.owed() for each in step_by_step] == [each.owed() for each in at_once]
    assert [_told(each) for each in step_by_step] == [_told(each) for each in at_once]


def _told(bill: MedicalBill) -> list[tuple[object, ...]]:
    return [(each.state, each.paid_sen, dict(each.refused), each.reason, each.substance) for each in bill.settled]


def test_settled_again_it_is_the_same_and_its_records_are_made_again_from_themselves() -> None:
    [once] = settled([a_bill(1, [Line(date(2026, 8, 6), "physiotherapy", 2, 20_000)])], MedicalScheme.EMPLOYMENT_INJURY)
    later = replace(ASKED, today=date(2026, 9, 20), known_to=AT + timedelta(days=6))
    again = settle([once], {once.id: about(once, MedicalScheme.EMPLOYMENT_INJURY, None)}, later)[once.id]
    assert again.settled == once.settled
    [line] = once.settled
    assert line.record is not None
    assert replay(line.record, LAW).canonical == line.record.canonical


def test_a_line_that_waits_takes_of_the_most_what_it_asks_for() -> None:
    """Else what was paid of a later line would be asked back once the earlier one is priced."""
    lines = [Line(date(2026, 8, 6), "cast", 1, 15_000), Line(date(2026, 8, 6), "physiotherapy", 1, 9_000)]
    [bill] = settled([a_bill(1, lines)], MedicalScheme.EMPLOYMENT_INJURY, most=20_000)
    assert [(each.state, each.paid_sen, each.waiting_sen) for each in bill.settled] == [
        (LineState.OFFICER, 0, 15_000),
        (LineState.PAID, 5_000, 0),
    ]


def test_each_scheme_owes_from_its_own_fund() -> None:
    bill = a_bill(1, [Line(date(2026, 8, 6), "consultation", 1, 4_000)])
    for scheme, fund in (
        (MedicalScheme.EMPLOYMENT_INJURY, Fund.EMPLOYMENT_INJURY),
        (MedicalScheme.NON_EMPLOYMENT_INJURY, Fund.NON_EMPLOYMENT_INJURY),
    ):
        [found] = settled([bill], scheme)
        assert {each: sen for each, sen in found.owed().items() if sen} == {fund: 4_000}


def test_two_lines_of_one_bill_that_another_billed_too_are_paid_once_though_officers_let_it_count() -> None:
    line, key = Line(date(2026, 8, 6), "consultation", 1, 4_000), (date(2026, 8, 6), "consultation")
    other = a_bill(2, [line, line], "hospital:2", LineFinding(key, LineFound.COUNTS))
    found = settled([a_bill(1, [line]), other], MedicalScheme.EMPLOYMENT_INJURY)
    assert [[each.paid_sen for each in bill.settled] for bill in found] == [[4_000], [4_000, 0]]


def correcting(bill: MedicalBill, *lines: Line) -> MedicalBill:
    """The same bill, whose sender says something else three days later."""
    said = BillStatement(2, lines, AT + timedelta(days=3))
    return replace(bill, statements=(*bill.statements, said), settled=(), is_settled_as_stated=False)


EI, DAY = MedicalScheme.EMPLOYMENT_INJURY, date(2026, 8, 6)
CONSULTED = Line(DAY, "consultation", 1, 4_000)


def test_what_one_sender_adds_to_an_older_bill_takes_nothing_back_of_what_another_was_paid() -> None:
    physiotherapy = Line(date(2026, 8, 7), "physiotherapy", 1, 9_000)
    first, other = settled([a_bill(1, [physiotherapy]), a_bill(2, [CONSULTED], "hospital:2")], EI)
    first, other = settled([correcting(first, physiotherapy, CONSULTED), other], EI)
    assert [each.paid_sen for each in other.settled] == [4_000]
    assert [each.reason for each in first.settled] == ["", "billed_by_another"]


def test_what_was_left_out_of_a_bill_meanwhile_comes_back_after_what_another_billed() -> None:
    first = correcting(a_bill(1, [CONSULTED]), Line(DAY, "physiotherapy", 1, 9_000))
    again = BillStatement(3, (CONSULTED,), AT + timedelta(days=5))
    first = replace(first, statements=(*first.statements, again))
    other = replace(a_bill(2, [CONSULTED], "hospital:2"), sent_at=AT + timedelta(days=4))
    first, other = settled([first, other], EI)
    assert ([each.paid_sen for each in other.settled], first.settled[0].reason) == ([4_000], "billed_by_another")


def test_officers_refuse_one_of_two_lines_and_the_other_stays_paid() -> None:
    refused = LineFinding(CONSULTED.key, LineFound.BILLED_BEFORE, statement=1, line=2)
    [bill] = settled([a_bill(1, [CONSULTED, Line(DAY, "consultation", 1, 3_000)], "hospital:1", refused)], EI)
    assert [each.paid_sen for each in bill.settled] == [4_000, 0]


@pytest.mark.parametrize("found", [LineFound.COUNTS, LineFound.NOT_OF_THIS_INJURY])
def test_what_officers_found_holds_for_the_line_that_they_saw_and_is_asked_again_of_another(found: LineFound) -> None:
    finding = LineFinding(CONSULTED.key, found, statement=1, line=1)
    bill = a_bill(1, [CONSULTED], "hospital:1", finding)
    [corrected] = settled([correcting(bill, replace(CONSULTED, quantity=2, billed_sen=8_000))], EI)
    assert [(each.reason, each.paid_sen) for each in corrected.settled] == [("looked_at_before", 0)]
    [same] = settled([correcting(bill, Line(DAY, "physiotherapy", 1, 9_000), CONSULTED)], EI)
    assert [each.paid_sen for each in same.settled] == [9_000, 4_000 if found is LineFound.COUNTS else 0]


def test_a_price_that_officers_stated_is_that_of_the_line_that_they_saw() -> None:
    cast = Line(DAY, "cast", 1, 15_000)
    priced = LineFinding(cast.key, LineFound.PRICED, 12_000, "Fees (Medical) Order 1982", statement=1, line=1)
    bill = a_bill(1, [cast], "hospital:1", priced)
    assert settled([bill], EI)[0].settled[0].paid_sen == 12_000
    [more] = settled([correcting(bill, replace(cast, quantity=1_000, billed_sen=12_000_000))], EI)
    assert [(each.reason, each.paid_sen) for each in more.settled] == [("price_unknown", 0)]


def test_what_is_not_of_the_injury_leaves_the_item_free_and_officers_look_if_they_found_so() -> None:
    [bill] = settled([a_bill(1, [replace(CONSULTED, of_the_injury=False), CONSULTED])], EI)
    assert [each.paid_sen for each in bill.settled] == [0, 4_000]
    refused = LineFinding(CONSULTED.key, LineFound.NOT_OF_THIS_INJURY, statement=1, line=1)
    _, again = settled([a_bill(1, [CONSULTED], "hospital:1", refused), a_bill(2, [CONSULTED])], EI)
    assert [(each.reason, each.paid_sen) for each in again.settled] == [("looked_at_before", 0)]


def test_more_of_an_item_than_is_usual_in_a_day_people_look_at() -> None:
    [bill] = settled([a_bill(1, [replace(CONSULTED, quantity=number) for number in (10,)])], EI)
    assert bill.settled[0].paid_sen == 4_000
    [bill] = settled([a_bill(1, [replace(CONSULTED, quantity=11)])], EI)
    assert (bill.settled[0].reason, bill.settled[0].waiting_sen) == ("quantity_unusual", 4_000)
