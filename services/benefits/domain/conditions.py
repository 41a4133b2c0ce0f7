"""What becomes of a benefit by the month over the years: raised by order, suspended, held back, ended by a death. Pure.

Claims states what is owed; here it is what falls due of that. Nothing is remembered of what was paid: settling compares
what falls due by now with what was posted, so that arrears, what was held back, and what was paid too long follow from
the books, once, whatever comes first and however often.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from services.benefits.domain.calendar import PaymentCalendar
from services.benefits.domain.entitled import Entitled, EntitlementKey, Term
from services.benefits.domain.statements import CertificateKind, PartyStatement, StatementKind
from services.benefits.domain.waiting import Waiting, WaitingReason
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, joined, less, touching
from shared.law.act4.certificates.rules import (
    asked_on,
    certificates_of,
    due_days,
    form_of,
    missing_suspends,
    reminded_on,
)
from shared.law.act4.increases.rules import increased, is_raised, raised_first_month
from shared.law.act4.owing.rules import last_day_alive, part_until
from shared.law.act4.suspension.rules import months_are_lost
from shared.law.book import LawOn, book
from shared.law.decision import Per
from shared.law.errors import OutsideTable

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Increase:
    """What an order gives to benefits of a kind that began in certain years: a factor, and the least that they are."""

    order: UUID
    instrument: str
    law: str
    in_force: date
    began_from: int
    began_to: int
    factor: Fraction
    least_sen: Sen | None = None

    def raises(self, began_on: date) -> bool:
        """Whether it raises a benefit that began on a day: before it was in force, in one of its years."""
        return began_on < self.in_force and self.began_from <= began_on.year <= self.began_to

    def of(self, monthly: Sen, law: LawOn) -> Sen:
        """The monthly amount from its first day on."""
        return max(increased(monthly, self.factor, law), self.least_sen or 0)


@dataclass(frozen=True, slots=True)
class Raised:
    """An increase as it raises one benefit."""

    increase: Increase
    before_sen: Sen
    after_sen: Sen


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate that a payee was asked for: the day by which it is due, when it was asked for and reminded of."""

    certificate: CertificateKind
    due_on: date
    asked_on: date
    reminded_on: date | None = None

    def id_of(self, key: EntitlementKey) -> UUID:
        """What names it, of a benefit: the same in a database that has forgotten it."""
        of_benefit = (key.claim, key.scheme, key.benefit, key.party)
        return derived_id("certificate_request", *of_benefit, self.certificate.value, self.due_on)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What stands beside what claims states of one benefit of a party: see the module."""

    increases: tuple[Increase, ...] = ()
    statements: tuple[PartyStatement, ...] = ()
    requests: tuple[Request, ...] = ()
    died_on: date | None = None

    def proved_on(self, certificate: CertificateKind) -> date | None:
        """The day of the newest certificate of a kind."""
        found = (each for each in self._of(StatementKind.CERTIFICATE) if each.says == certificate)
        return max((each.first_on for each in found), default=None)

    def studies_on(self, day: date) -> bool:
        """Whether the party is paid as a student on a day."""
        return any(day in each.days for each in self._of(StatementKind.STUDENT))

    @property
    def suspensions(self) -> tuple[PartyStatement, ...]:
        """Those of this benefit."""
        return self._of(StatementKind.SUSPENSION)

    @property
    def heirs_sought_on(self) -> date | None:
        """The last day on which two officers found no heir."""
        return max((each.first_on for each in self._of(StatementKind.HEIRS_SOUGHT)), default=None)

    def _of(self, kind: StatementKind) -> tuple[PartyStatement, ...]:
        return tuple(each for each in self.statements if each.kind is kind)


NONE = Conditions()


@dataclass(frozen=True, slots=True)
class Conditioned:
    """What falls due of a benefit, with what raised it and what of it waits."""

    entitled: Entitled
    raised: tuple[Raised, ...] = ()
    waiting: tuple[Waiting, ...] = ()


def conditioned(
    entitled: Entitled, conditions: Conditions, day: date, calendar: PaymentCalendar, law: LawOn
) -> Conditioned:
    """What falls due on a day of what claims states: raised, until the death, without the months that are suspended or
    held back."""
    if not entitled.is_benefit or conditions == NONE:
        return Conditioned(entitled)
    found, raised = _raised(entitled, conditions, law)
    found = _until_death(found, conditions.died_on, law)
    held = held_back(found, conditions, day, calendar, law)
    lost = [each.days for each in conditions.suspensions if _is_lost(each, day, law)]
    found = replace(found, terms=tuple(_without(found.terms, joined([*lost, *held]))))
    waiting = [Waiting(WaitingReason.SUSPENDED, each.first_on, each.last_on) for each in conditions.suspensions
               if day in each.days]  # fmt: skip
    missing = [Waiting(WaitingReason.CERTIFICATE_MISSING, each.first) for each in held]
    return Conditioned(found, raised, (*waiting, *missing))


def began_on(entitled: Entitled) -> date | None:
    """The day on which a benefit by the month began, by whose year orders go."""
    return min((term.first for term in entitled.terms), default=None) if entitled.is_monthly else None


def to_ask(entitled: Entitled, conditions: Conditions, day: date, law: LawOn) -> list[Request]:
    """What its payee is asked for by now, and was not asked for before.

    Who is asked late has as long as whoever is asked in time. Nothing is asked of whoever has died, or for a benefit
    that has ended.
    """
    began = began_on(entitled)
    if began is None or not _goes_on(entitled, day) or conditions.died_on is not None or not missing_suspends(law):
        return []
    needed = [CertificateKind(each) for each in certificates_of(entitled.key.benefit, law)]
    year = [due for due in due_days(began, day + (day - asked_on(day, law)), law) if asked_on(due, law) <= day][-1:]
    return [
        Request(kind, max(due, day + (due - asked_on(due, law))), day)
        for due in year
        for kind in needed
        if _is_asked(kind, due, conditions, law)
    ]


def to_remind(conditions: Conditions, day: date, law: LawOn) -> list[Request]:
    """What its payee is reminded of by now: asked for, not come, and not reminded of before."""
    open_ = (each for each in conditions.requests if each.reminded_on is None and not _is_met(each, conditions, law))
    return [replace(each, reminded_on=day) for each in open_ if reminded_on(each.due_on, law) <= day]


def looks_again_on(entitled: Entitled, conditions: Conditions, day: date, law: LawOn) -> date | None:
    """The next day on which its payee is asked, or reminded, or what is paid is held back; None where there is none."""
    began = began_on(entitled)
    if began is None or conditions.died_on is not None or not certificates_of(entitled.key.benefit, law):
        return None
    open_ = [each for each in conditions.requests if not _is_met(each, conditions, law)]
    reminded = [reminded_on(each.due_on, law) for each in open_ if each.reminded_on is None]
    missing = [last_day_of(each, law) + _DAY for each in open_]
    # Of the next year at the latest, which begins within two years.
    asked = [asked_on(due, law) for due in due_days(began, (Month.of(day) + 24).last_day, law)]
    return min((each for each in (*reminded, *missing, *asked) if each > day), default=None)


def last_day_of(request: Request, law: LawOn) -> date:
    """The last day on which it may come: of one that was reminded of late as long after that as usual."""
    usual = request.due_on - reminded_on(request.due_on, law)
    return max(request.due_on, request.reminded_on + usual) if request.reminded_on else request.due_on


def held_back(
    entitled: Entitled, conditions: Conditions, day: date, calendar: PaymentCalendar, law: LawOn
) -> list[Days]:
    """The months that wait for a certificate: all that are paid after the first day by which one was due and missing.

    Of one that was not reminded of nothing is held back: its payee was asked once only.
    """
    reminded = (each for each in conditions.requests if each.reminded_on is not None)
    open_ = (each for each in reminded if not _is_met(each, conditions, law))
    missing = [last for each in open_ if (last := last_day_of(each, law)) < day]
    if not missing or not missing_suspends(law) or not entitled.is_monthly:
        return []
    month = Month.of(min(missing))
    while calendar.paid_on(month) <= min(missing):
        month += 1
    return [Days(month.first_day, date.max)]


def form_asked(benefit: str, certificate: CertificateKind, day: date) -> str:
    """The form of Regulation 117 on which it comes, by the law of the day on which it is asked for, if one is known."""
    try:
        return form_of(benefit, certificate.value, book().on(day, day))
    except OutsideTable:
        return ""


def _goes_on(entitled: Entitled, day: date) -> bool:
    return any(term.per is Per.MONTH and term.days.last >= day for term in entitled.terms)


def _is_asked(kind: CertificateKind, due_on: date, conditions: Conditions, law: LawOn) -> bool:
    """Whether it is asked for: nobody asked for that year before, none has come; a study one only of a student."""
    from_on = asked_on(due_on, law)
    if kind is CertificateKind.STUDY and not conditions.studies_on(due_on):
        return False
    was = any(each.certificate is kind and each.asked_on >= from_on for each in conditions.requests)
    proved = conditions.proved_on(kind)
    return not was and (proved is None or proved < from_on)


def _is_met(request: Request, conditions: Conditions, law: LawOn) -> bool:
    """Whether it has come: one of the days in which it counts for the year that is due, or of a later day."""
    proved = conditions.proved_on(request.certificate)
    if request.certificate is CertificateKind.STUDY and not conditions.studies_on(request.due_on):
        return True
    return proved is not None and proved >= asked_on(request.due_on, law)


def _raised(entitled: Entitled, conditions: Conditions, law: LawOn) -> tuple[Entitled, tuple[Raised, ...]]:
    """With what orders gave, one after another in the order of their first days."""
    began, raised = began_on(entitled), list[Raised]()
    if began is None or not is_raised(entitled.key.benefit, law):
        return entitled, ()
    for increase in sorted(conditions.increases, key=lambda each: (each.in_force, each.order)):
        current = _monthly_on(entitled.terms, increase.in_force) if increase.raises(began) else None
        if current is not None:
            raised.append(Raised(increase, current, increase.of(current, law.on(increase.in_force))))
            entitled = replace(entitled, terms=tuple(_with(entitled.terms, increase, law)))
    return entitled, tuple(raised)


def _monthly_on(terms: Sequence[Term], day: date) -> Sen | None:
    """What is owed by the month on a day, or else first after it, be it a broken month; None where nothing is."""
    later = [term for term in terms if term.per is Per.MONTH and term.days.last >= day]
    if later:
        return min(later, key=lambda term: term.first).sen
    broken = (broken_of(term, terms) for term in terms if term.per is Per.ONCE and term.first >= day)
    return next((month.sen for month in broken if month), None)


def _with(terms: Sequence[Term], increase: Increase, law: LawOn) -> Iterator[Term]:
    of_day = law.on(increase.in_force)
    for term in terms:
        if term.per is Per.MONTH:
            yield from _months_with(term, increase, of_day)
        elif term.per is Per.ONCE and term.first >= increase.in_force and (month := broken_of(term, terms)):
            yield replace(term, sen=_share(term.sen, month.sen, increase.of(month.sen, of_day)))
        else:
            yield term


def _months_with(term: Term, increase: Increase, law: LawOn) -> Iterator[Term]:
    """A term before the increase, the month in which it takes effect, and from then on."""
    after, month, whole = increase.of(term.sen, law), Month.of(increase.in_force), increase.in_force
    yield from _parts(term, Days(date.min, month.first_day - _DAY))
    if increase.in_force != month.first_day:
        whole = month.next.first_day
        for part in _parts(term, month.days):
            yield replace(part, sen=raised_first_month(term.sen, after - term.sen, increase.in_force, law))
    for part in _parts(term, Days(whole, date.max)):
        yield replace(part, sen=after)


def _share(part: Sen, before: Sen, after: Sen) -> Sen:
    """The same share of another month, in sen, half up."""
    return (2 * part * after + before) // (2 * before)


def broken_of(term: Term, terms: Sequence[Term]) -> Term | None:
    """The term by the month of which one `once` is a broken month: that of the month before it begins, or after it
    ends, and smaller than a month. A lump sum is larger; what is paid in its place is none."""
    month = Month.of(term.first)
    for each in terms:
        if each.per is Per.MONTH and term.sen < each.sen and _touches(month, each):
            return each
    return None


def _touches(month: Month, term: Term) -> bool:
    first = Month.of(term.first)
    return month.next == first or (term.last is not None and Month.of(term.last).next == month)


def _until_death(entitled: Entitled, died_on: date | None, law: LawOn) -> Entitled:
    """What is owed until the last day that its payee lived; what is owed once stays, but for broken months after it."""
    if died_on is None:
        return entitled
    last, terms = last_day_alive(died_on, law), entitled.terms
    return replace(entitled, terms=tuple(part for term in terms for part in _alive(entitled, term, last, law)))


def _alive(entitled: Entitled, term: Term, last: date, law: LawOn) -> Iterator[Term]:
    if term.per is Per.ONCE:
        if term.first <= last or broken_of(term, entitled.terms) is None:
            yield term
        return
    if term.per is Per.DAY:
        yield from _parts(term, Days(date.min, last))
        return
    month = Month.of(last)
    is_whole = last == month.last_day
    yield from _parts(term, Days(date.min, last if is_whole else month.first_day - _DAY))
    if not is_whole and _parts(term, month.days):
        days = Days(month.first_day, last)
        yield Term(Per.ONCE, part_until(entitled.key.benefit, term.sen, days, law), last)


def _is_lost(suspension: PartyStatement, day: date, law: LawOn) -> bool:
    """Whether its months are not owed: of one that is over they may come to be (`assumed` that they do not)."""
    return months_are_lost(law) or suspension.last_on is None or suspension.last_on >= day


def _without(terms: Sequence[Term], taken: Sequence[Days]) -> Iterator[Term]:
    """The terms by the month without these months, and without broken ones in them."""
    for term in terms:
        if term.per is Per.MONTH:
            for left in less(term.days, touching(term.days, taken)):
                yield replace(term, first=left.first, last=term.last if left.last == term.days.last else left.last)
        elif not (term.per is Per.ONCE and any(term.first in each for each in taken) and broken_of(term, terms)):
            yield term


def _parts(term: Term, days: Days) -> list[Term]:
    """What of a term lies in these days: none, or one term."""
    shared = term.days.intersect(days)
    if shared is None:
        return []
    return [replace(term, first=shared.first, last=term.last if shared.last == term.days.last else shared.last)]
