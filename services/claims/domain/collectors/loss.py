"""A permanent loss: what a Medical Board assessed, and how the benefit is taken (Act 4 s.22, Second Schedule)."""

from services.claims.domain import subjects
from services.claims.domain.collectors.collector import Asked, Collected, Collector, Open, Supply, of_person, of_record
from services.claims.domain.facts import Known, Statement
from shared.kernel.subjects import Subject
from shared.law.decision import DecisionRecord

PERMANENT_LOSS, CHOICE = "permanent_loss", "choice"


def is_assessed(known: Known) -> bool:
    """Whether a Medical Board assessed a loss."""
    return PERMANENT_LOSS in known.statements


def woken_by(kind: str, person: int | None) -> set[Subject]:
    """What the person's other claims listen to of a statement of a kind, and of what is said about it."""
    return {subjects.losses(person)} if kind == PERMANENT_LOSS and person is not None else set()


def _last(kind: str, known: Known) -> Statement | None:
    return known.statements[kind][-1] if kind in known.statements else None


def _of(kind: str, member: str, otherwise: str = "") -> Supply:
    """A member of the last statement of a kind."""

    def supply(asked: Asked) -> Collected:
        found = _last(kind, asked.known)
        if found is None or found.stated.get(member) is None:
            return Collected(otherwise)
        return Collected(str(found.stated[member]), (found.source,))

    return supply


def _applied_on(asked: Asked) -> Collected | Open:
    found = _last(CHOICE, asked.known)
    if found is None:
        return Open("application_awaited")
    return Collected(str(found.stated["applied_on"]), (found.source,))


def _born(asked: Asked) -> Collected:
    born = asked.known.born_on
    return Collected("" if born is None else born.isoformat(), (of_person(asked.known),))


def _person(asked: Asked) -> list[Subject]:
    return [subjects.person(asked.known.person)]


def last_day_of(*questions: str) -> Collector:
    """The last day of temporary disablement that is owed by the answers to these questions, which come before."""

    def supply(asked: Asked) -> Collected:
        answers = (asked.answers.get(name) for name in questions)
        records = [each.record for each in answers if each is not None and each.record is not None and each.is_settled]
        last = max((day for record in records for day in _ends(record)), default="")
        return Collected(last, tuple(of_record(record) for record in records if last))

    return Collector("last day of temporary disablement", supply)


def _ends(record: DecisionRecord) -> list[str]:
    return [term["last"] for term in record.body["terms"] if "last" in term]


def _earlier(fact: str, nothing: str) -> Collector:
    """What earlier injuries left: nothing where no claim of one has a loss, else an officer states it."""

    def supply(asked: Asked) -> Collected | Open:
        found = asked.known.findings.get(fact)
        if found is not None:
            return Collected(str(found.stated["found"]), (found.source,))
        return Open("earlier_losses_to_be_stated") if asked.known.other_losses else Collected(nothing)

    return Collector(fact, supply, _losses, is_found=True)


def _losses(asked: Asked) -> list[Subject]:
    return [subjects.losses(asked.known.person)]


LOSS = Collector("loss", _of(PERMANENT_LOSS, "percent"))
BENEFIT_FROM = Collector("benefit from", _of(PERMANENT_LOSS, "benefit_from"))
OPTION = Collector("option", _of(CHOICE, "option", "periodic"))
APPLIED_ON = Collector("applied on", _applied_on)
CHOSEN_ON = Collector("chosen on", _of(CHOICE, "chosen_on"))
EFFECTIVE_ON = Collector("effective on", _of(CHOICE, "effective_on"))
EARLIER_LOSSES = _earlier("earlier losses", "0")
EARLIER_RATES = _earlier("daily rates of earlier injuries", "0.00")
BORN = Collector("born", _born, _person)
