"""A permanent loss: what a Medical Board assessed, and how the benefit is taken (Act 4 s.22, Second Schedule)."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from services.claims.domain import subjects
from services.claims.domain.answers import is_entitled
from services.claims.domain.authority import one_after_the_other, with_replaced
from services.claims.domain.collectors.collector import Asked, Collected, Collector, Open, Supply, of_person, of_record
from services.claims.domain.collectors.event import finding
from services.claims.domain.errors import ChoiceFinal, ChoiceNotAllowed
from services.claims.domain.facts import Known, Statement
from services.claims.domain.paid import is_lump_sum
from shared.kernel.clock import business_day
from shared.kernel.periods import Days, age_on, joined
from shared.kernel.subjects import Subject
from shared.law.act4.permanent_disablement.asked import BEFORE as _BEFORE
from shared.law.act4.permanent_disablement.asked import BEFORE_STAYS as _BEFORE_STAYS
from shared.law.act4.permanent_disablement.asked import FACTOR as _FACTOR
from shared.law.act4.permanent_disablement.asked import ON_BOARDS_DAY as _ON_BOARDS_DAY
from shared.law.act4.permanent_disablement.asked import PROVISIONAL_UNTIL as _PROVISIONAL_UNTIL
from shared.law.act4.permanent_disablement.asked import REPLACED, TEMPORARY
from shared.law.act4.permanent_disablement.errors import LumpSumFactorUnknown
from shared.law.act4.permanent_disablement.rules import (
    Option,
    allows,
    counted_loss,
    day_of_age,
    is_commuted_when_final,
    lump_sum_factor,
)
from shared.law.book import LawOn
from shared.law.decision import DecisionRecord
from shared.law.fact_types import Fact, Written
from shared.law.facts import Facts

PERMANENT_LOSS, CHOICE = "permanent_loss", "choice"
_EARLIER_LOSSES = "earlier losses"


def is_assessed(known: Known) -> bool:
    """Whether a Medical Board assessed a loss."""
    return PERMANENT_LOSS in known.statements


def woken_by(kind: str, person: int | None) -> set[Subject]:
    """What the person's other claims listen to of a statement of a kind, and of what is said about it."""
    return {subjects.losses(person)} if kind == PERMANENT_LOSS and person is not None else set()


def _stood(known: Known) -> list[Statement]:
    """The assessments that stood one after the other: the last one stands now."""
    return one_after_the_other(known.statements.get(PERMANENT_LOSS, ()))


def _assessed(member: str, otherwise: str = "") -> Supply:
    """A member of the assessment that stands."""

    def supply(asked: Asked) -> Collected:
        found = next(reversed(_stood(asked.known)), None)
        if found is None or found.stated.get(member) is None:
            return Collected(otherwise)
        return Collected(str(found.stated[member]), (found.source,))

    return supply


def check_change(option: Option, records: Mapping[str, DecisionRecord], day: date, law: LawOn) -> None:
    """Raise ChoiceFinal or ChoiceNotAllowed for a form in which what stands cannot be taken on a day any more."""
    for record in filter(is_entitled, records.values()):
        facts = {fact["name"]: str(fact["value"]) for fact in record.body["facts"]}
        if OPTION.fact not in facts:
            continue
        if _is_commuted(record, day):
            raise ChoiceFinal()
        counted = counted_loss(_share(facts["loss"]), _share(facts["earlier losses"]), law)
        until = facts.get(_PROVISIONAL_UNTIL, "")
        waits = until != "" and option is not Option.PERIODIC and is_commuted_when_final(law)
        if waits or not allows(option, counted, law):
            raise ChoiceNotAllowed(facts={"option": option.value} | ({"provisional_until": until} if waits else {}))


def _is_commuted(record: DecisionRecord, day: date) -> bool:
    """Whether a lump sum has taken the place of what a record owes, or of one fifth of it, by a day."""
    return any(is_lump_sum(term, record) and term["first"] <= day.isoformat() for term in record.body["terms"])


def _choices(known: Known) -> tuple[Statement, ...]:
    return known.statements.get(CHOICE, ())


def _application(known: Known) -> Statement | None:
    """The first: in which form the benefit is taken may be chosen again, applied for it is once."""
    return min(_choices(known), key=lambda each: str(each.stated["applied_on"]), default=None)


def _taken(asked: Asked) -> Statement | None:
    """The choice by which the benefit is taken: the last, but none behind a lump sum whose day had come, and no lump
    sum of an assessment that was provisional until a review took its place (`assumed`).
    """
    taken: Statement | None = None
    for each in _choices(asked.known):
        if _never_took_effect(each, asked):
            continue
        if taken is None or not _is_final(taken, _stated_on(each), asked):
            taken = each
    return taken


def _is_final(choice: Statement, day: date, asked: Asked) -> bool:
    """Whether a lump sum had taken the benefit's place by a day."""
    has_come = _is_lump_sum(choice) and _effective_on(choice) <= day
    option = Option(str(choice.stated["option"]))
    return has_come and not _is_provisional(choice, asked) and _is_allowed(option, asked) and _has_factor(choice, asked)


def _is_lump_sum(choice: Statement) -> bool:
    return str(choice.stated["option"]) != Option.PERIODIC.value


def _effective_on(choice: Statement) -> date:
    names = ("effective_on", "chosen_on", "applied_on")
    return date.fromisoformat(next(str(choice.stated[name]) for name in names if choice.stated.get(name) is not None))


def _never_took_effect(choice: Statement, asked: Asked) -> bool:
    """Whether a lump sum was chosen of a provisional assessment, in whose place there is a review by now."""
    stood = _stood(asked.known)
    if not stood or not _is_lump_sum(choice) or not _is_provisional(choice, asked):
        return False
    return _effective_on(choice) < (_first_day(stood[-1]) or date.min)


def _is_provisional(choice: Statement, asked: Asked) -> bool:
    """Whether the assessment that stood when a choice took effect is provisional: no lump sum is paid of that."""
    stood, day = _stood(asked.known), _effective_on(choice)
    if not stood or not is_commuted_when_final(asked.law):
        return False
    begun = [each for each in stood[1:] if (_first_day(each) or date.max) <= day]
    return "until" in [stood[0], *begun][-1].stated


def _first_day(assessed: Statement) -> date | None:
    """As the board stated it."""
    stated = assessed.stated.get("benefit_from")
    return None if stated is None else date.fromisoformat(str(stated))


def _is_allowed(option: Option, asked: Asked) -> bool:
    """Whether any assessment lets it be taken so: a later one does not undo what was paid by an earlier one."""
    earlier = asked.known.findings.get(_EARLIER_LOSSES)
    added = Fraction(0) if earlier is None else _share(str(earlier.stated["found"]))
    losses = [_share(str(each.stated["percent"])) for each in asked.known.statements.get(PERMANENT_LOSS, ())]
    return any(allows(option, counted_loss(loss, added, asked.law), asked.law) for loss in losses)


def _has_factor(choice: Statement, asked: Asked) -> bool:
    """Whether anybody knows what the sum is: until then the benefit goes on by the month."""
    born, chosen_on = asked.known.born_on, _day_of(choice, asked.known)
    if _FACTOR in asked.known.findings or born is None:
        return born is not None
    day = day_of_age(asked.day, None if chosen_on is None else date.fromisoformat(chosen_on), asked.law)
    try:
        return lump_sum_factor(age_on(born, day), asked.law) > 0
    except LumpSumFactorUnknown:
        return False


def _share(percent: str) -> Fraction:
    return Facts((Fact("loss", "percent", "a loss"),), {"loss": percent}).share("loss")


def _stated_on(choice: Statement) -> date:
    if choice.stated_at is None:
        return date.fromisoformat(str(choice.stated["applied_on"]))
    return business_day(choice.stated_at)


def _taken_by(member: str, otherwise: str = "") -> Supply:
    """A member of the choice by which the benefit is taken."""

    def supply(asked: Asked) -> Collected:
        found = _taken(asked)
        if found is None or found.stated.get(member) is None:
            return Collected(otherwise)
        return Collected(str(found.stated[member]), (found.source,))

    return supply


def _chosen_on(asked: Asked) -> Collected:
    found = _taken(asked)
    day = None if found is None else _day_of(found, asked.known)
    return Collected("") if found is None or day is None else Collected(day, (found.source,))


def _day_of(choice: Statement, known: Known) -> str | None:
    """As stated; of a later choice that names no day, that of its statement, and not that of the application."""
    stated = choice.stated.get("chosen_on")
    if stated is None and choice is not _application(known):
        stated = choice.stated["applied_on"]
    return None if stated is None else str(stated)


def _applied_on(asked: Asked) -> Collected | Open:
    found = _application(asked.known)
    if found is None:
        return Open("application_awaited")
    return Collected(str(found.stated["applied_on"]), (found.source,))


def _born(asked: Asked) -> Collected:
    born = asked.known.born_on
    return Collected("" if born is None else born.isoformat(), (of_person(asked.known),))


def _person(asked: Asked) -> list[Subject]:
    return [subjects.person(asked.known.person)]


def _temporary(questions: Sequence[str], asked: Asked) -> list[DecisionRecord]:
    """What the answers to these questions, which come before, owe of temporary disablement."""
    answers = (asked.answers.get(name) for name in questions)
    records = (each.record for each in answers if each is not None and each.is_settled)
    return [each for each in records if each is not None and is_entitled(each)]


def _certified(records: Sequence[DecisionRecord], known: Known) -> list[Days]:
    """The days of it that are owed, that are kept for a person to look at, and that another claim has."""
    terms = (term for record in records for term in record.body["terms"] if "last" in term)
    kept = (days for record in records for look in record.body["looks"] for days in look["days"])
    of_others = [days for each in known.held for days in each.days] if records else []
    ranges = (Days(date.fromisoformat(each["first"]), date.fromisoformat(each["last"])) for each in (*terms, *kept))
    return [*ranges, *of_others]


def days_of(*questions: str) -> Collector:
    """The days of it, as one run where one was worked with wages: the benefit does not begin between two of them."""

    def supply(asked: Asked) -> Collected:
        records = _temporary(questions, asked)
        certified = _certified(records, asked.known)
        if not certified:
            return Collected([])
        between = Days(min(each.first for each in certified), max(each.last for each in certified))
        worked = [Days(day, day) for day in asked.known.worked_with_wages if day in between]
        runs: list[Written] = [f"{days.first} to {days.last}" for days in joined([*certified, *worked])]
        return Collected(runs, tuple(map(of_record, records)))

    return Collector(TEMPORARY, supply)


def last_day_of(*questions: str) -> Collector:
    """The last certified day of it: who is still certified unfit does not apply late."""

    def supply(asked: Asked) -> Collected:
        records = _temporary(questions, asked)
        last = max((days.last for days in _certified(records, asked.known)), default=None)
        return Collected("" if last is None else last.isoformat(), tuple(map(of_record, records if last else ())))

    return Collector("last day of temporary disablement", supply)


def _earlier(fact: str, nothing: str, by_board: str = "") -> Collector:
    """What earlier injuries left: nothing where no claim of one has a loss, else officers find it, and find it again
    when anything is said of one after that. A board that apportioned the loss says it too, as ``by_board``.
    """

    def supply(asked: Asked) -> Collected | Open:
        known, found = asked.known, asked.known.findings.get(fact)
        if found is not None and not _is_said_since(found, known):
            return Collected(str(found.stated["found"]), (found.source,))
        loss = next(reversed(_stood(known)), None)
        if loss is not None and by_board in loss.stated and not _is_said_since(loss, known):
            return Collected(str(loss.stated[by_board]), (loss.source,))
        return Collected(nothing) if found is None and not known.other_losses else Open("earlier_losses_to_be_stated")

    return Collector(fact, supply, _losses, is_found=True)


def _is_said_since(found: Statement, known: Known) -> bool:
    said_at = known.losses_said_at
    return said_at is not None and found.stated_at is not None and said_at > found.stated_at


def _assessed_before(asked: Asked) -> Collected | Open:
    """The assessments that stood until reviews began, or one with a later first day: what is owed of them stays owed
    (`assumed`), of the latter until people have looked.
    """
    assessed = _stood(asked.known)
    before = _before(asked)
    if not before:
        return Collected([])
    taken = _taken(asked)
    if taken is not None and _is_lump_sum(taken) and _effective_on(taken) < (_first_day(assessed[-1]) or date.max):
        return Open("review_beside_lump_sum")
    stood: list[Written] = []
    for each in before:
        first = _owed_from(each, asked)
        if first is None:
            return Open("application_awaited")
        replaced = {} if each in assessed else {REPLACED: "yes"}
        stood.append({"loss": str(each.stated["percent"]), "from": first.isoformat(), **replaced})
    return Collected(stood, tuple(each.source for each in before))


def _before(asked: Asked) -> list[Statement]:
    """What stood before the assessment that stands, in the order in which it was made: also what was replaced, where
    the one in its place states a later first day.
    """
    *_, last = groups = with_replaced(asked.known.statements.get(PERMANENT_LOSS, ())) or [[]]
    found: list[Statement] = []
    for group in groups:
        begins = _owed_from(group[-1], asked) if group else None
        found += [each for each in group[:-1] if begins is not None and _begins_before(each, begins, asked)]
        found += [] if group is last else group[-1:]
    return found


def _begins_before(each: Statement, begins: date, asked: Asked) -> bool:
    first = _owed_from(each, asked)
    return first is not None and first < begins


def _owed_from(assessed: Statement, asked: Asked) -> date | None:
    """The first day as the board stated it, else that of the application."""
    application = _application(asked.known)
    applied_on = None if application is None else date.fromisoformat(str(application.stated["applied_on"]))
    return _first_day(assessed) or applied_on


def _before_stays(asked: Asked) -> Collected:
    """What officers found of it since the assessment that stands was stated: of an earlier one it says nothing."""
    found, stood = asked.known.findings.get(_BEFORE_STAYS), _stood(asked.known)
    if found is None or not stood:
        return Collected("")
    at, said_at = stood[-1].stated_at, found.stated_at
    is_of_before = at is not None and said_at is not None and said_at < at
    return Collected("") if is_of_before else Collected(str(found.stated["found"]), (found.source,))


def _losses(asked: Asked) -> list[Subject]:
    return [subjects.losses(asked.known.person)]


# Asked without an assessment it was answered before, and the assessment was taken back.
LOSS = Collector("loss", _assessed("percent", "0"))
BENEFIT_FROM = Collector("benefit from", _assessed("benefit_from"))
PROVISIONAL_UNTIL = Collector(_PROVISIONAL_UNTIL, _assessed("until"))
OPTION = Collector("option", _taken_by("option", Option.PERIODIC.value))
APPLIED_ON = Collector("applied on", _applied_on)
CHOSEN_ON = Collector("chosen on", _chosen_on)
EFFECTIVE_ON = Collector("effective on", _taken_by("effective_on"))
EARLIER_LOSSES = _earlier(_EARLIER_LOSSES, "0", "earlier_losses")
EARLIER_RATES = _earlier("daily rates of earlier injuries", "0.00")
FACTOR = finding(_FACTOR, "")
BORN = Collector("born", _born, _person)
ON_BOARDS_DAY = finding(_ON_BOARDS_DAY, "")
ASSESSED_BEFORE = Collector(_BEFORE, _assessed_before)
BEFORE_STAYS = Collector(_BEFORE_STAYS, _before_stays, is_found=True)
