"""Give an employer a follow-up notice, with the days that the book has for it."""

from dataclasses import dataclass
from uuid import UUID

from services.registration.commands.follow_enforcement import FollowEnforcement
from services.registration.domain.enforcement import NOTICE, Demand, Notice, days_from, over_at
from services.registration.events.registration import notice_stated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id


@dataclass(frozen=True)
class GiveNotice:
    """Which employer, after which inspection, what is demanded, by which document, and the officer."""

    employer: int
    inspection: UUID | None
    demand: Demand
    evidence: str | None
    officer: str


async def give_notice(command: GiveNotice, uow: RegistrationUnitOfWork) -> Notice:
    """Two officers are asked once its time is over; raises EmployerUnknown, InspectionUnknown."""
    employer = await uow.employers.get(command.employer)
    await uow.enforcement.check_inspection(command.inspection, employer.number)
    answer_by, law = days_from("act4.arrears.notice_days", today())
    what = (command.demand, today(), answer_by, law, command.evidence, command.officer, now())
    given = Notice(new_id(), employer.number, command.inspection, *what)
    await uow.enforcement.give(given)
    uow.publish(notice_stated(given))
    await uow.due.at(FollowEnforcement(NOTICE, str(given.id)), over_at(answer_by))
    return given
