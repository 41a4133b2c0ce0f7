"""Topic ``rehab.discharged``: who leaves a centre fit for work that has yet to be found."""

from services.jobs.commands.open_search import OpenSearch, open_search
from services.jobs.storage.unit_of_work import JobsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.rehab_discharged import PatientDischargedV1


async def handle(event: Event, uow: JobsUnitOfWork) -> None:
    """Open a search for work where the outcome calls for one."""
    if isinstance(event, PatientDischargedV1):
        search = OpenSearch(event.person, event.referral, event.claim, event.outcome.value, event.discharged_on)
        await open_search(search, uow)
