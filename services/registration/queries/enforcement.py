"""Read what officers do about employers, as the looker may see it."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.registration.domain import subjects
from services.registration.domain.assessment import Assessment, AssessmentState
from services.registration.domain.employer_fact import EmployerFact
from services.registration.domain.enforcement import (
    ASSESSMENT,
    NOTICE,
    Compound,
    CompoundState,
    Inspection,
    Notice,
    NoticeState,
    Payment,
)
from services.registration.domain.errors import EnforcementNotOpen, EnforcementOfOneself, EnforcementUnknown
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import business_day
from shared.kernel.subjects import Subject
from shared.tasks.errors import TaskUnknown
from shared.tasks.task import SubjectState


async def list_inspections(
    employer: int | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Inspection]:
    """By id, after one: those of the looker that were held; all of them for an officer."""
    return await uow.enforcement.inspections(employer, after, limit, looker)


async def list_notices(
    employer: int | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Notice]:
    """By id, after one: those of the looker; all of them for an officer."""
    return await uow.enforcement.notices(employer, after, limit, looker)


async def list_assessments(
    employer: int | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Assessment]:
    """The same of assessments, without their lines."""
    return await uow.assessments.page(employer, after, limit, looker)


async def list_compounds(
    employer: int | None, after: UUID | None, limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[Compound]:
    """The same of compounds; the looker's own once they are offered."""
    return await uow.enforcement.compounds(employer, after, limit, looker)


async def find_assessment(id_: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> Assessment:
    """One with its lines; raises EnforcementUnknown for another employer's too."""
    found = await uow.assessments.get(id_)
    if not looker.officer and looker.employer != found.employer:
        raise EnforcementUnknown()
    return replace(found, lines=await uow.assessments.lines(id_))


async def find_compound(id_: UUID, looker: Viewer, uow: RegistrationUnitOfWork) -> tuple[Compound, list[Payment]]:
    """One, and what was paid of it; raises EnforcementUnknown for another employer's too."""
    found = await uow.enforcement.compound(id_)
    if not looker.officer and looker.employer != found.employer:
        raise EnforcementUnknown()
    return found, await uow.enforcement.payments(id_)


async def find_directors_of_assessment(
    said: Assessment, looker: Viewer, uow: RegistrationUnitOfWork
) -> Sequence[EmployerFact]:
    """Who directed the employer on a day of the months that are assessed; for officers, nobody for anybody else."""
    if not looker.officer or not said.lines:
        return ()
    months = sorted({line.month for line in said.lines})
    return await uow.employer_facts.directors(said.employer, months[0].first_day, months[-1].last_day)


async def find_directors_of_compound(
    said: Compound, looker: Viewer, uow: RegistrationUnitOfWork
) -> Sequence[EmployerFact]:
    """The same, from the day on which it was stated to the last on which it may be paid."""
    if not looker.officer:
        return ()
    stated_on = business_day(said.stated_at)
    return await uow.employer_facts.directors(said.employer, stated_on, said.pay_by or stated_on)


async def find_state_of_enforcement(subject: Subject, uow: RegistrationUnitOfWork) -> SubjectState:
    """Of a notice, an assessment or a compound, which is locked; raises TaskUnknown."""
    matter, id_ = subjects.matter_of(subject)
    try:
        if matter == NOTICE:
            notice = await uow.enforcement.lock_notice(id_)
            return _as_it_stands(notice, is_open=notice.state is NoticeState.OVERDUE)
        if matter == ASSESSMENT:
            said = await uow.assessments.lock(id_)
            return _as_it_stands(said, is_open=said.state is AssessmentState.STATED)
        compound = await uow.enforcement.lock_compound(id_)
    except EnforcementUnknown as error:
        raise TaskUnknown() from error
    waits = compound.over_sen > 0 or compound.state in (CompoundState.PROPOSED, CompoundState.TO_BE_PROSECUTED)
    return _as_it_stands(compound, is_open=waits)


def _as_it_stands(said: Notice | Assessment | Compound, *, is_open: bool) -> SubjectState:
    return SubjectState(
        said.revision,
        said.facts,
        stated_by={said.officer},
        of_oneself=EnforcementOfOneself,
        is_decided=not is_open,
        over=EnforcementNotOpen,
    )
