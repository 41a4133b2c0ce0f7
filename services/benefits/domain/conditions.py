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

from services.benefits.domain.calendar import PaymentCalendar, Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey, Term, broken_of, without_months
from services.benefits.domain.statements import CertificateKind, PartyStatement, StatementKind
from services.benefits.domain.waiting import Waiting, WaitingReason
from shared.kernel.identifiers import derived_id
from shared.kernel.money import Sen
from shared.kernel.periods import Days, Month, joined
from shared.law.act4.certificates.rules import (
    asked_on,
    certificates_of,
    counts_from,
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
    """A certificate that a payee was asked for: the day by which it is due, when it was asked for and reminded of.

    ``told_on`` is the day on which the first letter about it reached whoever it was written to; None: none did so far.
    """

    certificate: CertificateKind
    due_on: date
    asked_on: date
    reminded_on: date | None = None
    told_on: date | None = None

    def id_of(self, key: EntitlementKey) -> UUID:
        """What names it, of a benefit: the same in a database that has forgotten it."""
        of_benefit = (key.claim, key.scheme, key.benefit, key.party)
        return derived_id("certificate_request", *of_benefit, self.certificate.value, self.due_on)

    def matter_of(self, party: str) -> UUID:
        """What letters to a party about it have in common: of all its benefits of which it is due on the same day."""
        return derived_id("certificate_letter", party, self.certificate.value, self.due_on)


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
        """The last day on which two officers found no heir of who died; of a death that never was it says nothing."""
        died = self.died_on or date.max
        sought = (each.first_on for each in self._of(StatementKind.HEIRS_SOUGHT))
        return max((each for each in sought if each >= died), default=None)

    def written_to(self, party: str, day: date) -> tuple[str, ...]:
        """To whom letters to a party go on a day: to whoever acts for it, else to the party."""
        acting = {each.holder for each in self._of(StatementKind.ACTING) if each.holder and day in each.days}
        return tuple(sorted(acting)) or (party,)

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
    lost = joined(each.days for each in conditions.suspensions if _is_lost(each, day, law))
    found = replace(found, terms=without_months(found.terms, lost), later=tuple(held))
    waiting = [Waiting(WaitingReason.SUSPENDED, each.first_on, each.last_on) for each in conditions.suspensions
               if day in each.days]  # fmt: skip
    missing = [Waiting(WaitingReason.CERTIFICATE_MISSING, each.first) for each in held]
    return Conditioned(found, raised, (*waiting, *missing))


def began_on(entitled: Entitled) -> date | None:
    """The day on which a benefit by the month began, by whose year orders go."""
    return min((term.first for term in entitled.terms), default=None) if entitled.is_monthly else None


def to_ask(entitled: Entitled, conditions: Conditions, day: date, law: LawOn) -> list[Request]:
    """What its payee is asked for by now, and was not asked for before.

    It is asked for in the month of its own: whoever was not asked then, such as everybody whose month has passed when
    certificates come to be asked for, is asked when the next year is due. Nothing is asked of whoever has died, or for
    a benefit that has ended.
    """
    began = began_on(entitled)
    if began is None or not _goes_on(entitled, day) or conditions.died_on is not None or not missing_suspends(law):
        return []
    needed = [CertificateKind(each) for each in certificates_of(entitled.key.benefit, law)]
    dues = due_days(began, day + (day - asked_on(day, law)), law)
    due = next((each for each in dues if _is_month_of_asking(each, day, law)), None)
    return [Request(kind, due, day) for kind in needed if due and _is_asked(kind, due, conditions, law)]


def _is_month_of_asking(due_on: date, day: date, law: LawOn) -> bool:
    """Whether what is due by a day is asked for on another: until that of what is due a month later begins."""
    return asked_on(due_on, law) <= day < asked_on(Month.of(due_on).next.last_day, law)


def to_remind(entitled: Entitled, conditions: Conditions, day: date, law: LawOn) -> list[Request]:
    """What its payee is reminded of by now: asked for, not come, and not reminded of before; as ``to_ask``."""
    if conditions.died_on is not None or not _goes_on(entitled, day):
        return []
    open_ = (each for each in conditions.requests if each.reminded_on is None and not _is_met(each, conditions, law))
    return [replace(each, reminded_on=day) for each in open_ if reminded_on(each.due_on, law) <= day]


def looks_again_on(entitled: Entitled, conditions: Conditions, day: date, law: LawOn) -> date | None:
    """The next day on which its payee is asked, or reminded, or what is paid is held back; None where there is none."""
    began = began_on(entitled)
    if began is None or conditions.died_on is not None or not certificates_of(entitled.key.benefit, law):
        return None
    open_ = [each for each in conditions.requests if not _is_met(each, conditions, law)]
    reminded = [reminded_on(each.due_on, law) for each in open_ if each.reminded_on is None]
    missing = [last_day_of(each, law) + _DAY for each in open_ if each.told_on is not None]
    # Of the next year at the latest, which begins within two years.
    asked = [asked_on(due, law) for due in due_days(began, (Month.of(day) + 24).last_day, law)]
    return min((each for each in (*reminded, *missing, *asked) if each > day), default=None)


def last_day_of(request: Request, law: LawOn) -> date:
    """The last day on which it may come: of one that was reminded of late, or told of late, as long after that as is
    usual after a reminder."""
    usual = request.due_on - reminded_on(request.due_on, law)
    late = (each + usual for each in (request.reminded_on, request.told_on) if each is not None)
    return max(request.due_on, *late)


def held_back(
    entitled: Entitled, conditions: Conditions, day: date, calendar: PaymentCalendar, law: LawOn
) -> list[Days]:
    """The months that wait for a certificate: all that are paid after the first day by which one was due and missing.

    Nothing is held back for want of one that was not reminded of, or of which no letter reached whoever it was written
    to, nor of whoever has died: a register says until when it lived. What was paid of these months stays paid.
    """
    told = (each for each in conditions.requests if each.reminded_on is not None and each.told_on is not None)
    open_ = (each for each in told if not _is_met(each, conditions, law))
    missing = [last for each in open_ if (last := last_day_of(each, law)) < day]
    is_asked = missing_suspends(law) and conditions.died_on is None
    if not missing or not is_asked or not entitled.is_monthly:
        return []
    month = Month.of(min(missing))
    while calendar.paid_on(month) <= min(missing):
        month += 1
    return [Days(month.first_day, date.max)]


def why_less(conditions: Conditions) -> str:
    """Why more was paid than is owed, as a code: its payee died, it is suspended, or it was decided so."""
    if conditions.died_on is not None:
        return "payee_died"
    return "suspended" if conditions.suspensions else "decided_again"


def first_unpaid(entitled: Entitled, net_sen: Sen, day: date, reached: Reached) -> date | None:
    """Of the months that fall due later the first day of the first that was not paid; None where none does."""
    if not entitled.later:
        return None
    month = Month.of(entitled.later[0].first)
    while month.next.first_day <= (reached.months or date.min):
        later = (Days(month.next.first_day, date.max),)
        if replace(entitled, later=later).due_sen(day, reached) > net_sen:
            break
        month += 1
    return month.first_day


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
    if kind is CertificateKind.STUDY and not conditions.studies_on(due_on):
        return False
    was = any(each.certificate is kind and each.due_on >= due_on for each in conditions.requests)
    proved = conditions.proved_on(kind)
    return not was and (proved is None or proved < counts_from(due_on, law))


def _is_met(request: Request, conditions: Conditions, law: LawOn) -> bool:
    """Whether it has come: one of the days in which it counts for the year that is due, or of a later day."""
    proved = conditions.proved_on(request.certificate)
    if request.certificate is CertificateKind.STUDY and not conditions.studies_on(request.due_on):
        return True
    return proved is not None and proved >= counts_from(request.due_on, law)


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


def _parts(term: Term, days: Days) -> list[Term]:
    """What of a term lies in these days: none, or one term."""
    shared = term.days.intersect(days)
    if shared is None:
        return []
    return [replace(term, first=shared.first, last=term.last if shared.last == term.days.last else shared.last)]
