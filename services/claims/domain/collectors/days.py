"""Which days are asked for: certified, worked with wages, and those that another claim has (Act 4 s.22)."""

from collections.abc import Sequence
from datetime import date

from services.claims.domain import subjects
from services.claims.domain.collectors.collector import Asked, Collected, Collector
from services.claims.domain.facts import Certificate
from shared.kernel.subjects import Subject
from shared.law.decision import Source
from shared.law.fact_types import Written


def _certificates(asked: Asked) -> Collected:
    ordered = _in_order(asked.known.certificates)
    return Collected(
        [_written(each) for each in ordered], tuple(Source("certificate", str(each.id), 1) for each in ordered)
    )


def _worked(asked: Asked) -> Collected:
    return Collected([day.isoformat() for day in asked.known.worked_with_wages])


def _held(asked: Asked) -> Collected:
    held = asked.known.held
    sources = tuple(Source("claim", str(each.claim), each.revision) for each in held)
    return Collected([_run(days.first, days.last) for each in held for days in each.days], sources)


def _held_days(asked: Asked) -> list[Subject]:
    return [subjects.decided_days(asked.known.person)] if asked.known.held else []


def _in_order(certificates: Sequence[Certificate]) -> list[Certificate]:
    return sorted(certificates, key=lambda each: (each.issued_on, each.fit_from is not None, each.id))


def _written(certificate: Certificate) -> Written:
    written: dict[str, Written] = {"issued on": certificate.issued_on.isoformat()}
    if certificate.days is not None:
        written["certified"] = _run(certificate.days.first, certificate.days.last)
    if certificate.fit_from is not None:
        written["fit from"] = certificate.fit_from.isoformat()
    return written


def _run(first: date, last: date) -> str:
    return f"{first.isoformat()} to {last.isoformat()}"


CERTIFICATES = Collector("certificates", _certificates)
WORKED_WITH_WAGES = Collector("worked with wages", _worked)
OF_ANOTHER_CLAIM = Collector("days of another claim", _held, _held_days)
