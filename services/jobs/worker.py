"""The worker process of jobs: what it listens to and why, and what it leaves for later."""

from collections.abc import Sequence

from services.jobs.commands.confirm_placement import ConfirmPlacement, confirm_placement
from services.jobs.commands.forget_person import FOLLOWER, ForgetPerson, forget_person
from services.jobs.commands.recall_placements import RecallPlacements, recall_placements
from services.jobs.commands.republish_jobs import RepublishJobs, republish_jobs
from services.jobs.consumers import registration, rehab_discharged
from services.jobs.settings import JobsSettings
from services.jobs.storage.control_totals import CONTROL_TOTALS
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.envelope import Event
from shared.messaging.subscription import Subscription
from shared.persistence.following import RepublishErasures
from shared.process.worker import Work, serve
from shared.scheduling.runner import DueCommand

SUBSCRIPTIONS: list[Subscription[JobsUnitOfWork]] = [
    # Who leaves a centre fit for other work, or for modified work, needs a job.
    Subscription("rehab.discharged", handle=rehab_discharged.handle),
    # A spell that a first contribution confirmed is the proof of a placement.
    Subscription("registration", apply=registration.apply),
    # What registration keeps of nobody any more is kept here no longer either.
    Subscription("person.erased", apply=FOLLOWER.apply),
]

DUE: list[DueCommand[JobsUnitOfWork]] = [
    # An accepted offer waits for the proof of its employment.
    DueCommand(ConfirmPlacement, confirm_placement),
    # Republished page by page, so that a long run holds no long transaction.
    DueCommand(RepublishJobs, republish_jobs),
    # A person was erased, or nothing of it is open any more.
    DueCommand(ForgetPerson, forget_person),
    # With all else that is republished.
    DueCommand(RepublishErasures, FOLLOWER.republish),
]


async def recall(events: Sequence[Event], uow: JobsUnitOfWork) -> None:
    """What jobs published is known again after a restore."""
    await recall_placements(RecallPlacements(events), uow)
    await FOLLOWER.recall(events, uow)


def work(_: JobsSettings) -> Work[JobsUnitOfWork]:
    """All that the worker does; it needs no key."""
    return Work(unit=JobsUnitOfWork, subscriptions=SUBSCRIPTIONS, due=DUE, recall=recall, control_totals=CONTROL_TOTALS)


if __name__ == "__main__":
    settings = JobsSettings()
    serve(settings, work(settings))
