"""A death: its day and its cause, who is left behind, and who buried the person (Act 4 ss.17A, 29, Fourth Schedule)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import cast

from services.claims.domain import subjects
from services.claims.domain.answers import QuestionState, is_entitled
from services.claims.domain.claim import ClaimKind
from services.claims.domain.collectors.collector import (
    BENEFITS,
    Asked,
    Awaited,
    Collected,
    Collector,
    Missing,
    Open,
    Unsettled,
    claims_of,
    death_of,
    of_answer,
    of_death,
    of_record,
    yes_no,
)
from services.claims.domain.collectors.event import finding
from services.claims.domain.collectors.findings import EMPLOYMENT_INJURY
from services.claims.domain.facts import Known, OfAnother, Statement
from services.claims.domain.paid import COORDINATION, TermBody, in_law, is_paid_on, terms_paid
from shared.kernel.identifiers import party_number
from shared.kernel.money import Sen, ringgit
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.law.act4.dependants.rules import first_day
from shared.law.act4.increases.orders import Raised, steps, that_raise
from shared.law.act4.increases.rules import is_raised
from shared.law.act4.owing.rules import last_day_alive
from shared.law.act4.permanent_disablement.rules import Option
from shared.law.decision import DecisionRecord, Per, Source
from shared.law.fact_types import Written

DEPENDANT, FUNERAL = "dependant", "funeral"
BY_THE_INJURY, NOBODY, NOBODY_CLAIMS = "died of the injury", "nobody left behind", "nobody claims"
NON_EMPLOYMENT_INJURY, QUALIFIED = "non_employment_injury", "qualified_insured"
INVALIDITY_PENSION = "invalidity_pension"
# The kind of source that an order is which raises benefits.
INCREASE_ORDER = "increase_order"
_ENTITLED = frozenset(("entitled",))
PENSION_UNSETTLED, PENSION_LOST = "pension_unsettled", "pension_lost"
# Periodic benefits while on which a death is one for which funeral benefit is paid.
DISABLEMENT = (
    "temporary_disablement",
    "permanent_disablement",
    "non_employment_injury_temporary_disablement",
    "non_employment_injury_permanent_disablement",
)


def has_cause(known: Known) -> bool:
    """Whether an event is known that brought the death about."""
    return known.cause is not None


def names_cause(known: Known) -> bool:
    """Whether a notice names an event that brought the death about, also one that no rule decides."""
    return has_cause(known) or known.cause_not_ruled


def _died_on(asked: Asked) -> Collected:
    known = asked.known
    return Collected("" if known.died_on is None else known.died_on.isoformat(), of_death(known))


def _of_the_injury(asked: Asked) -> Collected:
    """As the notice says, unless officers found otherwise."""
    found = asked.known.findings.get(BY_THE_INJURY)
    if found is not None:
        return Collected(str(found.stated["found"]), (found.source,))
    return Collected("yes", _cause_source(asked.known))


def is_found_alive(known: Known) -> bool:
    """Whether two officers found that the person lives, against what was reported: then nothing is to be stated."""
    return _says(FOUND_ALIVE.fact, known)


def _says(fact: str, known: Known, otherwise: bool = False) -> bool:
    """Whether two officers found that a fact is so; ``otherwise`` where they found nothing of it."""
    found = known.findings.get(fact)
    return otherwise if found is None else found.says()


def _nobody(fact: str, kind: str) -> Collector:
    """That nobody is there to be stated, as officers found it, while nobody has been stated."""

    def supply(asked: Asked) -> Collected:
        is_so = _says(fact, asked.known) and kind not in asked.known.statements
        return Collected(yes_no(is_so), (asked.known.findings[fact].source,) if is_so else ())

    return Collector(fact, supply, is_found=True)


def _left_behind(asked: Asked) -> Collected | Open:
    if is_found_alive(asked.known):
        return Collected({})
    stated = by_party(asked.known, DEPENDANT)
    if not stated and _says(NOBODY, asked.known):
        return Collected({}, (asked.known.findings[NOBODY].source,))
    if not stated:
        return Open("dependants_to_be_stated")
    people: dict[str, Written] = {
        party: dict(
            each.written(
                relation="relation",
                born="born",
                married="married",
                first_degree_until="first degree until",
                incapable="incapable",
                remarried="remarried",
            )
            | _died(party, asked.known)
        )
        for party, each in stated.items()
    }
    sources = (*(each.source for each in stated.values()), *_deaths(stated, asked.known))
    return Collected(people, sources)


def _died(party: str, known: Known) -> dict[str, str]:
    died = known.deaths.get(party)
    return {} if died is None else {"died": died.day.isoformat()}


def deaths_in(written: Mapping[str, Written], known: Known) -> dict[str, tuple[Written, tuple[Source, ...]]]:
    """The facts of a record that deaths change which are known now: with the person's own, and those left behind's."""
    found: dict[str, tuple[Written, tuple[Source, ...]]] = {}
    if DAY_OF_DEATH.fact in written:
        day = "" if known.died_on is None else known.died_on.isoformat()
        found[DAY_OF_DEATH.fact] = (day, of_death(known))
    stated = by_party(known, DEPENDANT)
    for fact in (each.fact for each in (DEPENDANTS, SURVIVORS) if each.fact in written):
        people: dict[str, Written] = dict(cast(Mapping[str, Written], written[fact]))
        for party in people.keys() & stated.keys():
            person = cast(Mapping[str, Written], people[party])
            alive = {name: value for name, value in person.items() if name != "died"}
            people[party] = {**alive, **_died(party, known)}
        sources = (*(each.source for party, each in stated.items() if party in people), *_deaths(people, known))
        found[fact] = (people, sources)
    return found


def _deaths(parties: Iterable[str], known: Known) -> list[Source]:
    return [known.deaths[party].source for party in parties if party in known.deaths]


def _deaths_of_dependants(asked: Asked) -> list[Subject]:
    """Whether any of those who are left behind dies."""
    return [subjects.death(number) for number in dependants_of(asked.known)]


def dependants_of(known: Known) -> list[int]:
    """The persons who are stated to be left behind, by their numbers."""
    return sorted({party_number(party) for party in by_party(known, DEPENDANT)})


def _claimants(asked: Asked) -> Collected | Open:
    if is_found_alive(asked.known):
        return Collected({})
    stated = by_party(asked.known, FUNERAL)
    if not stated and _says(NOBODY_CLAIMS, asked.known):
        return Collected({}, (asked.known.findings[NOBODY_CLAIMS].source,))
    if not stated:
        return Open("funeral_claimants_to_be_stated")
    people: dict[str, Written] = {
        party: dict(each.written(relation="relation", born="born", paid="paid for the funeral"))
        for party, each in stated.items()
    }
    return Collected(people, tuple(each.source for each in stated.values()))


def _pension(asked: Asked) -> Collected | Awaited | Open:
    """The pension by the month that the person's own claims of invalidity paid, and that the death ended (s.17A).

    What was decided stands also while it is asked again; while one is not decided, nobody is refused for want of it.
    """
    claims = [each for each in asked.known.others if each.event == ClaimKind.INVALIDITY]
    decided = [each for each in claims if INVALIDITY_PENSION in each.records]
    pensions = [each for each in decided if _had_pension(each, asked)]
    if not pensions and any(each.is_lost and INVALIDITY_PENSION not in each.records for each in claims):
        # Nothing decides it any more, unless its notice is sent again: a person looks.
        return Open(PENSION_LOST)
    if not pensions and (len(decided) < len(claims) or any(_is_kept(each, asked) for each in decided)):
        return Awaited(PENSION_UNSETTLED)
    if not pensions:
        return Collected("", tuple(source for each in decided for source in _decisions(INVALIDITY_PENSION, each)))
    highest = _highest(pensions)
    return Collected(ringgit(_monthly(highest.records[INVALIDITY_PENSION])), _decisions(INVALIDITY_PENSION, highest))


def _pension_in_payment(asked: Asked) -> Collected | Awaited | Open:
    """The same, as orders raised it by the first day of what those left behind have (s.20A): from then on orders raise
    their own. While it is not known which orders count, nothing is decided of it."""
    found = _pension(asked)
    if not isinstance(found, Collected) or not found.written:
        return found
    pension = _highest([each for each in asked.known.others if _had_pension(each, asked)])
    raised = list(_raised(pension, asked))
    sources = (Source(INCREASE_ORDER, str(each.increase.order), 1) for each in raised)
    written = ringgit(raised[-1].after_sen) if raised else found.written
    return Collected(written, (*found.sources, *sources), (Missing(BENEFITS, _ENTITLED),))


def _had_pension(claim: OfAnother, asked: Asked) -> bool:
    """Whether the death ended a pension that was paid: one that ended before, for another benefit, was none then."""
    has_record = claim.event == ClaimKind.INVALIDITY and INVALIDITY_PENSION in claim.records
    return has_record and is_paid_on(_last_day(claim, asked), _paid(INVALIDITY_PENSION, claim))


def _last_day(claim: OfAnother, asked: Asked) -> date:
    """The last day alive, by the death of which the claim of the pension knows where that is an earlier one."""
    facts = claim.records[INVALIDITY_PENSION].body["facts"]
    known = [date.fromisoformat(each["value"]) for each in facts if each["name"] == DAY_OF_DEATH.fact and each["value"]]
    return last_day_alive(min((asked.day, *known)), asked.law)


def _highest(pensions: Sequence[OfAnother]) -> OfAnother:
    return max(pensions, key=lambda each: _monthly(each.records[INVALIDITY_PENSION]))


def _raised(pension: OfAnother, asked: Asked) -> Iterator[Raised]:
    """What each order that was in force by then made of a pension."""
    begins, law = _begins(_paid(INVALIDITY_PENSION, pension)), asked.law
    by_then = [each for each in asked.known.increases if each.in_force <= first_day(asked.day, law)]
    if is_raised(INVALIDITY_PENSION, law):
        yield from steps(_monthly(pension.records[INVALIDITY_PENSION]), that_raise(by_then, begins), law)


def _pension_listens(asked: Asked) -> list[Subject]:
    """What stands of the person's claims, and where one is of a pension the orders that raised it."""
    of_orders = [subjects.raised_until(Month.of(asked.day))]
    has_any = any(each.event == ClaimKind.INVALIDITY for each in asked.known.others)
    return [*claims_of(asked), *(of_orders if has_any else ())]


def _paid(question: str, claim: OfAnother) -> Sequence[TermBody]:
    """What another claim of the person pays of a benefit: what is lawful beside another one may not be paid."""
    return terms_paid(question, claim.records) if is_entitled(claim.records[question]) else ()


def _is_kept(claim: OfAnother, asked: Asked) -> bool:
    """Whether a pension that the death ended is kept until a person has found whether it is paid."""
    pension, coordination = claim.records[INVALIDITY_PENSION], claim.records.get(COORDINATION)
    is_open = coordination is not None and bool(coordination.body["looks"])
    return is_open and is_entitled(pension) and is_paid_on(_last_day(claim, asked), pension.body["terms"])


def _begins(terms: Sequence[TermBody]) -> date:
    return min((date.fromisoformat(term["first"]) for term in terms), default=date.max)


def _monthly(pension: DecisionRecord) -> Sen:
    found = (int(each["value"]) for each in pension.body["amounts"] if each["name"] == "monthly pension")
    # What an order names has no working: it is owed by the month as it stands.
    ordered = (int(each["sen"]) for each in pension.body["terms"] if each["per"] == Per.MONTH.value)
    return next(found, max(ordered, default=0))


def _decisions(question: str, claim: OfAnother) -> tuple[Source, ...]:
    """Of another claim, what decides a benefit and what of it is paid."""
    return tuple(of_record(claim.records[name]) for name in (question, COORDINATION) if name in claim.records)


def by_party(known: Known, kind: str) -> dict[str, Statement]:
    """The last statement about each party, by its name."""
    last = {str(each.stated["party"]): each for each in known.statements.get(kind, ())}
    return {party: last[party] for party in sorted(last)}


def _kind_of_death(asked: Asked) -> Collected | Unsettled | Awaited | Open:
    """Of what or as what the person died, which decides whether the benefit is paid and from which fund (s.29)."""
    known = asked.known
    if is_found_alive(known):
        return Collected("other")
    if known.cause is not None and _says(BY_THE_INJURY, known, otherwise=True):
        injury = _of_an_injury(asked)
        if injury is not None:
            return injury
    on_benefit = _on_disablement_benefit(asked)
    return _by_contributions(asked) if on_benefit is None else on_benefit


def _of_an_injury(asked: Asked) -> Collected | Unsettled | None:
    """The injury of which the person died; None where it is neither an employment injury nor one that SKBBK covers."""
    at_work, outside = asked.answers[EMPLOYMENT_INJURY], asked.answers.get(NON_EMPLOYMENT_INJURY)
    if at_work.state is QuestionState.FOUND:
        return Collected("employment injury", _cause_source(asked.known))
    unsettled = next((each for each in (at_work, outside) if each is not None and not each.is_settled), None)
    if unsettled is not None:
        return Unsettled(unsettled.question)
    if outside is None or outside.state is not QuestionState.FOUND:
        return None
    return Collected("non employment injury", of_answer(outside))


def _on_disablement_benefit(asked: Asked) -> Collected | None:
    """The disablement benefit that the person had on the last day alive, for whichever accident."""
    if asked.known.died_on is None:
        return None
    day = last_day_alive(asked.known.died_on, asked.law)
    for claim in asked.known.others:
        for question in claim.records:
            if question in DISABLEMENT and _goes_on(question, claim, day):
                return Collected(in_law(question), _decisions(question, claim))
    return None


def _goes_on(question: str, claim: OfAnother, day: date) -> bool:
    """Whether something is paid by the day or the month on a day; a lump sum is not, and one not known is not paid."""
    body = claim.records[question].body
    has_sum = any(each["name"] == "lump sum" for each in body["amounts"])
    if has_sum and any(each["name"] == "option" and each["value"] == Option.LUMP_SUM for each in body["facts"]):
        return False
    return is_paid_on(day, _paid(question, claim))


def _by_contributions(asked: Asked) -> Collected | Unsettled | Awaited | Open:
    """As an invalidity pensioner, or as one who had completed a qualifying period; else another death."""
    pension, qualified = _pension(asked), asked.answers[QUALIFIED]
    if isinstance(pension, Collected) and pension.written:
        return Collected("invalidity pensioner", pension.sources)
    if qualified.state is QuestionState.FOUND:
        # Owed in either case, and from the same fund.
        return Collected("qualified insured", of_answer(qualified))
    if isinstance(pension, Awaited | Open):
        return pension
    return Collected("other", of_answer(qualified)) if qualified.is_settled else Unsettled(QUALIFIED)


def _cause_source(known: Known) -> tuple[Source, ...]:
    return () if known.cause is None else (Source("claim", str(known.cause.claim), known.cause.revision),)


FOUND_ALIVE = finding("found alive", "no")
DIED_ON = Collector("death", _died_on)
DAY_OF_DEATH = Collector("died on", _died_on, death_of)
OF_THE_INJURY = Collector(BY_THE_INJURY, _of_the_injury, claims_of, is_found=True)
NOBODY_LEFT = _nobody(NOBODY, DEPENDANT)
NOBODY_CLAIMING = _nobody(NOBODY_CLAIMS, FUNERAL)
DEPENDANTS = Collector("dependants", _left_behind, _deaths_of_dependants)
SURVIVORS = Collector("survivors", _left_behind, _deaths_of_dependants)
CLAIMANTS = Collector("claimants", _claimants)
KIND_OF_DEATH = Collector("death", _kind_of_death, claims_of)
PENSION = Collector("pension in payment", _pension_in_payment, _pension_listens)
