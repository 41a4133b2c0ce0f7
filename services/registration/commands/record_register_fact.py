"""Record what a register states of people who were found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.registration.commands.ask_about_pass import AskAboutPass
from services.registration.commands.let_ends_wait import LetEndsWait, let_ends_wait
from services.registration.commands.state_of_employer import company_has_ended, let_employer_count
from services.registration.commands.state_relation import born_of
from services.registration.domain.employer import Employer
from services.registration.domain.employer_fact import EMPLOYS, EmployerAttribute
from services.registration.domain.register_statement import RegisterKind, RegisterStatement, relations_of
from services.registration.domain.relation import (
    AskedFor,
    Relation,
    RelationAct,
    RelationFact,
    asked_for,
    begins_after_death,
    check_relation,
)
from services.registration.events.registration import person_registered, relation_as_it_stands
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import JaringError
from shared.kernel.identifiers import derived_id


@dataclass(frozen=True)
class RecordRegisterFact:
    """The statement with the persons that it is about; `officers` of it, where two have looked at a contradiction."""

    statement: RegisterStatement


async def record_register_fact(command: RecordRegisterFact, uow: RegistrationUnitOfWork) -> bool:
    """Whether it counts; not where it contradicts what is known, and no two officers have looked."""
    statement = command.statement
    await uow.persons.lock(*(each for each in statement.persons if each is not None))
    if statement.kind in (RegisterKind.MARRIAGE, RegisterKind.BIRTH):
        return await _relate(statement, uow)
    if statement.kind is RegisterKind.COMPANY_ENDED:
        return await _of_company(statement, uow)
    (whom,) = statement.persons
    if whom is None:
        return False
    return await _of_person(whom, statement, uow)


async def _of_company(statement: RegisterStatement, uow: RegistrationUnitOfWork) -> bool:
    """End every employer of the company, each by its own code; of a company that employs nobody it is kept alone."""
    day, ends = statement.day, True
    if day is None or statement.company is None:
        return False
    await uow.employer_facts.hold_companies([statement.company])
    employers = [await uow.employers.lock(each) for each in await uow.employers.of_company(statement.company)]
    if statement.officers is None:
        ends = all(
            [
                employer.ended_on in (None, day) and not await _employs_after(employer, day, uow)
                for employer in employers
            ]
        )
    for employer in employers if ends else ():
        if employer.ended_on != day:
            await let_employer_count(employer, company_has_ended(employer.number, day, statement.tenant), uow)
    return ends


async def _employs_after(employer: Employer, day: date, uow: RegistrationUnitOfWork) -> bool:
    """Whether it is known to have begun again after a day."""
    known = await uow.employer_facts.standing(employer.number, today(), None)
    began = (fact for fact in known if fact.attribute is EmployerAttribute.ACTIVITY and fact.value == EMPLOYS)
    return any(fact.first is not None and fact.first > day for fact in began)


async def _of_person(whom: int, statement: RegisterStatement, uow: RegistrationUnitOfWork) -> bool:
    """What is stated of a number is the survivor's, as every fact of a person."""
    person, *_ = numbers = await uow.person_merges.numbers_of(whom)
    day, is_looked_at = statement.day, statement.officers is not None
    if statement.kind is RegisterKind.PASS_ENDED:
        stands = await uow.persons.foreign_pass(person)
        if stands is None or stands.ended_on != day:
            await _state_day(person, "pass_ended_on", day, statement, uow)
        await uow.due.at(AskAboutPass(person), now())
        return True
    known = await uow.persons.died_on(person)
    if day == known:
        return True
    if day is not None and day < await uow.spells.born_on(person, today()):
        return False
    if not is_looked_at and (known is not None or await _is_contradicted(numbers, statement, uow)):
        return False
    if day is None:
        await _state_alive({person, whom}, statement, uow)
        return True
    await _state_day(person, "died_on", day, statement, uow)
    await let_ends_wait(LetEndsWait(tuple(numbers), day, statement.tenant), uow)
    return True


async def _state_alive(numbers: Collection[int], statement: RegisterStatement, uow: RegistrationUnitOfWork) -> None:
    """Also of the number of which the register speaks: a split must not bring back a death that was none."""
    for number in await uow.persons.with_a_death(numbers):
        await _state_day(number, "died_on", None, statement, uow)


async def _state_day(
    person: int, attribute: str, day: date | None, statement: RegisterStatement, uow: RegistrationUnitOfWork
) -> None:
    await uow.persons.state_day(person, attribute, day, statement.tenant)
    uow.publish(person_registered(await uow.persons.told(person, today())))


async def _is_contradicted(numbers: Sequence[int], statement: RegisterStatement, uow: RegistrationUnitOfWork) -> bool:
    """Whether somebody was hired, or was married or had a child, after that day; or was said later not to be dead."""
    day, person = statement.day, numbers[0]
    if day is None:
        return False
    hired_on = await uow.person_facts.last_employed(person)
    if hired_on is not None and hired_on > day:
        return True
    for relation in await uow.relations.of_persons(numbers):
        if begins_after_death(relation, {number: day for number in numbers if number in relation.persons}):
            return True
    return await uow.register_statements.is_alive_later(person, statement)


async def _relate(statement: RegisterStatement, uow: RegistrationUnitOfWork) -> bool:
    """Add each relation that is not known yet; none, where one of them contradicts what is known."""
    ids = [derived_id("registered relation", statement.id, place) for place in range(len(statement.bearers))]
    new = [each for each in relations_of(statement, ids) if not await _is_known(each, uow)]
    if not all([await _fits(each, statement, uow) for each in new]):
        return False
    for relation in new:
        await uow.relations.name(relation)
        proposed, approved = statement.officers or (None, None)
        shown = (str(statement.id), None, None, proposed, approved)
        await uow.relations.add(RelationFact(relation, now(), statement.tenant, *shown))
        uow.publish(relation_as_it_stands(relation))
    return True


async def _is_known(relation: Relation, uow: RegistrationUnitOfWork) -> bool:
    known = await uow.relations.of_persons(relation.persons)
    same = (relation.person, relation.relative, relation.kind)
    registered = relation.relative is not None and any(
        (each.person, each.relative, each.kind) == same and each.overlaps(relation) for each in known
    )
    return registered or await uow.relations.is_named_already(relation)


async def _fits(relation: Relation, statement: RegisterStatement, uow: RegistrationUnitOfWork) -> bool:
    try:
        check_relation(relation, await born_of(relation, uow), today())
    except JaringError:
        return False
    if statement.officers is None and begins_after_death(relation, await _died(relation, uow)):
        return False
    known = await uow.relations.of_persons(relation.persons)
    return statement.officers is not None or asked_for(RelationAct.BEGAN, relation, known) is AskedFor.BEGINS


async def _died(relation: Relation, uow: RegistrationUnitOfWork) -> dict[int, date]:
    died = {person: await uow.persons.died_on(person) for person in relation.persons}
    return {person: day for person, day in died.items() if day is not None}
