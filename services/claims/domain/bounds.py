"""Which days a notice may state: what cannot be is refused at the door, with a code for each case."""

from collections.abc import Collection
from datetime import date

from services.claims.domain.errors import (
    AccidentBeforeAct,
    AccidentInFuture,
    CertificateBeforeAccident,
    CertificateIssuedBeforeAccident,
    CertificateIssuedInFuture,
    CertificateReversed,
    CertificateTooLong,
    LightDutyOutside,
    StatementsTooMany,
    WageDayImpossible,
)
from shared.kernel.periods import months_after
from shared.law.book import LawOn

# Of one party, or one officer, on one claim and on what joined it; each assessment reads all of them.
MOST_STATEMENTS = 200


def is_stated_too_much(stated: int) -> bool:
    """Whether who has stated so much of a claim may state nothing more of it."""
    return stated >= MOST_STATEMENTS


def check_statements(stated: int) -> None:
    """A party that has stated as much of a claim as it may states nothing more of it."""
    if is_stated_too_much(stated):
        raise StatementsTooMany(facts={"most": MOST_STATEMENTS})


def check_event(happened_on: date, today: date, law: LawOn) -> None:
    """An event lies between the first day of the Act and today."""
    if happened_on > today:
        raise AccidentInFuture()
    if happened_on < law.day("act4.notices.first_day"):
        raise AccidentBeforeAct()


def check_certificate(first: date, last: date, issued_on: date, happened_on: date, today: date, law: LawOn) -> None:
    """A certificate is issued between the event and today, and certifies days from the event on, not for ever."""
    if issued_on > today:
        raise CertificateIssuedInFuture()
    if issued_on < happened_on:
        raise CertificateIssuedBeforeAccident()
    if last < first:
        raise CertificateReversed()
    if first < happened_on:
        raise CertificateBeforeAccident()
    longest = law.months("act4.temporary_disablement.certificate_longest_months")
    if last > months_after(issued_on, longest) or last > months_after(first, longest):
        raise CertificateTooLong(facts={"months": longest})


def check_light_duty(first: date, last: date, light_duty_from: date | None) -> None:
    """Light duty follows days of unfitness; who is fit for it from the first day on is not certified unfit."""
    if light_duty_from is not None and not first < light_duty_from <= last:
        raise LightDutyOutside()


def check_wage_days(days: Collection[date], happened_on: date, today: date) -> None:
    """Wages are stated for days from the event on that have begun."""
    if any(not happened_on <= day <= today for day in days):
        raise WageDayImpossible()


def is_late(happened_on: date, received_on: date, law: LawOn) -> bool:
    """Whether a person looks at a first notice, because it comes so long after the event."""
    return received_on > months_after(happened_on, law.months("act4.notices.late_after_months"))
