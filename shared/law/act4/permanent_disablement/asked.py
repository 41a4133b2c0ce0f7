"""A permanent disablement as a question states it, whatever the contingency (Act 4 s.22)."""

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import Month, age_on
from shared.law.act4.cover.asked import refuse_contradicted
from shared.law.act4.daily_rate.rules import WHOLE, broken_month, monthly_amount
from shared.law.act4.daily_rate.working import loss_working, rate_working
from shared.law.act4.owing.asked import DEATH_FACT, alive_test, last_day, require_alive
from shared.law.act4.permanent_disablement.errors import LumpSumFactorUnknown
from shared.law.act4.permanent_disablement.rules import (
    Option,
    allows,
    applied_in_time,
    commuted_part,
    counted_loss,
    day_after,
    day_of_age,
    is_commuted_when_final,
    is_later_day_looked_at,
    lump_sum,
    lump_sum_factor,
    rate_beside,
    stands_until_reviewed,
)
from shared.law.act4.wage_base.asked import WAGE_RESULTS, Average, average_wage
from shared.law.book import LawOn
from shared.law.decision import INSURED, Per
from shared.law.determination import Result, Steps, Test
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.terms import owe_by_month
from shared.law.working import sen, working

ExactRate: TypeAlias = Callable[[Fraction, Fraction, LawOn], Fraction]
SECTION = "Act 4, s.22"
FACTOR, TEMPORARY, ON_BOARDS_DAY = "lump-sum factor", "days of temporary disablement", "begins on the day of the board"
BEFORE, PROVISIONAL_UNTIL = "assessed before", "provisional until"
REPLACED, BEFORE_STAYS = "replaced", "owed before the later first day"
BOARDS_DAY, LATER_FIRST_DAY = "day_of_board_in_temporary", "later_first_day_stated"
_AFTER = "act4.permanent_disablement.begins_after_temporary"
_WHEN_FINAL = "act4.permanent_disablement.commuted_when_final"
_LATER = "act4.permanent_disablement.later_first_day_is_looked_at"

ASSESSED = "a permanent loss is assessed"
IN_TIME = "applied for in time"
ALLOWED = "the loss allows the chosen option"
LOSS_TESTS = (
    Test(ASSESSED, "hilang upaya kekal telah ditaksir", "Act 4, s.22; Second Schedule"),
    Test(IN_TIME, "dipohon dalam masa yang ditetapkan", SECTION),
    alive_test(SECTION),
    Test(ALLOWED, "kadar hilang upaya membenarkan pilihan itu", SECTION),
)
LOSS_FACTS = (
    Fact("accident", "date", "the day of the accident"),
    Fact("loss", "percent", "the loss that a board assessed, such as 20"),
    Fact("option", "choice", "how it is taken", default=Option.PERIODIC.value, choices=tuple(Option)),
    Fact("earlier losses", "percent", "losses of earlier injuries, added up", default="0"),
    Fact("daily rates of earlier injuries", "ringgit", "their daily rates, added up", default="0.00"),
    Fact("born", "date", "date of birth; needed for a lump sum, unless the age is given", default=""),
    Fact("age", "count", "age in completed years for a lump sum, in place of born", default="", by_hand_for="born"),
    Fact("chosen on", "date", "the day on which a lump sum was chosen; absent: the day of the accident", default=""),
    Fact("effective on", "date", "the day from which the choice counts; absent: the day of the choice", default=""),
    Fact("last day of temporary disablement", "date", "last day certified; tests the application's time", default=""),
    Fact("applied on", "date", "the day of the application; tests its time", default=""),
    Fact(
        "benefit from",
        "date",
        "the first day of the benefit as the board states it; absent: the day of the application",
        default="",
    ),
    DEATH_FACT,
    Fact(
        FACTOR,
        "factor",
        "that of an age of which the book has none, as officers found it; absent: nobody has",
        default="",
    ),
    Fact(TEMPORARY, "periods", "as certified: owed, kept for a look or another claim's", default=[]),
    Fact(
        ON_BOARDS_DAY,
        "yes_no",
        "whether officers found that it begins on a day of the board on which temporary disablement goes on; absent: "
        "nobody has, and it begins after that",
        default="",
    ),
    Fact(
        BEFORE,
        "records",
        "the assessments that stood until a review of them began, or one in their place, in the order in which they "
        "were made",
        default=[],
        of=(
            Fact("loss", "percent", "the loss that was assessed"),
            Fact("from", "date", "the first day of the benefit by it"),
            Fact(REPLACED, "yes_no", "whether it was replaced by one that states a later first day", default="no"),
        ),
    ),
    Fact(
        BEFORE_STAYS,
        "yes_no",
        "whether what was owed by such an assessment before the later first day stays owed; absent: nobody has found "
        "it, and it does",
        default="",
    ),
    Fact(PROVISIONAL_UNTIL, "date", "the last day of an assessment that is provisional; absent: final", default=""),
)
# From which version on they are taken: by them it is decided otherwise than before.
SINCE = {FACTOR: 3, TEMPORARY: 3, ON_BOARDS_DAY: 3, BEFORE: 4, PROVISIONAL_UNTIL: 5, BEFORE_STAYS: 6}
LOSS_RESULTS = (
    *WAGE_RESULTS,
    Result(
        "first day",
        "hari pertama",
        "date",
        "given only where temporary disablement goes on on the day of the application or of the board",
    ),
    Result("daily rate at full loss", "kadar harian hilang upaya penuh", "sen", "for a loss of 100 %, rounded"),
    Result(
        "daily rate for the loss",
        "kadar harian bagi hilang upaya itu",
        "sen",
        "for the assessed loss, beside earlier injuries; rounded once, not taken from the rounded full rate",
    ),
    Result(
        "monthly amount", "amaun bulanan", "sen", "the daily rate for the loss over 30 days, before any commutation"
    ),
    Result(
        "by the month until",
        "dibayar bulanan hingga",
        "date",
        "given only where a lump sum is chosen of a provisional assessment",
    ),
    Result("lump-sum factor", "faktor pembayaran sekali gus", "count", "lump sum for each ringgit of daily rate"),
    Result("lump sum", "pembayaran sekali gus", "sen", "of the whole daily rate, or of one fifth of it"),
    Result("daily balance", "baki kadar harian", "sen", "the daily rate that stays periodic after a commutation"),
    Result("monthly balance", "baki bulanan", "sen", "the daily balance over 30 days"),
)


def is_payable(facts: Facts, law: LawOn, steps: Steps) -> bool:
    """Test the loss, the time of the application where both days are given, and the option."""
    facts.in_order("born", "accident", "chosen on")
    if not facts.declares(BEFORE_STAYS):
        # Up to version 5 whatever was chosen.
        refuse_contradicted(facts, Month.of(facts.day("accident")), law)
    facts.in_order("accident", "last day of temporary disablement")
    facts.in_order("accident", "applied on")
    facts.in_order("accident", "benefit from")
    facts.in_order("born", "accident", "died on")
    # A review that finds no loss any more takes nothing back of what stood until it.
    losses = [facts.share("loss"), *(each.share("loss") for each in _assessed_before(facts, law))]
    steps.test(ASSESSED, 0 < max(losses) <= WHOLE, SECTION)
    if facts.has("last day of temporary disablement") and facts.has("applied on"):
        last = facts.day("last day of temporary disablement")
        steps.test(IN_TIME, applied_in_time(last, facts.day("applied on"), law))
    if _option_taken(facts, law) is Option.PERIODIC:
        require_alive(_first_of_all(facts, law), facts, law, steps, SECTION)
    counted = counted_loss(facts.share("loss"), facts.share("earlier losses"), law)
    option = Option.PERIODIC if _waits_for_final(facts, law) else Option(facts.text("option"))
    return steps.test(ALLOWED, allows(option, counted, law), SECTION) and not steps.refused


def pay(facts: Facts, law: LawOn, steps: Steps, share: str, exact_rate: ExactRate) -> None:
    """Record the average, the daily rates, a month of it, and what the option makes of it."""
    average = average_wage(facts, facts.day("accident"), law, steps)
    exact, rate = _rates(facts, law, steps, share, exact_rate, average)
    month = monthly_amount(rate, law)
    steps.amount("monthly amount", month, working("{} × {}", sen(rate), _days(law)))
    _begin(facts, law, steps)
    option = _option_taken(facts, law)
    _owe_before(facts, law, steps, partial(_rate_of, facts, law, exact_rate, average))
    if option is Option.PERIODIC:
        _say_why_by_the_month(facts, law, steps)
        _owe(facts, law, steps, rate, last_day(facts, law))
        return
    found = None
    try:
        lump_sum_factor(_age(facts, law), law)
    except LumpSumFactorUnknown:
        found = _factor_found(facts)
        if found is None:
            # It goes on by the month until officers find the factor.
            _owe(facts, law, steps, rate, last_day(facts, law))
            if not facts.declares(FACTOR) or _first_day(facts, law) is None:
                raise
            steps.look(LumpSumFactorUnknown.code, (), "act4.permanent_disablement.lump_sum_factor")
            return
    _commute(facts, law, steps, option, rate, exact, found)


def _factor_found(facts: Facts) -> tuple[int, str] | None:
    return facts.factor(FACTOR) if facts.declares(FACTOR) and facts.has(FACTOR) else None


def _rates(
    facts: Facts, law: LawOn, steps: Steps, share: str, exact_rate: ExactRate, average: Average
) -> tuple[Fraction, Sen]:
    loss = facts.share("loss")
    full = half_up(exact_rate(average.exact, WHOLE, law))
    of_wage = law.share(share)
    steps.amount("daily rate at full loss", full, rate_working(average.working, (of_wage,), full, law))
    exact = exact_rate(average.exact, loss, law)
    earlier = facts.sen("daily rates of earlier injuries")
    rate = rate_beside(half_up(exact), earlier, full, law)
    of_loss = loss_working(average.working, of_wage, loss, full, half_up(exact), law)
    if earlier:
        of_loss = working("min({}, {} - {})", of_loss, sen(full), sen(earlier))
    steps.amount("daily rate for the loss", rate, of_loss)
    return (exact if rate == half_up(exact) else Fraction(rate)), rate


def _commute(
    facts: Facts,
    law: LawOn,
    steps: Steps,
    option: Option,
    rate: Sen,
    exact: Fraction,
    found: tuple[int, str] | None,
) -> None:
    age = _age(facts, law)
    if found is None:
        factor = lump_sum_factor(age, law)
        steps.amount("lump-sum factor", factor, age)
    else:
        factor, instrument = found
        steps.amount("lump-sum factor", factor, age, f"{SECTION}; {instrument}")
    part = commuted_part(option, law)
    sum_ = lump_sum(rate, exact, part, age, law, None if found is None else factor)
    steps.amount("lump sum", sum_, working("{} × {} × {}", sen(rate), part, factor))
    effective_on = _effective_on(facts)
    _owe(facts, law, steps, rate, effective_on - timedelta(days=1))
    steps.term(INSURED, Per.ONCE, sum_, effective_on, effective_on)
    if option is Option.COMMUTE:
        balance = half_up(rate * (WHOLE - part))
        steps.amount("daily balance", balance, working("{} × {}", sen(rate), WHOLE - part), SECTION)
        of_month = working("{} × {}", sen(balance), _days(law))
        steps.amount("monthly balance", monthly_amount(balance, law), of_month)
        _owe_from(_balance_from(effective_on, facts, law), balance, law, steps, last_day(facts, law))


def _option_taken(facts: Facts, law: LawOn) -> Option:
    """As chosen; a choice that was to take effect after the death never did (`assumed`), and none does of an assessment
    that is provisional.
    """
    has_died = facts.has("died on") and facts.day("died on") < _effective_on(facts)
    return Option.PERIODIC if has_died or _waits_for_final(facts, law) else Option(facts.text("option"))


def _waits_for_final(facts: Facts, law: LawOn) -> bool:
    """Whether a lump sum is not paid, since the assessment is provisional (`assumed`)."""
    is_provisional = facts.declares(PROVISIONAL_UNTIL) and facts.has(PROVISIONAL_UNTIL)
    return is_provisional and is_commuted_when_final(law) and facts.text("option") != Option.PERIODIC.value


def _say_why_by_the_month(facts: Facts, law: LawOn, steps: Steps) -> None:
    if _waits_for_final(facts, law):
        until = facts.day(PROVISIONAL_UNTIL)
        steps.amount("by the month until", until, until, _WHEN_FINAL)


def _first_day(facts: Facts, law: LawOn) -> date | None:
    """That of the board or of the application; after the temporary disablement that goes on then (`assumed`)."""
    first = _first_stated(facts)
    return first if first is None or not _is_in_temporary(facts) else day_after(first, facts.periods(TEMPORARY), law)


def _first_stated(facts: Facts) -> date | None:
    return facts.day_if_given("benefit from") or facts.day_if_given("applied on")


def _is_in_temporary(facts: Facts) -> bool:
    """Whether it would begin while temporary disablement goes on, and nobody has found that it does."""
    if not facts.declares(TEMPORARY):
        return False
    is_found = facts.has("benefit from") and facts.has(ON_BOARDS_DAY) and facts.says(ON_BOARDS_DAY)
    return not is_found and any(_first_stated(facts) in days for days in facts.periods(TEMPORARY))


def _begin(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Record a first day that is not the one stated; a person looks at one that the board has stated."""
    first = _first_stated(facts)
    if first is None or not _is_in_temporary(facts):
        return
    later = day_after(first, facts.periods(TEMPORARY), law)
    if later != first:
        steps.amount("first day", later, first, _AFTER)
    if later != first and facts.has("benefit from") and not facts.has(ON_BOARDS_DAY):
        steps.look(BOARDS_DAY, (), _AFTER)


def _balance_from(effective_on: date, facts: Facts, law: LawOn) -> date:
    """What one fifth leaves is owed from the first day on; versions before 3 owed it from the choice."""
    first = _first_day(facts, law) if facts.declares(TEMPORARY) else None
    return effective_on if first is None else max(effective_on, first)


def _effective_on(facts: Facts) -> date:
    """The day on which a lump sum takes the place of the periodic benefit."""
    stated = (facts.day_if_given(name) for name in ("effective on", "chosen on", "applied on"))
    return next((day for day in stated if day is not None), facts.day("accident"))


def _owe(facts: Facts, law: LawOn, steps: Steps, rate: Sen, last: date | None) -> None:
    """The periodic benefit from its first day, once one is stated; it ends where a lump sum takes its place."""
    first = _first_day(facts, law)
    if first is not None:
        _owe_from(first, rate, law, steps, last)


def _assessed_before(facts: Facts, law: LawOn) -> list[Facts]:
    """The assessments of before that stay owed, in the order in which they were made."""
    stated = facts.people(BEFORE).values() if facts.declares(BEFORE) else ()
    return [each for each in stated if _stays(each, facts, law)]


def _stays(before: Facts, facts: Facts, law: LawOn) -> bool:
    """Whether it stays owed until the next one began, of one that was replaced until two officers found otherwise."""
    if not before.says(REPLACED):
        return stands_until_reviewed(law)
    is_taken_back = facts.has(BEFORE_STAYS) and not facts.says(BEFORE_STAYS)
    return is_later_day_looked_at(law) and not is_taken_back


def _first_of_all(facts: Facts, law: LawOn) -> date | None:
    """The first day of the benefit, by whichever assessment."""
    stood = _assessed_before(facts, law)
    if not stood:
        return _first_day(facts, law)
    first = min(each.day("from") for each in stood)
    is_found = facts.has(ON_BOARDS_DAY) and facts.says(ON_BOARDS_DAY)
    return first if is_found else day_after(first, facts.periods(TEMPORARY), law)


def _rate_of(facts: Facts, law: LawOn, exact_rate: ExactRate, average: Average, loss: Fraction) -> Sen:
    """The daily rate for another loss of the injury, beside those of earlier injuries."""
    full, rate = (half_up(exact_rate(average.exact, each, law)) for each in (WHOLE, loss))
    return rate_beside(rate, facts.sen("daily rates of earlier injuries"), full, law)


def _owe_before(facts: Facts, law: LawOn, steps: Steps, rate_of: Callable[[Fraction], Sen]) -> None:
    """What each assessment gave until one that was made later began: a review takes nothing of it back (`assumed`)."""
    stood, begins, alive = _assessed_before(facts, law), _first_day(facts, law), last_day(facts, law)
    if not stood or begins is None:
        return
    if any(each.says(REPLACED) for each in stood) and not facts.has(BEFORE_STAYS):
        steps.look(LATER_FIRST_DAY, (), _LATER)
    of_all = _first_of_all(facts, law) or begins
    firsts = [*(max(each.day("from"), of_all) for each in stood), begins]
    for place, each in enumerate(stood):
        last = min(firsts[place + 1 :]) - timedelta(days=1)
        _owe_from(firsts[place], rate_of(each.share("loss")), law, steps, last if alive is None else min(last, alive))


def _owe_from(first: date, rate: Sen, law: LawOn, steps: Steps, last: date | None) -> None:
    owe_by_month(steps, INSURED, monthly_amount(rate, law), lambda days: broken_month(rate, days, law), first, last)


def _age(facts: Facts, law: LawOn) -> int:
    """The age by which a sum is reckoned; a birth that the category contradicts is refused here alone: whichever the
    category is, it is insured of an injury (Act 4 s.6(2)).
    """
    if facts.has("age"):
        return facts.count("age")
    if facts.declares(BEFORE_STAYS):
        refuse_contradicted(facts, Month.of(facts.day("accident")), law)
    chosen = facts.day_if_given("chosen on")
    return age_on(facts.day("born"), day_of_age(facts.day("accident"), chosen, law))


def _days(law: LawOn) -> int:
    return law.days("act4.daily_rate.benefit_month")
