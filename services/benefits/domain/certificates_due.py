"""Which certificates a payee is asked for and reminded of by now, and which months wait for one (Regulation 117)."""

from dataclasses import replace
from datetime import date, timedelta

from services.benefits.domain.by_month import began_on
from services.benefits.domain.calendar import PaymentCalendar
from services.benefits.domain.conditions import Conditions, Request
from services.benefits.domain.entitled import Entitled
from services.benefits.domain.statements import CertificateKind
from shared.kernel.periods import Days, Month
from shared.law.act4.certificates.rules import (
    asked_on,
    certificates_of,
    counts_from,
    due_days,
    form_of,
    missing_suspends,
    reminded_on,
)
from shared.law.book import LawOn, book
from shared.law.decision import Per
from shared.law.errors import OutsideTable

_DAY = timedelta(days=1)


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
