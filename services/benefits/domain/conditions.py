"""What becomes of a benefit by the month over the years: raised by order, suspended, held back, ended by a death. Pure.

Claims states what is owed; here it is what falls due of that. Nothing is remembered of what was paid: settling compares
what falls due by now with what was posted, so that arrears, what was held back, and what was paid too long follow from
the books, once, whatever comes first and however often.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.benefits.domain.by_month import Part, falling_later, part_of_whole, parts_of, raised, until, without
from services.benefits.domain.calendar import PaymentCalendar, Reached
from services.benefits.domain.entitled import Entitled, EntitlementKey
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
from shared.law.act4.increases.orders import Increase, Raised, steps, that_raise
from shared.law.act4.increases.rules import is_raised
from shared.law.act4.owing.rules import last_day_alive
from shared.law.act4.suspension.rules import months_are_lost
from shared.law.book import LawOn, book
from shared.law.decision import Per
from shared.law.errors import OutsideTable

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Request:
    """A certificate that a payee was asked for: the day by which it is due, when it was asked for and reminded of.

    ``told_on`` is the day on which the first letter about it reached whoever it was written to; None: none did so far.
    ``key`` is the benefit for which it was asked, by the name that it had then.
    """

    certificate: CertificateKind
    due_on: date
    asked_on: date
    reminded_on: date | None = None
    told_on: date | None = None
    key: EntitlementKey | None = None

    def id_of(self, key: EntitlementKey) -> UUID:
        """What names it, of a benefit that has this name now: the same in a database that has forgotten it."""
        named = self.key or key
        of_benefit = (named.claim, named.scheme, named.benefit, named.party)
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
        """To whom letters to a party go on a day: to whoever acts for it, else to the party. Who acted for it while it
        lived acts no more when it has died."""
        since = self.died_on or date.min
        orders = (each for each in self._of(StatementKind.ACTING) if day in each.days and each.first_on > since)
        acting = {each.holder for each in orders if each.holder}
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


@dataclass(frozen=True, slots=True)
class Overpaid:
    """A benefit of which more was paid than is owed: what claims states of it, and what stands beside.

    ``reached`` is until when it was due before, ``paid_sen`` what was granted until then. ``is_decided_again``: a newer
    revision states it.
    """

    entitled: Entitled
    conditions: Conditions
    day: date
    reached: Reached
    paid_sen: Sen
    is_decided_again: bool

    def due_sen(self, conditions: Conditions, calendar: PaymentCalendar, law: LawOn) -> Sen:
        """What of it was due by then under other conditions."""
        of_these = conditioned(self.entitled, conditions, self.day, calendar, law).entitled
        return of_these.due_sen(self.day, self.reached)


def conditioned(
    entitled: Entitled, conditions: Conditions, day: date, calendar: PaymentCalendar, law: LawOn
) -> Conditioned:
    """What falls due on a day of what claims states: until the death, raised, without the months that are suspended;
    months that are held back fall due later."""
    if not entitled.is_benefit or conditions == NONE:
        return Conditioned(entitled)
    parts = parts_of(entitled, law)
    if conditions.died_on is not None:
        parts = list(until(parts, last_day_alive(conditions.died_on, law), entitled, law))
    orders = _that_raise(entitled, conditions, law)
    given = _given(parts, orders, entitled, law)
    parts = list(raised(parts, orders, entitled, law)) if given else parts
    held = held_back(_of(parts, entitled), conditions, day, calendar, law)
    lost = joined(each.days for each in conditions.suspensions if _is_lost(each, day, law))
    waiting = [Waiting(WaitingReason.SUSPENDED, each.first_on, each.last_on) for each in conditions.suspensions
               if day in each.days]  # fmt: skip
    missing = [Waiting(WaitingReason.CERTIFICATE_MISSING, each.first) for each in held]
    left = falling_later(without(parts, lost), held, entitled)
    return Conditioned(left, given, (*waiting, *missing))


def began_on(entitled: Entitled, law: LawOn) -> date | None:
    """The day on which a benefit by the month began, by whose year orders go: also of a broken month its first day."""
    return min((each.first for each in parts_of(entitled, law)), default=None) if entitled.is_monthly else None


def to_ask(entitled: Entitled, conditions: Conditions, day: date, law: LawOn) -> list[Request]:
    """What its payee is asked for by now, and was not asked for before.

    It is asked for in the month of its own: whoever was not asked then, such as everybody whose month has passed when
    certificates come to be asked for, is asked when the next year is due. Nothing is asked of whoever has died, or for
    a benefit that has ended.
    """
    began = began_on(entitled, law)
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
    began = began_on(entitled, law)
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


def why_less(overpaid: Overpaid, calendar: PaymentCalendar, law: LawOn) -> str:
    """Why more was paid than is owed, as a code: its payee died, it is suspended, or it was decided so.

    That is what moved: without it as much would be owed as was paid. Where no condition says so by itself, a newer
    revision does.
    """
    conditions = overpaid.conditions
    living = replace(conditions, died_on=None)
    others = [tuple(each for each in conditions.statements if each is not one) for one in conditions.suspensions]
    if any(
        overpaid.due_sen(replace(conditions, statements=each), calendar, law) == overpaid.paid_sen for each in others
    ):
        return "suspended"
    if conditions.died_on is not None:
        due_sen = overpaid.due_sen(living, calendar, law)
        if due_sen == overpaid.paid_sen or not overpaid.is_decided_again:
            return "payee_died"
    return "suspended" if conditions.suspensions and not overpaid.is_decided_again else "decided_again"


def first_unpaid(entitled: Entitled, net_sen: Sen, day: date, reached: Reached, law: LawOn) -> date | None:
    """Of the months that fall due later the first day of the first that was not paid; None where none does."""
    if not entitled.later:
        return None
    month, parts = Month.of(entitled.later[0].first), parts_of(entitled, law)
    while month.next.first_day <= (reached.months or date.min):
        later = (Days(month.next.first_day, date.max),)
        if falling_later(parts, later, entitled).due_sen(day, reached) > net_sen:
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


def _that_raise(entitled: Entitled, conditions: Conditions, law: LawOn) -> list[Increase]:
    """The orders that raise a benefit, in the order of their days."""
    if not conditions.increases or not is_raised(entitled.key.benefit, law):
        return []
    began = began_on(entitled, law)
    return [] if began is None else that_raise(conditions.increases, began)


def _given(parts: Sequence[Part], orders: Sequence[Increase], entitled: Entitled, law: LawOn) -> tuple[Raised, ...]:
    """What each order makes of what is owed by the month on its day, or else first after it: of what is over by then
    nothing."""
    found = []
    for number, order in enumerate(orders, start=1):
        monthly = _monthly_on(parts, order.in_force)
        if monthly is not None:
            *_, last = steps(monthly, orders[:number], law, part_of_whole(monthly, entitled, law))
            found.append(last)
    return tuple(found)


def _monthly_on(parts: Sequence[Part], day: date) -> int | None:
    """What is stated by the month on a day, or else first after it, be it for a broken month; None where nothing is."""
    later = [each for each in parts if each.monthly is not None and each.last >= day]
    return min(later, key=lambda each: each.first).monthly if later else None


def _of(parts: Sequence[Part], entitled: Entitled) -> Entitled:
    return replace(entitled, terms=tuple(each.term for each in parts))


def _is_lost(suspension: PartyStatement, day: date, law: LawOn) -> bool:
    """Whether its months are not owed: of one that is over they may come to be (`assumed` that they do not)."""
    return months_are_lost(law) or suspension.last_on is None or suspension.last_on >= day
