"""Which of several lawful benefits is paid (Act 4 s.96; higher of two of a kind): asked over the answers of a person.

The records of the benefits say what is lawful; the terms of this one say what of it is paid, each with its benefit.
"""

from collections.abc import Sequence

from shared.kernel.periods import Month
from shared.law.act4.coordination.rules import (
    Owed,
    alone,
    are_of_a_kind,
    begun_first,
    days_of,
    decides_days_of_both,
    has_sum_of_both,
    higher_by_month,
    is_chosen_of,
    is_owed_in,
)
from shared.law.book import LawOn
from shared.law.decision import Per
from shared.law.determination import Determination, Result, Steps, with_earlier
from shared.law.fact_types import Fact
from shared.law.facts import Facts
from shared.law.working import sen, working

OF_A_DEATH = ("dependants benefit", "non employment injury dependants benefit")
SURVIVORS = ("survivors pension",)
OF_A_LOSS = ("permanent disablement", "non employment injury permanent disablement")
INVALIDITY = ("invalidity pension",)
BENEFITS = (*OF_A_DEATH, *SURVIVORS, *OF_A_LOSS, *INVALIDITY)
SAME_CAUSE, CHOICE = "same_cause_to_be_found", "choice_of_benefit_awaited"
SEVERAL, BESIDE_SUM = "several_claims_to_be_coordinated", "pension_beside_lump_sum"
DISABLEMENT = "permanent disablement"
CHOICES = (DISABLEMENT, INVALIDITY[0])
BOTH, PAID_BESIDE_SUM = "both", "pension beside lump sum"
LUMP_SUM, OF_ANOTHER = "lump sum", "of another claim"
ONE_DEATH, ONE_CAUSE = "act4.coordination.one_for_one_death", "act4.coordination.one_for_one_cause"
DAYS_OF_BOTH = "act4.coordination.choice_of_days_of_both"


def decide(facts: Facts, law: LawOn, steps: Steps) -> None:
    """For each payee, what is paid of both benefits for a death, and of both for an invalid person."""
    for name, payee in facts.people("payees").items():
        _for_one_death(name, _owed(payee, OF_A_DEATH), _owed(payee, SURVIVORS), law, steps)
        _for_one_cause(name, _owed(payee, OF_A_LOSS), _owed(payee, INVALIDITY), facts, law, steps)


def _owed(payee: Facts, benefits: Sequence[str]) -> list[Owed]:
    return [_term(benefit, each) for benefit in benefits for each in payee.people(benefit).values()]


def _term(benefit: str, each: Facts) -> Owed:
    days = each.day("from"), each.day_if_given("until")
    return Owed(benefit, Per(each.text("per")), each.sen("amount"), *days, each.says(LUMP_SUM), each.says(OF_ANOTHER))


def _for_one_death(name: str, dependants: list[Owed], survivors: list[Owed], law: LawOn, steps: Steps) -> None:
    if not (dependants and survivors):
        _pay(name, (*dependants, *survivors), steps)
        return
    paid = [*dependants, *survivors]
    if are_of_a_kind(law):
        runs = [run for run in higher_by_month(dependants, survivors, law) if run.paid]
        for run in runs:
            of_both = working("max({}, {})", sen(run.sen), sen(run.other))
            steps.amount(_from(name, run.paid), run.paid[0].benefit, of_both, ONE_DEATH)
        paid = [each for run in runs for each in run.paid]
    _total(name, (*dependants, *survivors), paid, ONE_DEATH, steps)
    _pay(name, paid, steps)


def _for_one_cause(
    name: str, disablement: list[Owed], pension: list[Owed], facts: Facts, law: LawOn, steps: Steps
) -> None:
    if is_chosen_of(law) and facts.says("several claims"):
        _of_several(name, disablement, pension, facts, law, steps)
        return
    if not (disablement and pension):
        _pay(name, (*disablement, *pension), steps)
        return
    paid: Sequence[Owed] = (*disablement, *pension)
    is_separate = facts.has("same cause") and not facts.says("same cause")
    if is_chosen_of(law) and not is_separate:
        paid = _one_of(name, disablement, pension, facts, law, steps)
    _total(name, (*disablement, *pension), paid, ONE_CAUSE, steps, parts=_is_by_days(facts))
    _pay(name, paid, steps)


def _one_of(
    name: str, disablement: list[Owed], pension: list[Owed], facts: Facts, law: LawOn, steps: Steps
) -> Sequence[Owed]:
    """What was chosen of one cause; until then what began first, and a person looks. On a day of one alone that one."""
    if facts.has("same cause") and facts.has("chosen"):
        return _chosen(name, disablement, pension, facts, law, steps)
    paid = begun_first(disablement, pension, law)
    kept = pension if paid is disablement else disablement
    began = working("{} ≤ {}", *(min(each.first for each in side) for side in (paid, kept)))
    steps.amount(_from(name, paid), paid[0].benefit, began, ONE_CAUSE)
    steps.look(CHOICE if facts.has("same cause") else SAME_CAUSE, (), ONE_CAUSE)
    return _with_days_alone(name, paid, kept, facts, law, steps)


def _chosen(
    name: str, disablement: list[Owed], pension: list[Owed], facts: Facts, law: LawOn, steps: Steps
) -> Sequence[Owed]:
    chosen = facts.text("chosen")
    paid, kept = (disablement, pension) if chosen == DISABLEMENT else (pension, disablement)
    if paid is pension and _is_kept_for_sum(disablement, pension, facts, law):
        # A lump sum that was owed is final, and what of it is of days of the pension no figure says.
        if not facts.has(PAID_BESIDE_SUM):
            steps.look(BESIDE_SUM, (), DAYS_OF_BOTH)
        paid, kept = disablement, pension
        chosen = LUMP_SUM
    steps.amount(_from(name, paid), paid[0].benefit, chosen, ONE_CAUSE)
    return _with_days_alone(name, paid, kept, facts, law, steps)


def _is_kept_for_sum(disablement: list[Owed], pension: list[Owed], facts: Facts, law: LawOn) -> bool:
    """Whether a lump sum takes the place of days of the pension, and nobody has found that this is paid beside it."""
    if not _is_by_days(facts) or not has_sum_of_both(disablement, pension, law):
        return False
    return not (facts.has(PAID_BESIDE_SUM) and facts.says(PAID_BESIDE_SUM))


def _is_by_days(facts: Facts) -> bool:
    """Version 1 took the one or the other for all days."""
    return facts.declares(PAID_BESIDE_SUM)


def _with_days_alone(
    name: str, paid: Sequence[Owed], kept: Sequence[Owed], facts: Facts, law: LawOn, steps: Steps
) -> Sequence[Owed]:
    """What is paid, and what is kept on the days on which it alone is lawful."""
    if not _is_by_days(facts) or not decides_days_of_both(law):
        return paid
    left = alone(kept, paid, law)
    for days in days_of(left):
        of_days = [each for each in left if each.first in days]
        steps.amount(_from(name, of_days), of_days[0].benefit, of_days[0].benefit, DAYS_OF_BOTH)
    return (*paid, *left)


def _of_several(
    name: str, disablement: list[Owed], pension: list[Owed], facts: Facts, law: LawOn, steps: Steps
) -> None:
    """Of more than two claims what a person found to be paid; until then what stands goes on, and a person looks."""
    is_found = facts.has("paid of several")
    which = facts.text("paid of several" if is_found else "goes on")
    paid: Sequence[Owed] = (
        *(disablement if which != INVALIDITY[0] else ()),
        *(pension if which != DISABLEMENT else ()),
    )
    if paid:
        steps.amount(_from(name, paid), BOTH if which == BOTH else paid[0].benefit, which, ONE_CAUSE)
    if which != BOTH and _is_by_days(facts):
        kept = pension if which == DISABLEMENT else disablement
        # What is new waits as a whole where a sum of it takes the place of days of what goes on.
        kept = [each for each in kept if is_found or not has_sum_of_both([each], paid, law)]
        paid = _with_days_alone(name, paid, kept, facts, law, steps)
    if not is_found:
        steps.look(SEVERAL, (), ONE_CAUSE)
    _pay(name, paid, steps)


def _from(name: str, paid: Sequence[Owed]) -> str:
    return f"benefit paid to {name} from {min(each.first for each in paid)}"


def _total(
    name: str, lawful: Sequence[Owed], paid: Sequence[Owed], figure: str, steps: Steps, *, parts: bool = False
) -> None:
    """What is paid in the first month that is whole in any of the benefits; with ``parts`` also where it is broken."""
    whole = [Month.of(each.first) for each in lawful if each.per is Per.MONTH]
    if whole:
        of_month = [each for each in paid if each.per is Per.MONTH or (parts and not each.is_sum)]
        amounts = [each.sen for each in of_month if is_owed_in(each, min(whole))]
        total = working(" + ".join(["{}"] * len(amounts)), *map(sen, amounts)) if amounts else 0
        steps.amount(f"paid to {name} in the first whole month", sum(amounts), total, figure)


def _pay(name: str, paid: Sequence[Owed], steps: Steps) -> None:
    """What of it this claim pays: what another claim pays is said there."""
    for each in (one for one in paid if not one.of_another):
        steps.term(name, each.per, each.sen, each.first, each.last, benefit=each.benefit)


_TERM_FACTS = (
    Fact("per", "choice", "how often it is owed", choices=(Per.MONTH.value, Per.ONCE.value)),
    Fact("amount", "ringgit", "for each month, or once"),
    Fact("from", "date", "the first day"),
    Fact("until", "date", "the last day; absent: open", default=""),
    Fact(LUMP_SUM, "yes_no", "whether it is a lump sum, in the place of months from its day on", default="no"),
    Fact(OF_ANOTHER, "yes_no", "whether another claim of the person pays it", default="no"),
)
DETERMINATIONS = with_earlier(
    Determination(
        name="act4 coordination",
        title="Which of several lawful benefits is paid",
        title_ms="Faedah yang dibayar antara beberapa faedah yang layak",
        law="Act 4, s.96; Act 4 as amended in 2004 (D.R.22/2004 cl. 14, 17)",
        law_day="event",
        facts=(
            Fact("event", "date", "the day of the death, of the accident or of the notice of the invalidity"),
            Fact(
                "payees",
                "people",
                "each payee by a name, with the terms of each lawful benefit",
                of=tuple(
                    Fact(benefit, "records", "what is lawfully owed of it", default=[], of=_TERM_FACTS)
                    for benefit in BENEFITS
                ),
            ),
            Fact(
                "same cause",
                "yes_no",
                "whether the loss and the invalidity have one cause; absent: nobody has found it",
                default="",
            ),
            Fact("chosen", "choice", "what the person chose of the two; absent: nothing", default="", choices=CHOICES),
            Fact(
                "several claims",
                "yes_no",
                "whether more than two claims have a loss or an invalidity: then the two facts before are of no use",
                default="no",
            ),
            Fact(
                "paid of several",
                "choice",
                "which of the benefits of more than two claims are paid; absent: nobody has found it",
                default="",
                choices=(*CHOICES, BOTH),
            ),
            Fact(
                "goes on",
                "choice",
                "which of them go on until it is found: those that were paid before",
                default=BOTH,
                choices=(*CHOICES, BOTH),
            ),
            Fact(
                PAID_BESIDE_SUM,
                "yes_no",
                "whether a pension that was chosen is paid beside a lump sum that was owed before both were lawful; "
                "absent: nobody has found it",
                default="",
            ),
        ),
        tests=(),
        results=(
            Result(
                "benefit paid to <person> from <day>",
                "faedah yang dibayar kepada <person> mulai <day>",
                "text",
                "which of two, from that day on",
            ),
            Result(
                "paid to <person> in the first whole month",
                "dibayar kepada <person> pada bulan genap yang pertama",
                "sen",
                "where two are lawful: what is paid by the month",
            ),
        ),
        decide=decide,
        granted="decided",
        # Since version 2 a choice decides the days on which both are lawful, and what another claim pays is said there.
        version=2,
    ),
    {PAID_BESIDE_SUM: 2},
)
