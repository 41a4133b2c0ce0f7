"""Decides again from nothing but a stored record: equal bytes prove that each sen follows from what the record says."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.claims.domain.contested import HeldDays
from services.claims.domain.facts import Certificate, InjuryFacts, Membership, Spell, WageMonth
from services.claims.domain.temporary_disablement import HELD, WATERMARK, assess
from shared.kernel.periods import Days, Month
from shared.law.book import Book, book
from shared.law.decision import Body, DecisionRecord

Used = Mapping[str, Any]


def replay(record: DecisionRecord, law: Book | None = None) -> DecisionRecord:
    """The record that the facts and the days of a stored record give, by the book of this release or another one."""
    body, days = record.body, record.body["days"]
    in_force, known = date.fromisoformat(days["in_force_on"]), date.fromisoformat(days["known_on"])
    return assess(facts_of(body), (law or book()).on(in_force, known), date.fromisoformat(days["decided_on"])).record


def facts_of(body: Body) -> InjuryFacts:
    """The facts that a record rests on, read back from its body; months that it did not read are not in it."""
    used: Sequence[Used] = body["facts"]
    person, accident = _only(used, "person"), _only(used, "accident")
    return InjuryFacts(
        person=person["id"],
        person_revision=person["revision"],
        born_on=date.fromisoformat(person["values"]["born_on"]),
        happened_on=date.fromisoformat(accident["values"]["happened_on"]),
        certificates=tuple(map(_certificate, _all(used, "certificate"))),
        worked_with_wages=tuple(map(date.fromisoformat, accident["values"]["worked_with_wages"])),
        spells=tuple(map(_spell, _all(used, "spell"))),
        memberships=tuple(map(_membership, _all(used, "membership"))),
        wages=tuple(map(_wage, _all(used, "wage"))),
        watermarks={each["id"]: _instant(each["values"]["complete_until"]) for each in _all(used, WATERMARK)},
        known_to=_instant(body["days"]["facts_known_to"]),
        held=tuple(map(_held, _all(used, HELD))),
    )


def _all(used: Sequence[Used], kind: str) -> list[Used]:
    return [each for each in used if each["kind"] == kind]


def _only(used: Sequence[Used], kind: str) -> Used:
    (found,) = _all(used, kind)
    return found


def _certificate(used: Used) -> Certificate:
    values = used["values"]
    days = values.get("days")
    return Certificate(
        id=UUID(used["id"]),
        issued_on=date.fromisoformat(values["issued_on"]),
        days=_days(days) if days else None,
        fit_from=_day(values.get("fit_from")),
    )


def _held(used: Used) -> HeldDays:
    return HeldDays(UUID(used["id"]), used["revision"], tuple(map(_days, used["values"]["days"])))


def _days(range_: Mapping[str, str]) -> Days:
    return Days(date.fromisoformat(range_["first"]), date.fromisoformat(range_["last"]))


def _spell(used: Used) -> Spell:
    values = used["values"]
    first = date.fromisoformat(values["first"])
    return Spell(
        id=UUID(used["id"]),
        employer=values["employer"],
        first=first,
        last=_day(values.get("last")),
        revision=used["revision"],
        stated_on=_day(values.get("stated_on")),
        verified="stated_on" not in values,
    )


def _membership(used: Used) -> Membership:
    values = used["values"]
    first = date.fromisoformat(values["first"])
    return Membership(used["id"], values["category"], first, _day(values.get("last")), used["revision"])


def _wage(used: Used) -> WageMonth:
    employer, _, _ = used["id"].partition("/")
    values = used["values"]
    return WageMonth(int(employer), Month.of(values["month"]), values["wage"], used["revision"])


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
