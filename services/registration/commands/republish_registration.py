"""Republish the whole register, page by page, with the same revisions (rules M8)."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from services.registration.domain.contribution import LINES_IN_AN_EVENT, TakenColumns
from services.registration.events import (
    contribution_received,
    person_erased,
    registration,
    registration_payable,
)
from services.registration.storage.contribution_lines import KeptLine
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.contracts.envelope import Event
from shared.kernel.clock import now, today

PAGE_SIZE = 500
# With up to a thousand lines each.
ASSESSMENTS_IN_A_PAGE = 20
_NOBODY = "00000000-0000-0000-0000-000000000000"
_EVERYBODY = Viewer("registration", officer=True)


@dataclass(frozen=True)
class RepublishRegistration:
    """A run, the part of the register that it has come to, and the key after which it goes on ("" at first)."""

    run: str
    part: str = "persons"
    after: str = ""


# The events of a page, and the key after which the next one begins; None after the last.
RegisterPage = tuple[Sequence[Event], str | None]


async def republish_registration(command: RepublishRegistration, uow: RegistrationUnitOfWork) -> None:
    """Republish one page, and leave the next for later."""
    events, after = await PARTS[command.part](command.after, uow)
    uow.republish(command.run, events)
    parts = list(PARTS)
    following = parts.index(command.part) + 1
    if after is not None:
        await uow.due.at(RepublishRegistration(command.run, command.part, after), now())
    elif following < len(parts):
        await uow.due.at(RepublishRegistration(command.run, parts[following]), now())


async def _persons(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.persons.list_published(int(after or 0), PAGE_SIZE, today())
    return [registration.person_registered(each) for each in found], str(found[-1].number) if found else None


async def _employers(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.employers.list_published(int(after or 0), PAGE_SIZE)
    return [registration.employer_registered(each) for each in found], str(found[-1].number) if found else None


async def _spells(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.spells.list_published(after or _NOBODY, PAGE_SIZE)
    return [registration.spell_as_it_stands(each) for each in found], str(found[-1].id) if found else None


async def _memberships(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    person, scheme = (after or "0/").split("/")
    found = await uow.memberships.list_published((int(person), scheme), PAGE_SIZE)
    events = [registration.membership_changed(m.person, m.scheme, m.revision, m.periods, m.statements) for m in found]
    return events, f"{found[-1].person}/{found[-1].scheme}" if found else None


async def _lines(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    position = [int(part) for part in (after or "0/0/0/0").split("/")]
    found = await uow.contribution_lines.list_published(position, LINES_IN_AN_EVENT)
    carried = await uow.contribution_lines.carried_to(found)
    stated = [each for each in found if _place(each) not in carried]
    by_source = sorted(stated, key=lambda k: (k.employer, str(k.file), k.kind, k.line.month, k.line.person))
    events: list[Event] = [
        event for each in found if _place(each) in carried for event in _carried(each, carried[_place(each)])
    ]
    for source, kept in groupby(by_source, key=lambda k: (k.file, k.employer, k.received_at, k.kind)):
        lines = TakenColumns.of([each.line for each in kept])
        events += contribution_received.contributions_received(*source, lines)
    last = found[-1] if found else None
    return events, f"{last.employer}/{last.line.month}/{last.line.person}/{last.kind}" if last else None


def _place(kept: KeptLine) -> tuple[int, int, int, int]:
    return kept.employer, kept.line.month, kept.line.person, kept.kind


def _carried(kept: KeptLine, other: KeptLine) -> Iterator[Event]:
    """Both lines in one event, as at first: what is told of the one alone would not say that it was carried."""
    lines = TakenColumns.of(sorted((kept.line, other.line), key=lambda line: line.person))
    source = (other.file, other.employer, other.received_at, other.kind)
    return contribution_received.contributions_received(*source, lines, other.line.person)


async def _totals(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    file, month = (after or f"{_NOBODY}/0").split("/")
    found = await uow.contribution_files.list_published_sums(file, int(month), PAGE_SIZE)
    events = [contribution_received.contribution_totals(k.file, k.employer, k.received_at, k.sums) for k in found]
    return events, f"{found[-1].file}/{found[-1].sums.month}" if found else None


async def _receipts(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.receipts.list_published(after or _NOBODY, PAGE_SIZE)
    return [contribution_received.contribution_banked(each) for each in found], str(found[-1].id) if found else None


async def _payables(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.refunds.list_published(UUID(after or _NOBODY), PAGE_SIZE)
    return [registration_payable.payable_stated(each) for each in found], str(found[-1].payable) if found else None


async def _interest(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.accounts.list_published(UUID(after or _NOBODY), PAGE_SIZE)
    events = [contribution_received.contribution_interest(each) for each in found]
    return events, str(found[-1].interest) if found else None


async def _relations(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.relations.list_published(UUID(after or _NOBODY), PAGE_SIZE)
    return [registration.relation_as_it_stands(each) for each in found], str(found[-1].id) if found else None


async def _taken_over(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    file, *position = (after or f"{_NOBODY}/0/0/0").split("/")
    found = await uow.opening_rows.list_published([file, *map(int, position)], LINES_IN_AN_EVENT)
    last = found[-1] if found else None
    return contribution_received.contributions_taken_over_again(found), (
        f"{last.file}/{last.employer}/{last.person}/{last.months.first_month}" if last else None
    )


async def _merges(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.person_merges.list_published(int(after or 0), PAGE_SIZE)
    return [registration.merge_as_it_stands(each) for each in found], str(found[-1].person) if found else None


async def _erasures(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.erasures.list_published(UUID(after or _NOBODY), PAGE_SIZE)
    events = [person_erased.person_erased(each, number) for each in found for number in each.numbers]
    return events, str(found[-1].id) if found else None


async def _inspections(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.enforcement.inspections(None, UUID(after or _NOBODY), PAGE_SIZE, _EVERYBODY)
    return [registration.inspection_stated(each) for each in found], str(found[-1].id) if found else None


async def _notices(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.enforcement.notices(None, UUID(after or _NOBODY), PAGE_SIZE, _EVERYBODY)
    return [registration.notice_stated(each) for each in found], str(found[-1].id) if found else None


async def _assessments(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.assessments.page(None, UUID(after or _NOBODY), ASSESSMENTS_IN_A_PAGE, _EVERYBODY)
    events = [registration.assessment_stated(each, await uow.assessments.lines(each.id)) for each in found]
    return events, str(found[-1].id) if found else None


async def _compounds(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    found = await uow.enforcement.compounds(None, UUID(after or _NOBODY), PAGE_SIZE, _EVERYBODY)
    events = [registration.compound_stated(each, await uow.enforcement.payments(each.id)) for each in found]
    return events, str(found[-1].id) if found else None


async def _scheme_covers(after: str, uow: RegistrationUnitOfWork) -> RegisterPage:
    person, scheme, activity = (after or "0//").split("/")
    found = await uow.scheme_registrations.list_published((int(person), scheme, activity), PAGE_SIZE)
    events: list[Event] = []
    for number, code, of, revision in found:
        about = (number, code, of)
        registrations = await uow.scheme_registrations.of_activity(*about)
        payments = await uow.cover_payments.of_activity(*about)
        events.append(registration.scheme_cover_stated(*about, revision, registrations, payments))
    return events, "/".join(map(str, found[-1][:3])) if found else None


PARTS: dict[str, Callable[[str, RegistrationUnitOfWork], Awaitable[RegisterPage]]] = {
    "persons": _persons,
    "employers": _employers,
    "spells": _spells,
    "memberships": _memberships,
    "lines": _lines,
    "totals": _totals,
    "receipts": _receipts,
    "payables": _payables,
    "interest": _interest,
    "relations": _relations,
    "taken_over": _taken_over,
    "merges": _merges,
    "erasures": _erasures,
    "inspections": _inspections,
    "notices": _notices,
    "assessments": _assessments,
    "compounds": _compounds,
    "scheme_covers": _scheme_covers,
}
