"""Certificates of life, status and study, by which periodic benefits go on being paid (Regulation 117)."""

from datetime import date, timedelta

from shared.kernel.periods import Month
from shared.law.book import LawOn
from shared.law.rule import rule

_REQUIRED = "act4.certificates.required"


@rule("2013-01-01")
def certificates_of(benefit: str, law: LawOn) -> tuple[str, ...]:
    """What a payee of a benefit proves from year to year: `life`, `status`, and where it studies `study`."""
    return tuple(each.partition("/")[2] for each in law.table(_REQUIRED).keys if each.partition("/")[0] == benefit)


@rule("2013-01-01")
def form_of(benefit: str, certificate: str, law: LawOn) -> str:
    """The form of a certificate that the payee of a benefit brings; raises OutsideTable where it brings none."""
    table = law.table(_REQUIRED)
    return table.text(table.find(f"{benefit}/{certificate}"), "form")


@rule("2013-01-01")
def due_days(began_on: date, until: date, law: LawOn) -> tuple[date, ...]:
    """The days up to one by which certificates are due: each year, the last of the month in which the benefit began."""
    month, every, found = Month.of(began_on), law.months("act4.certificates.every_months"), list[date]()
    while (month := month + every).last_day <= until:
        found.append(month.last_day)
    return tuple(found)


@rule("2013-01-01")
def asked_on(due_on: date, law: LawOn) -> date:
    """The day on which a certificate is asked for that is due by a day."""
    return due_on - timedelta(days=law.days("act4.certificates.ask_days"))


@rule("2013-01-01")
def reminded_on(due_on: date, law: LawOn) -> date:
    """The day on which a payee is reminded who has not brought it."""
    return due_on - timedelta(days=law.days("act4.certificates.remind_days"))


@rule("2013-01-01")
def counts_from(due_on: date, law: LawOn) -> date:
    """The first day whose certificate counts for a day by which one is due (`assumed`)."""
    return due_on - timedelta(days=law.days("act4.certificates.counts_days"))


@rule("2013-01-01")
def counts_by_itself(law: LawOn) -> bool:
    """Whether a certificate counts without officers that nothing contradicts and nothing waits for (`assumed`)."""
    return law.says("act4.certificates.counts_by_itself")


@rule("2013-01-01")
def lives_here_days(law: LawOn) -> int:
    """The days for which a payee whom an officer has seen is known to live here (`assumed`)."""
    return law.days("act4.certificates.lives_here_days")


@rule("2013-01-01")
def missing_suspends(law: LawOn) -> bool:
    """Whether what falls due is held back while a certificate is missing (`assumed`)."""
    return law.says("act4.certificates.missing_suspends")
