"""What becomes of a benefit by the month over the years, with plain values; amounts are worked by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from services.benefits.domain.by_month import broken_month
from services.benefits.domain.calendar import BookCalendar, Reached
from services.benefits.domain.certificates_due import looks_again_on, to_ask, to_remind
from services.benefits.domain.conditioned import conditioned, first_unpaid
from services.benefits.domain.conditions import Conditions, Request
from services.benefits.domain.entitled import Entitled, EntitlementKey, Source, Term
from services.benefits.domain.payments import Payment, PaymentState
from services.benefits.domain.settlement import Books, OpenRecovery, Pay, settle
from services.benefits.domain.statements import CertificateKind, PartyStatement, StatementKind, standing
from services.benefits.domain.waiting import WaitingReason
from shared.kernel.periods import Days
from shared.law.act4.increases.orders import Increase
from shared.law.book import LawOn, book
from shared.law.decision import Per

CLAIM = UUID("0197b6a0-6c00-7000-8000-000000000001")
KEY = EntitlementKey(CLAIM, "act4", "invalidity_pension", "person:12")
CALENDAR = BookCalendar(date(2026, 11, 29))
# Life 6: RM914.50 for the broken April 2026, then RM1,829.00 a month.
TERMS = (Term(Per.ONCE, 91450, date(2026, 4, 30)), Term(Per.MONTH, 182900, date(2026, 5, 1)))
PENSION = Entitled(KEY, 12, "invalidity", 1, TERMS)


def law(day: date) -> LawOn:
    return book().on(day, day)


def falls_due(conditions: Conditions, day: date, owed: Entitled = PENSION) -> Entitled:
    return conditioned(owed, conditions, day, CALENDAR, law(day)).entitled


def due(conditions: Conditions, day: date, owed: Entitled = PENSION) -> int:
    """What has fallen due of it by a day."""
    return falls_due(conditions, day, owed).due_sen(day, owed.reach(day, Reached(), CALENDAR))


def stated(kind: StatementKind, says: str, first: date, last: date | None = None, **about: Any) -> PartyStatement:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    usual = {"holder": None, "evidence": "D-1", "stated_by": "officer-3", "stated_at": at, "counts": True}
    number = about.pop("number", 1)
    return PartyStatement(UUID(int=number), kind, "person:12", says, first, last, **{**usual, **about})


def suspended(first: date, last: date | None = None, **about: Any) -> PartyStatement:
    return stated(StatementKind.SUSPENSION, "insurable_work", first, last, key=KEY, **about)


def certificate(day: date, kind: str = "life") -> PartyStatement:
    return stated(StatementKind.CERTIFICATE, kind, day, number=day.toordinal())


def order(percent: str, in_force: date, years: tuple[int, int] = (2020, 2026), least: int | None = None) -> Increase:
    number = UUID(int=in_force.toordinal())
    return Increase(number, "P.U.(A) 1", "Act 4", in_force, *years, Fraction(percent) / 100, least)


def increased(*orders: Increase) -> Conditions:
    return Conditions(increases=orders)


class TestIncreases:
    """By order, from a day on, by the year in which the benefit began."""

    def test_it_is_paid_from_its_day_and_rounded_once(self) -> None:
        """2.5 % of 1,829.00 is 45.725: 1,874.73 a month from July; May and June stay."""
        given = increased(order("2.5", date(2026, 7, 1)))
        assert due(given, date(2026, 8, 1)) == 91450 + 2 * 182900 + 187473

    def test_it_raises_nothing_that_began_in_another_year_or_after_it(self) -> None:
        assert falls_due(increased(order("2.5", date(2027, 1, 1), (2024, 2025))), date(2027, 2, 1)) == PENSION
        assert falls_due(increased(order("2.5", date(2026, 4, 1))), date(2027, 2, 1)) == PENSION

    def test_one_inside_a_month_counts_for_the_days_that_are_left_of_it(self) -> None:
        """From 26 December 10 %: 182.90 more a month, of December 6 of 31 days: 35.40."""
        given = increased(order("10", date(2026, 12, 26)))
        owed = falls_due(given, date(2027, 2, 1))
        in_december = [term.sen for term in owed.terms if term.per is Per.MONTH and date(2026, 12, 1) in term.days]
        assert in_december == [182900 + 3540]
        assert due(given, date(2027, 2, 1)) - due(Conditions(), date(2027, 2, 1)) == 3540 + 18290

    def test_two_orders_build_on_each_other_in_the_order_of_their_days(self) -> None:
        """1,829.00 with 10 % is 2,011.90; with 5 % more 2,112.50 (2,112.495)."""
        both = increased(order("5", date(2027, 1, 1)), order("10", date(2026, 9, 1)))
        raised = conditioned(PENSION, both, date(2027, 2, 1), CALENDAR, law(date(2027, 2, 1))).raised
        assert [(each.before_sen, each.after_sen) for each in raised] == [(182900, 201190), (201190, 211250)]
        assert falls_due(both, date(2027, 2, 1)).terms[-1] == Term(Per.MONTH, 211250, date(2027, 1, 1))

    def test_the_least_that_an_order_names_is_paid(self) -> None:
        low = replace(PENSION, terms=(Term(Per.MONTH, 50000, date(2026, 5, 1)),))
        given = increased(order("1", date(2026, 7, 1), least=55000))
        assert due(given, date(2026, 8, 1), low) == 2 * 50000 + 55000

    def test_a_broken_month_at_the_end_is_raised_and_a_lump_sum_is_not(self) -> None:
        """Of 1,000.00 a month 500.00 are half: with 10 % 550.00. A fifth that was commuted stays what it was."""
        terms = (
            Term(Per.MONTH, 100000, date(2025, 1, 1), date(2026, 8, 31)),
            Term(Per.ONCE, 16827750, date(2026, 8, 31)),
            Term(Per.ONCE, 50000, date(2026, 9, 15)),
        )
        owed = replace(PENSION, key=replace(KEY, benefit="permanent_disablement"), terms=terms)
        for first in (date(2026, 8, 1), date(2026, 9, 1)):
            found = falls_due(increased(order("10", first)), date(2026, 12, 1), owed)
            assert [term.sen for term in found.terms if term.per is Per.ONCE] == [16827750, 55000], first
        assert falls_due(increased(order("10", date(2026, 10, 1))), date(2026, 12, 1), owed) == owed, "it is over"

    def test_two_orders_of_one_month_count_each_from_its_day(self) -> None:
        """1,829.00; 45.73 from 10 August, 22 of 31 days, 32.45; 46.87 more from the 20th, 12 of 31 days, 18.14."""
        both = increased(order("2.5", date(2026, 8, 10)), order("2.5", date(2026, 8, 20)))
        sums = [term.sen for term in falls_due(both, date(2026, 11, 1)).terms if term.per is Per.MONTH]
        assert sums == [182900, 182900 + 3245 + 1814, 192160]

    def test_whoever_begins_inside_the_month_of_an_order_is_raised_by_the_days_that_are_left(self) -> None:
        """From 16 March 944.00 of 1,829.00; of 45.73 more from the 26th 6 of 31 days, 8.85; then 1,874.73."""
        terms = (Term(Per.ONCE, 94400, date(2026, 3, 31)), Term(Per.MONTH, 182900, date(2026, 4, 1)))
        begun = replace(PENSION, terms=terms)
        found = falls_due(increased(order("2.5", date(2026, 3, 26))), date(2026, 8, 1), begun)
        assert [term.sen for term in found.terms] == [94400 + 885, 187473]
        assert falls_due(increased(order("2.5", date(2026, 3, 16))), date(2026, 8, 1), begun) == begun
        assert falls_due(increased(order("2.5", date(2026, 3, 2))), date(2026, 8, 1), begun) == begun

    def test_the_least_is_of_a_pension_that_survivors_share_and_not_of_each_share(self) -> None:
        """Of 475.00 the widow has 3/5, 285.00, the daughter 190.00; at least 550.00 are 330.00 and 220.00."""
        given = increased(order("1", date(2026, 7, 1), least=55000))
        key = replace(KEY, benefit="survivors_pension")
        for sen, raised, one_percent in ((28500, 33000, 28785), (19000, 22000, 19190)):
            share = replace(PENSION, key=key, terms=(Term(Per.MONTH, sen, date(2026, 5, 1)),), whole_sen=47500)
            assert falls_due(given, date(2026, 8, 1), share).terms[-1].sen == raised
            unknown = replace(share, whole_sen=None)
            assert falls_due(given, date(2026, 8, 1), unknown).terms[-1].sen == one_percent, "no least by a guess"

    def test_no_flat_sum_no_payable_and_no_day_is_raised(self) -> None:
        given = increased(order("10", date(2026, 7, 1)))
        flat = replace(PENSION, key=replace(KEY, benefit="constant_attendance_allowance"))
        payable = replace(PENSION, source=Source.PAYABLE)
        daily = replace(PENSION, terms=(Term(Per.DAY, 6000, date(2026, 5, 1), date(2026, 9, 1)),))
        assert [falls_due(given, date(2026, 12, 1), owed) for owed in (flat, payable, daily)] == [flat, payable, daily]

    def test_what_was_paid_gets_its_difference_once(self) -> None:
        """Paid until September without it: 45.73 for each of July, August and September are owed, with October."""
        given, day = increased(order("2.5", date(2026, 7, 1))), date(2026, 10, 30)
        owed, reached = falls_due(given, day), PENSION.reach(day, Reached(), CALENDAR)
        paid = 91450 + 5 * 182900
        (pay,) = settle(owed, Books(net_sen=paid), day, reached)
        assert isinstance(pay, Pay)
        assert pay.amount_sen == 187473 + 3 * 4573
        assert list(settle(owed, Books(net_sen=paid + pay.amount_sen), day, reached)) == []

    def test_arrears_are_paid_also_where_no_month_is_due_with_them(self) -> None:
        given, day = increased(order("2.5", date(2026, 7, 1))), date(2026, 10, 5)
        whole = replace(PENSION, terms=TERMS[1:])
        owed, reached = falls_due(given, day, whole), whole.reach(day, Reached(), CALENDAR)
        before = whole.reach(date(2026, 9, 30), Reached(), CALENDAR)
        (first,) = settle(whole, Books(), date(2026, 9, 30), before)
        assert isinstance(first, Pay)
        books = Books(net_sen=first.amount_sen, payments=(Payment(first.key, first.amount_sen, PaymentState.SETTLED),))
        (arrears,) = settle(owed, books, day, reached)
        assert isinstance(arrears, Pay)
        assert (arrears.amount_sen, arrears.key.replaces) == (3 * 4573, first.key.end_to_end_id)
        later = Payment(arrears.key, arrears.amount_sen, PaymentState.UNSENT)
        known = replace(books, net_sen=books.net_sen + arrears.amount_sen, payments=(*books.payments, later))
        more = falls_due(increased(*given.increases, order("1", date(2026, 8, 1))), day, whole)
        (again,) = settle(more, known, day, reached)
        assert isinstance(again, Pay)
        assert again.key not in (first.key, arrears.key), "a second difference has a name of its own"


class TestSuspensions:
    """Act 4 s.49: months that are not owed."""

    def test_life_6_works_in_july(self) -> None:
        """914.50, May and June 1,829.00 each, July nothing, August 1,829.00: RM6,401.50."""
        july = Conditions(statements=(suspended(date(2026, 7, 1), date(2026, 7, 31)),))
        assert due(july, date(2026, 9, 1)) == 640150

    def test_life_14_stops_coming_and_comes_again(self) -> None:
        """RM1,298.50 from April: four months, nothing for August and September, October again."""
        owed = replace(PENSION, terms=(Term(Per.MONTH, 129850, date(2026, 4, 1)),))
        goes_on = Conditions(statements=(suspended(date(2026, 8, 1)),))
        over = Conditions(statements=(suspended(date(2026, 8, 1), date(2026, 9, 30)),))
        assert [due(goes_on, day, owed) for day in (date(2026, 8, 1), date(2026, 11, 1))] == [519400, 519400]
        assert due(over, date(2026, 11, 1), owed) == 649250

    def test_what_was_paid_for_a_month_that_is_suspended_later_is_to_come_back(self) -> None:
        day, july = date(2026, 8, 5), Conditions(statements=(suspended(date(2026, 7, 1), date(2026, 7, 31)),))
        reached, paid = PENSION.reach(day, Reached(), CALENDAR), 91450 + 3 * 182900
        (opens,) = settle(falls_due(july, day), Books(net_sen=paid), day, reached)
        assert opens == OpenRecovery(182900)

    def test_it_waits_with_its_reason_while_it_goes_on(self) -> None:
        goes_on = Conditions(statements=(suspended(date(2026, 8, 1)),))
        waiting = conditioned(PENSION, goes_on, date(2026, 9, 1), CALENDAR, law(date(2026, 9, 1))).waiting
        assert [(each.reason, each.first, each.last) for each in waiting] == [
            (WaitingReason.SUSPENDED, date(2026, 8, 1), None)
        ]

    def test_a_statement_in_its_place_ends_it_and_one_that_was_wrong_never_was(self) -> None:
        wrong = suspended(date(2026, 8, 1))
        ended = suspended(date(2026, 8, 1), date(2026, 8, 31), number=2, replaces=wrong.id)
        never = replace(ended, id=UUID(int=3), withdrawn=True)
        assert standing([wrong, ended]) == [ended]
        assert standing([wrong, never]) == []
        assert standing([wrong, replace(ended, counts=None)]) == [wrong], "what nobody let count ends nothing"
        assert standing([wrong, replace(ended, counts=False)]) == [wrong]


class TestDeath:
    """The payee has died: nothing is owed for a day after, and no sum that was owed before is lost."""

    def test_life_6_the_last_month(self) -> None:
        """Died on 31 August: of August 30 of 31 days, 1,770.00, and nothing of September."""
        dead = Conditions(died_on=date(2026, 8, 31))
        assert due(dead, date(2026, 11, 1)) == 91450 + 3 * 182900 + 177000

    def test_what_was_paid_after_it_is_to_come_back_once(self) -> None:
        day, dead = date(2026, 10, 5), Conditions(died_on=date(2026, 8, 31))
        reached, paid = PENSION.reach(day, Reached(), CALENDAR), 91450 + 5 * 182900
        (opens,) = settle(falls_due(dead, day), Books(net_sen=paid), day, reached)
        assert opens == OpenRecovery(182900 + 5900)
        left = Books(net_sen=paid - 182900 - 5900, recovery_sen=182900 + 5900)
        assert list(settle(falls_due(dead, day), left, day, reached)) == []

    def test_a_daily_rate_is_owed_by_the_day_at_most_thirty(self) -> None:
        """RM35.10 a day, RM1,053.00 a month: died on 11 August, ten days; on the 31st of August the whole month."""
        owed = replace(
            PENSION,
            key=replace(KEY, benefit="dependants_benefit"),
            terms=(Term(Per.MONTH, 105300, date(2026, 8, 1)),),
        )
        assert due(Conditions(died_on=date(2026, 8, 11)), date(2026, 11, 1), owed) == 35100
        assert due(Conditions(died_on=date(2026, 8, 31)), date(2026, 11, 1), owed) == 105300

    def test_a_month_that_had_ended_is_whole_and_days_end_with_it(self) -> None:
        assert due(Conditions(died_on=date(2026, 9, 1)), date(2026, 11, 1)) == 91450 + 4 * 182900
        daily = replace(PENSION, terms=(Term(Per.DAY, 6000, date(2026, 8, 1), date(2026, 8, 20)),))
        assert due(Conditions(died_on=date(2026, 8, 11)), date(2026, 11, 1), daily) == 60000

    def test_what_claims_says_of_the_death_changes_nothing_more(self) -> None:
        """Claims ends the pension itself, with the broken month as a sum on its last day."""
        dead = Conditions(died_on=date(2026, 8, 31))
        ended = (*TERMS[:1], Term(Per.MONTH, 182900, date(2026, 5, 1), date(2026, 7, 31)),
                 Term(Per.ONCE, 177000, date(2026, 8, 30)))  # fmt: skip
        owed = replace(PENSION, terms=ended)
        assert falls_due(dead, date(2026, 11, 1), owed) == owed
        assert due(dead, date(2026, 11, 1)) == due(dead, date(2026, 11, 1), owed)

    def test_a_sum_that_is_no_broken_month_stays_owed(self) -> None:
        funeral = replace(PENSION, terms=(Term(Per.ONCE, 300000, date(2026, 10, 1)),))
        assert due(Conditions(died_on=date(2026, 8, 31)), date(2026, 11, 1), funeral) == 300000

    def test_what_was_sought_of_a_death_that_never_was_is_of_no_other(self) -> None:
        sought = (stated(StatementKind.HEIRS_SOUGHT, "nobody_found", date(2026, 9, 1)),)
        of_it, of_another = (
            Conditions(statements=sought, died_on=day) for day in (date(2026, 8, 31), date(2026, 12, 1))
        )
        assert (of_it.heirs_sought_on, of_another.heirs_sought_on) == (date(2026, 9, 1), None)

    @pytest.mark.parametrize(("died", "owed_of_august"), [(10, 53100), (20, 112100 + 590)])
    def test_an_order_inside_the_month_of_the_death_raises_the_days_from_it_on(
        self, died: int, owed_of_august: int
    ) -> None:
        """2.5 % from 16 August: of 1,829.00 9 of 31 days, or 19 and 4 days of 45.73; as the register and claims say."""
        both = Conditions((order("2.5", date(2026, 8, 16)),), died_on=date(2026, 8, died))
        assert due(both, date(2026, 11, 1)) == 91450 + 3 * 182900 + owed_of_august
        last = Term(Per.ONCE, {10: 53100, 20: 112100}[died], date(2026, 8, died - 1))
        terms = (*TERMS[:1], Term(Per.MONTH, 182900, date(2026, 5, 1), date(2026, 7, 31)), last)
        assert due(both, date(2026, 11, 1), replace(PENSION, terms=terms)) == due(both, date(2026, 11, 1))

    def test_who_dies_in_the_month_of_the_beginning_is_owed_the_days_between(self) -> None:
        """Began on 16 April, died on the 26th: 10 of 30 days."""
        assert due(Conditions(died_on=date(2026, 4, 26)), date(2026, 11, 1)) == 60967

    def test_an_increase_reaches_the_broken_month_of_the_death(self) -> None:
        """10 % from July: 2,011.90 a month; 30 of 31 days of August are 1,947.00."""
        both = Conditions((order("10", date(2026, 7, 1)),), died_on=date(2026, 8, 31))
        assert due(both, date(2026, 11, 1)) == 91450 + 2 * 182900 + 201190 + 194700


class TestCertificates:
    """Regulation 117: asked for, reminded of, held back, and paid with all that was held back."""

    YEARLY = replace(PENSION, terms=(Term(Per.MONTH, 182900, date(2025, 4, 1)),))
    ASKED = Request(CertificateKind.LIFE, date(2026, 4, 30), date(2026, 3, 1), date(2026, 4, 16))
    TOLD = replace(ASKED, told_on=date(2026, 3, 5))

    def test_it_is_asked_for_sixty_days_before_the_month_of_the_beginning_ends(self) -> None:
        day = date(2026, 3, 1)
        assert to_ask(self.YEARLY, Conditions(), date(2026, 2, 28), law(day)) == []
        assert to_ask(self.YEARLY, Conditions(), day, law(day)) == [replace(self.ASKED, reminded_on=None)]
        known = Conditions(requests=(self.ASKED,))
        assert to_ask(self.YEARLY, known, date(2026, 3, 20), law(day)) == [], "nobody is asked twice for a year"

    def test_who_was_not_asked_in_its_month_is_asked_when_the_next_year_is_due(self) -> None:
        """A release does not ask a nation in one day: of all months in which benefits began it asks one."""
        asked = [to_ask(self.YEARLY, Conditions(), date(2026, 3, 31), law(date(2026, 3, 31)))]
        assert [each.due_on for each in asked[0]] == [date(2026, 4, 30)]
        assert to_ask(self.YEARLY, Conditions(), date(2026, 4, 1), law(date(2026, 4, 1))) == []
        day = date(2026, 12, 28)
        months = [date(year, month, 1) for year in range(2014, 2026) for month in range(1, 13)]
        owed = [replace(PENSION, terms=(Term(Per.MONTH, 182900, first),)) for first in months]
        in_december = [each.terms[0].first.month for each in owed if to_ask(each, Conditions(), day, law(day))]
        assert in_december == [1] * 12, "due by 31 January, and 60 days before that"
        days = {looks_again_on(each, Conditions(), day, law(day)) for each in owed}
        assert len(days) == 12

    def test_who_proved_it_within_half_a_year_is_not_asked(self) -> None:
        """So that one certificate does for benefits that are due near each other."""
        day = date(2026, 3, 1)
        assert to_ask(self.YEARLY, Conditions(statements=(certificate(date(2025, 10, 29)),)), day, law(day)) == []
        assert to_ask(self.YEARLY, Conditions(statements=(certificate(date(2025, 10, 28)),)), day, law(day)) != []

    def test_all_benefits_of_a_payee_that_are_due_on_a_day_have_one_letter(self) -> None:
        first, other = KEY, replace(KEY, benefit="permanent_disablement")
        assert self.ASKED.id_of(first) != self.ASKED.id_of(other)
        assert self.ASKED.matter_of(first.party) == self.ASKED.matter_of(other.party)
        of_another_year = replace(self.ASKED, due_on=date(2027, 4, 30))
        assert self.ASKED.matter_of("person:13") != self.ASKED.matter_of("person:12")
        assert of_another_year.matter_of("person:12") != self.ASKED.matter_of("person:12")

    def test_the_letter_goes_to_whoever_acts_on_the_day(self) -> None:
        days = (date(2026, 1, 1), date(2026, 6, 30))
        acting = Conditions(statements=(stated(StatementKind.ACTING, "guardian", *days, holder="person:21"),))
        assert acting.written_to("person:12", date(2026, 3, 1)) == ("person:21",)
        assert acting.written_to("person:12", date(2026, 7, 1)) == ("person:12",)
        of_dead = replace(acting, died_on=date(2026, 1, 1))
        assert of_dead.written_to("person:12", date(2026, 3, 1)) == ("person:12",)
        of_estate = replace(acting, died_on=date(2025, 12, 31))
        assert of_estate.written_to("person:12", date(2026, 3, 1)) == ("person:21",)

    def test_dependants_prove_life_and_standing_and_students_that_they_study(self) -> None:
        owed = replace(self.YEARLY, key=replace(KEY, benefit="dependants_benefit"))
        student = Conditions(statements=(stated(StatementKind.STUDENT, "student", date(2025, 9, 1)),))
        day = date(2026, 3, 1)
        assert [each.certificate.value for each in to_ask(owed, Conditions(), day, law(day))] == ["life", "status"]
        assert [each.certificate.value for each in to_ask(owed, student, day, law(day))] == ["life", "status", "study"]

    def test_nobody_is_asked_for_a_lump_sum_an_ended_benefit_or_a_dead_payee(self) -> None:
        day = date(2026, 3, 1)
        lump = replace(self.YEARLY, terms=(Term(Per.ONCE, 1000000, date(2025, 4, 1)),))
        ended = replace(self.YEARLY, terms=(Term(Per.MONTH, 182900, date(2025, 4, 1), date(2026, 1, 31)),))
        assert to_ask(lump, Conditions(), day, law(day)) == []
        assert to_ask(ended, Conditions(), day, law(day)) == []
        assert to_ask(self.YEARLY, Conditions(died_on=date(2026, 2, 1)), day, law(day)) == []

    def test_it_is_reminded_of_two_weeks_before(self) -> None:
        open_ = Conditions(requests=(replace(self.ASKED, reminded_on=None),))
        assert self.reminded(open_, date(2026, 4, 15)) == []
        assert self.reminded(open_, date(2026, 4, 16)) == [self.ASKED]
        assert self.reminded(Conditions(requests=(self.ASKED,)), date(2026, 4, 20)) == []

    def test_nobody_is_reminded_who_died_or_whose_benefit_has_ended(self) -> None:
        open_, day = Conditions(requests=(replace(self.ASKED, reminded_on=None),)), date(2026, 4, 16)
        assert self.reminded(replace(open_, died_on=date(2026, 4, 1)), day) == []
        ended = replace(self.YEARLY, terms=(Term(Per.MONTH, 182900, date(2025, 4, 1), date(2026, 3, 31)),))
        assert self.reminded(open_, day, ended) == []

    def reminded(self, conditions: Conditions, day: date, owed: Entitled = YEARLY) -> list[Request]:
        return to_remind(owed, conditions, day, law(day))

    def test_without_it_what_is_paid_after_its_day_is_held_back_and_paid_when_it_comes(self) -> None:
        """Due by 30 April: April is paid that day, May and what follows is held; then all of it at once."""
        missing = Conditions(requests=(self.TOLD,))
        came = replace(missing, statements=(certificate(date(2026, 8, 10)),))
        everything = 182900 * 16
        assert due(missing, date(2026, 4, 30), self.YEARLY) == 182900 * 13
        assert due(missing, date(2026, 8, 1), self.YEARLY) == 182900 * 13
        assert due(came, date(2026, 8, 11), self.YEARLY) == everything
        waiting = conditioned(self.YEARLY, missing, date(2026, 6, 1), CALENDAR, law(date(2026, 6, 1))).waiting
        assert [(each.reason, each.first) for each in waiting] == [
            (WaitingReason.CERTIFICATE_MISSING, date(2026, 5, 1))
        ]

    def test_nothing_is_held_back_for_what_nobody_was_told_or_reminded_of_or_is_not_over(self) -> None:
        unreminded = Conditions(requests=(replace(self.TOLD, reminded_on=None),))
        untold = Conditions(requests=(self.ASKED,))
        late = Conditions(requests=(replace(self.TOLD, reminded_on=date(2026, 5, 20)),))
        told_late = Conditions(requests=(replace(self.TOLD, told_on=date(2026, 5, 20)),))
        assert [due(each, date(2026, 8, 1), self.YEARLY) for each in (unreminded, untold)] == [182900 * 16] * 2
        assert due(told_late, date(2026, 8, 1), self.YEARLY) == 182900 * 14, "two weeks after the letter arrived"
        assert due(late, date(2026, 6, 3), self.YEARLY) == 182900 * 14, "two weeks after the reminder are not over"
        assert due(late, date(2026, 8, 1), self.YEARLY) == 182900 * 14

    def test_one_of_another_kind_or_of_before_is_none(self) -> None:
        asked = Conditions(requests=(self.TOLD,))
        other = replace(asked, statements=(certificate(date(2026, 5, 2), "status"),))
        old = replace(asked, statements=(certificate(date(2025, 10, 28)),))
        assert [due(each, date(2026, 8, 1), self.YEARLY) for each in (other, old)] == [182900 * 13] * 2

    def test_what_was_paid_stays_paid_and_is_no_debt(self) -> None:
        """April's certificate is withdrawn in July: May and June were paid rightly, July waits; then it is paid."""
        day, missing = date(2026, 7, 31), Conditions(requests=(self.TOLD,))
        held, reached = falls_due(missing, day, self.YEARLY), self.YEARLY.reach(day, Reached(), CALENDAR)
        paid = 182900 * 15
        assert settle(held, Books(net_sen=paid), day, reached) == ()
        assert first_unpaid(held, paid, day, reached, law(day)) == date(2026, 7, 1)
        came = falls_due(replace(missing, statements=(certificate(date(2026, 7, 20)),)), day, self.YEARLY)
        (pay,) = settle(came, Books(net_sen=paid), day, reached)
        assert isinstance(pay, Pay)
        assert pay.amount_sen == 182900
        assert first_unpaid(came, paid, day, reached, law(day)) is None

    def test_a_death_proves_until_when_its_payee_lived(self) -> None:
        """Died on 1 August: May, June and July are owed, to whoever shows a right to them."""
        dead = Conditions(requests=(self.TOLD,), died_on=date(2026, 8, 1))
        assert due(dead, date(2026, 9, 1), self.YEARLY) == 182900 * 16

    def test_what_waits_is_set_off_against_no_debt_before_it_falls_due(self) -> None:
        """1,000.00 is to come back of it: it is kept of what falls due, and not of what is held back."""
        day, missing = date(2026, 7, 31), Conditions(requests=(self.TOLD,))
        held, reached = falls_due(missing, day, self.YEARLY), self.YEARLY.reach(day, Reached(), CALENDAR)
        assert settle(held, Books(net_sen=182900 * 13, recovery_sen=100000), day, reached) == ()

    @pytest.mark.parametrize(
        ("requests", "day", "next_"),
        [
            ((), date(2026, 2, 1), date(2026, 3, 1)),
            ((replace(ASKED, reminded_on=None),), date(2026, 3, 1), date(2026, 4, 16)),
            ((ASKED,), date(2026, 4, 16), date(2027, 3, 1)),
            ((TOLD,), date(2026, 4, 16), date(2026, 5, 1)),
            ((TOLD,), date(2026, 5, 1), date(2027, 3, 1)),
        ],
    )
    def test_it_is_looked_at_on_the_days_on_which_something_happens(
        self, requests: tuple[Request, ...], day: date, next_: date
    ) -> None:
        assert looks_again_on(self.YEARLY, Conditions(requests=requests), day, law(day)) == next_


def test_a_broken_month_stands_beside_months_and_is_what_the_law_gives_for_its_days_or_smaller() -> None:
    """Of 1,000.00 ten days of April are 333.33, 14 of September 466.67."""
    month = Term(Per.MONTH, 100000, date(2026, 5, 1), date(2026, 8, 31))
    owed, of = replace(PENSION, terms=(month,)), law(date(2026, 10, 1))
    begins, ends = Term(Per.ONCE, 33333, date(2026, 4, 30)), Term(Per.ONCE, 46667, date(2026, 9, 14))
    parts = [broken_month(each, owed, of) for each in (begins, ends, replace(ends, sen=50000))]
    assert [each and each.days for each in parts] == [
        Days(date(2026, 4, 21), date(2026, 4, 30)),
        Days(date(2026, 9, 1), date(2026, 9, 14)),
        Days(date(2026, 9, 1), date(2026, 9, 14)),
    ]
    others = [Term(Per.ONCE, 50000, date(2026, 6, 1)), Term(Per.ONCE, 100000, date(2026, 9, 1))]
    assert [broken_month(each, owed, of) for each in others] == [None, None]


def test_of_two_amounts_beside_a_broken_month_the_one_by_whose_days_it_is_counts() -> None:
    """The share rises on 15 August: 14 of 31 days of 526.50 are 237.77, 17 of 1,053.00 are 577.45."""
    terms = (
        Term(Per.MONTH, 52650, date(2026, 5, 1), date(2026, 7, 31)),
        Term(Per.ONCE, 23777, date(2026, 8, 14)),
        Term(Per.ONCE, 57745, date(2026, 8, 31)),
        Term(Per.MONTH, 105300, date(2026, 9, 1)),
    )
    owed = replace(PENSION, key=replace(KEY, benefit="survivors_pension"), terms=terms)
    parts = [broken_month(each, owed, law(date(2026, 10, 1))) for each in terms[1:3]]
    assert [(each.monthly, each.first, each.last) for each in parts if each] == [
        (52650, date(2026, 8, 1), date(2026, 8, 14)),
        (105300, date(2026, 8, 15), date(2026, 8, 31)),
    ]
