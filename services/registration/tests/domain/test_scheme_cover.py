"""Cover is derived from the ledger alike in every order, to the minute, also while late reports wait."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.registration.domain.cover_payment import Channel, CoverPayment, PaymentState
from services.registration.domain.scheme_cover import ClockCover, Covered, clock_cover
from services.registration.domain.scheme_registration import Choice
from services.registration.domain.schemes import ACT_789, ACT_838, Clock, Joining
from shared.kernel.clock import BUSINESS_ZONE
from shared.kernel.periods import months_after
from shared.law.book import book

DAY = date(2026, 11, 28)
LAW = book().on(DAY, DAY)
WHO = Joining(date(1980, 4, 9), "citizen", woman=True)
SECOND = timedelta(seconds=1)
FIRST = datetime(2023, 1, 1, tzinfo=BUSINESS_ZONE)
PAID = st.tuples(
    st.integers(0, 4 * 365 * 24 * 60),
    st.integers(1, 12),
    st.integers(0, 60 * 24 * 40),
    st.sampled_from(list(PaymentState)),
)


def paid(at: datetime, months: int, late: int = 0, state: PaymentState = PaymentState.COUNTS) -> CoverPayment:
    """A payment; `late` is how many minutes later it was reported."""
    reported = at + timedelta(minutes=late)
    counts = state in (PaymentState.COUNTS, PaymentState.REVERSAL_STATED)
    return CoverPayment(
        UUID(int=1),
        UUID(int=2),
        1,
        Choice("act789", "hawkers", "1"),
        "agent:5",
        Channel.AGENT,
        "R-1",
        "agent:5",
        at,
        reported,
        months,
        1,
        105_000,
        state,
        at if counts else reported,
    )


def ledger(drawn: list[tuple[int, int, int, PaymentState]]) -> list[CoverPayment]:
    """Payments of what was drawn."""
    return [paid(FIRST + timedelta(minutes=at), months, late, state) for at, months, late, state in drawn]


def at_moment(clock: Clock, payments: list[CoverPayment], moment: datetime) -> ClockCover:
    """How one moment lies in a clock."""
    return clock_cover(clock, payments, WHO, moment, LAW)


def is_paid(payments: list[CoverPayment], moment: datetime) -> str:
    """An oracle of the self-employed in a few lines: nothing of the platform but its months."""
    certain = waits = False
    for each in payments:
        starts = each.reported_at if each.state is PaymentState.LATE_REFUSED else each.paid_at
        if each.state is PaymentState.REVERSED or not starts <= moment < months_after(starts, each.months):
            continue
        if each.state is PaymentState.REPORTED_LATE and moment < each.reported_at:
            waits = True
        else:
            certain = True
    return "covered" if certain else "waits" if waits else "not_covered"


@settings(max_examples=60, deadline=None)
@given(st.lists(PAID, max_size=6), st.randoms(use_true_random=False))
def test_cover_by_the_minute_in_every_order(drawn: list[tuple[int, int, int, PaymentState]], dice: object) -> None:
    payments, (clock,) = ledger(drawn), ACT_789.clocks
    shuffled = sorted(payments, key=lambda _: dice.random())  # type: ignore[attr-defined]
    edges = {each.paid_at for each in payments} | {each.reported_at for each in payments}
    edges |= {months_after(edge, each.months) for each in payments for edge in (each.paid_at, each.reported_at)}
    for edge in edges:
        for moment in (edge - SECOND, edge, edge + SECOND):
            found = at_moment(clock, shuffled, moment)
            assert found.covered.value == is_paid(payments, moment), moment
            assert found.periods == at_moment(clock, payments, moment).periods
            assert (found.until is None) == (found.covered is not Covered.COVERED)


@settings(max_examples=20, deadline=None)
@given(st.lists(PAID, max_size=5))
def test_periods_say_the_same_as_the_rules_of_the_book(drawn: list[tuple[int, int, int, PaymentState]]) -> None:
    """Of a housewife: at each edge and between them; what waits is never covered as well."""
    payments = ledger([(at, 12, late, state) for at, _, late, state in drawn])
    for clock in ACT_838.clocks:
        found = at_moment(clock, payments, FIRST)
        moments = [FIRST + timedelta(days=days, seconds=days) for days in range(0, 3_000, 61)]
        certain = [each.paid for each in payments if each.state is not PaymentState.REVERSED]
        for moment in moments:
            at = clock_cover(clock, payments, WHO, moment, LAW)
            assert any(each.holds(moment) for each in found.periods) is (at.covered is Covered.COVERED)
            may_run = clock.runs(certain, WHO, moment, LAW)
            assert may_run is (at.covered is not Covered.NOT_COVERED)
        for periods in (found.periods, found.waits):
            assert all(one.ends < other.begins for one, other in pairwise(periods))


def test_a_lapse_of_one_minute_is_no_cover() -> None:
    renewed = datetime(2026, 8, 14, 10, 1, tzinfo=BUSINESS_ZONE)
    payments = [paid(datetime(2025, 8, 14, 10, tzinfo=BUSINESS_ZONE), 12), paid(renewed, 12)]
    (clock,) = ACT_789.clocks
    minute = datetime(2026, 8, 14, 10, tzinfo=BUSINESS_ZONE)
    said = [at_moment(clock, payments, each).covered for each in (minute - SECOND, minute, renewed - SECOND, renewed)]
    assert said == [Covered.COVERED, Covered.NOT_COVERED, Covered.NOT_COVERED, Covered.COVERED]


def test_a_housewife_is_covered_until_she_is_55() -> None:
    first, second = (datetime(year, 9, 1, 9, tzinfo=BUSINESS_ZONE) for year in (2033, 2034))
    law = book().on(date(2034, 9, 1), DAY)
    for clock in ACT_838.clocks:
        (period,) = clock_cover(clock, [paid(first, 12), paid(second, 12)], WHO, second, law).periods
        assert period.ends == datetime(2035, 4, 9, tzinfo=BUSINESS_ZONE)
