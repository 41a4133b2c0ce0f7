"""An amount that an order names: of the Social Security Appellate Board, or of the High Court (Act 4 ss.83, 84, 91)."""

from datetime import date
from functools import partial

from shared.kernel.money import Sen
from shared.kernel.periods import Days
from shared.law.act4.invalidity.rules import part_of_month
from shared.law.act4.owing.asked import DEATH_FACT, last_day
from shared.law.book import LawOn
from shared.law.decision import INSURED, Per
from shared.law.determination import Determination, Result, Steps, Test
from shared.law.fact_types import Fact, MalformedFact
from shared.law.facts import Facts
from shared.law.terms import owe_by_month
from shared.law.working import sen

LAW = "Act 4, ss.83-84"
BOARD, COURT = "social security appellate board", "high court"
AWARDED = "the order awards more than nothing"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """Owes what the order names, to whom, per what, from when and until when; nothing of it is worked out.

    A death ends what is owed to the insured person (`assumed`: an order speaks of the living).
    """
    named = facts.people("amounts")
    steps.test(AWARDED, any(each.sen("amount") > 0 for each in named.values()), LAW)
    if steps.refused:
        return
    alive = last_day(facts, law)
    for number, each in named.items():
        steps.amount(f"amount {number} of the order", each.sen("amount"), sen(each.sen("amount")), LAW)
        _owe(each, alive, law, steps)


def _owe(each: Facts, alive: date | None, law: LawOn, steps: Steps) -> None:
    party, per, amount, first = each.text("party"), Per(each.text("per")), each.sen("amount"), each.day("from")
    until = each.day_if_given("until")
    each.in_order("from", "until")
    if per is Per.DAY and until is None:
        raise MalformedFact("until", "an amount by the day has a last day")
    ends = (until, alive if party == INSURED else None)
    last = min((day for day in ends if day is not None), default=None)
    if amount == 0 or (last is not None and last < first):
        return
    if per is Per.MONTH:
        owe_by_month(steps, party, amount, partial(_broken, amount, law), first, last)
    else:
        steps.term(party, per, amount, first, first if per is Per.ONCE else last)


def _broken(month: Sen, law: LawOn, days: Days) -> Sen:
    """As a pension's (s.19(2)): where the order says otherwise it names each broken month as an amount of its own."""
    return part_of_month(month, days, law)


DETERMINATIONS = (
    Determination(
        name="act4 ordered amount",
        title="An amount that an order names",
        title_ms="Amaun yang diperintahkan",
        law=LAW,
        law_day="ordered on",
        facts=(
            Fact("ordered on", "date", "the day of the order"),
            Fact("forum", "choice", "who ordered it", choices=(BOARD, COURT)),
            Fact("reference", "text", "the number of the order"),
            Fact("benefit", "text", "the benefit of which the order names the amount"),
            Fact(
                "amounts",
                "records",
                "each amount that the order names",
                of=(
                    Fact("party", "text", "to whom it is owed", default=INSURED),
                    Fact("per", "choice", "for each of what", choices=tuple(each.value for each in Per)),
                    Fact("amount", "ringgit", "the amount as the order names it"),
                    Fact("from", "date", "the first day for which it is owed, or the day of an amount owed once"),
                    Fact("until", "date", "the last day; absent: until another order, or a death", default=""),
                ),
            ),
            DEATH_FACT,
        ),
        tests=(Test(AWARDED, "perintah itu memberi lebih daripada sifar", LAW),),
        results=(Result("amount <number> of the order", "amaun <number> perintah", "sen", "as the order names it"),),
        decide=decide,
    ),
)
