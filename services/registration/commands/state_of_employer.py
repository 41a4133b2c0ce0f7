"""State something of an employer: it counts at once, or two officers decide (decision 66)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from services.registration.commands.ask_of_employer import AskOfEmployer
from services.registration.domain.correction import StatedBy
from services.registration.domain.employer import Employer, tenant_of
from services.registration.domain.employer_fact import (
    EMPLOYS,
    ENDED,
    EmployerAttribute,
    EmployerStatement,
    check_employer_statement,
)
from services.registration.domain.spell import EndCause, Spell, WaitingEnd, WaitReason
from services.registration.events.registration import employer_registered
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import BUSINESS_ZONE, now, today
from shared.kernel.identifiers import new_id

_DAY = timedelta(days=1)


@dataclass(frozen=True, repr=False)
class StateOfEmployer:
    """What is stated and by whom, and the last day from which it may hold; `repr` would show names."""

    statement: EmployerStatement
    latest: date
    looker: Viewer


@dataclass(frozen=True)
class DeriveEmployer:
    """The employer, and the day on which something of it begins or ends, as 2026-08-05."""

    employer: int
    day: str


async def state_of_employer(command: StateOfEmployer, uow: RegistrationUnitOfWork) -> EmployerStatement:
    """Keep it; raises EmployerUnknown, EmployerFactUnknown, PersonUnknown of a director, or what is wrong with it."""
    said = command.statement
    employer = await uow.employers.lock(said.employer)
    if said.retracts is not None:
        attribute, item = await uow.employer_facts.live(said.employer, said.retracts)
        said = replace(said, attribute=attribute, item=item)
    check_employer_statement(said, command.latest)
    if said.details is not None and said.details.person is not None:
        await uow.persons.see(said.details.person, command.looker)
    reason = said.waits_for(shares_number=await _shares_number(said, uow))
    said = replace(said, reason=reason, counts=True if reason is None else None)
    await uow.employer_facts.keep(said)
    if reason is None:
        await let_employer_count(employer, said, uow)
    else:
        # A partner's request sees no tasks: the worker asks.
        await uow.due.at(AskOfEmployer(str(said.id)), now())
    return said


async def let_employer_count(employer: Employer, said: EmployerStatement, uow: RegistrationUnitOfWork) -> Employer:
    """Of an employer that the transaction holds: the fact, what is published, and the ends of employment that follow.

    Nobody loses an employment by it: each open one has an end that waits, until the employer begins again.
    """
    await uow.employer_facts.add(said, now())
    stands = await uow.employers.get(employer.number)
    uow.publish(employer_registered(stands))
    if stands.ended_on != employer.ended_on:
        await uow.waiting_ends.remove_of_employer(employer.number)
        if stands.ended_on is not None:
            await uow.waiting_ends.keep_of_employer(employer.number, stands.ended_on, now(), said.by.tenant)
    await derive_on_next_day(employer.number, uow)
    if said.attribute is EmployerAttribute.COMPANY_NUMBER and said.value is not None and stands.mycoid == said.value:
        stands = await follow_register(stands, said.value, uow)
    return stands


async def derive_on_next_day(employer: int, uow: RegistrationUnitOfWork) -> None:
    """On the next day on which something that was stated of it begins, or is over."""
    day = await uow.employer_facts.next_change(employer, today())
    if day is not None:
        await uow.due.at(DeriveEmployer(employer, str(day)), datetime.combine(day, time(), BUSINESS_ZONE))


async def derive_employer(command: DeriveEmployer, uow: RegistrationUnitOfWork) -> None:
    """Derive what holds today, publish it, and come back on the next such day."""
    known = await uow.employers.lock(command.employer)
    await uow.employer_facts.derive(known.number, today())
    stands = await uow.employers.get(known.number)
    uow.publish(employer_registered(stands))
    if stands.mycoid is not None and stands.mycoid != known.mycoid:
        await follow_register(stands, stands.mycoid, uow)
    await derive_on_next_day(known.number, uow)


async def follow_register(employer: Employer, mycoid: str, uow: RegistrationUnitOfWork) -> Employer:
    """End an employer of a company of which the register had stated the end before it was known here."""
    await uow.employer_facts.hold_companies([mycoid])
    ended = (await uow.employer_facts.companies_ended([mycoid])).get(mycoid)
    if ended is None or employer.ended_on is not None:
        return employer
    return await let_employer_count(employer, company_has_ended(employer.number, *ended), uow)


def company_has_ended(employer: int, ended_on: date, source: str) -> EmployerStatement:
    """That an employer employs nobody after a day, on the word of the companies' register."""
    return activity_of(employer, ENDED, ended_on, StatedBy(source, now()))


def activity_of(employer: int, value: str, day: date, by: StatedBy, evidence: str | None = None) -> EmployerStatement:
    """That an employer employs since a day, or that the day is its last one."""
    first = day if value == EMPLOYS else day + _DAY
    return EmployerStatement(new_id(), employer, by, EmployerAttribute.ACTIVITY, value, first=first, evidence=evidence)


async def let_end_wait(employer: Employer, spell: Spell, uow: RegistrationUnitOfWork) -> None:
    """Of a spell that goes on behind the end of its employer."""
    if employer.ended_on is not None and (spell.ended_on is None or spell.ended_on > employer.ended_on):
        ended_on = max(employer.ended_on, spell.started_on)
        said = (WaitReason.DATED_BACK, now(), tenant_of(employer.number), EndCause.EMPLOYER_ENDED)
        await uow.waiting_ends.keep(WaitingEnd(spell.id, spell.person, spell.employer, ended_on, *said))


async def _shares_number(said: EmployerStatement, uow: RegistrationUnitOfWork) -> bool:
    """Whether another employer has the company number; to an employer that asks all others are out of sight."""
    if said.attribute is not EmployerAttribute.COMPANY_NUMBER or said.value is None or said.retracts is not None:
        return False
    return bool(set(await uow.employers.of_company(said.value)) - {said.employer})
