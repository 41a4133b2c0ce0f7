"""Registration's API with one read of a person's months twice: once written down in the read log, and once not.

Run as ``python -m tests.bench.read_api``, with the settings of registration's API.
"""

from fastapi import APIRouter, FastAPI

from services.registration.api.dependencies import CommittedBeforeAnswer, Looker
from services.registration.api.person_months import PersonMonthOut
from services.registration.main import build
from services.registration.queries.person_months import list_person_months
from services.registration.settings import RegistrationSettings
from shared.kernel.identifiers import person_number
from shared.kernel.reading import DataKind
from shared.process.api import serve
from shared.security.scopes import requires
from shared.web.ids import PersonInPath
from shared.web.paging import Listing, Page
from shared.web.reading import reads
from shared.web.routing import CommittingRoute

SCOPE = "registration:contribution:read"
LOGGED, UNLOGGED = "/v1/bench/{person}/logged", "/v1/bench/{person}/unlogged"
router = APIRouter(route_class=CommittingRoute)


@router.get(LOGGED, dependencies=[requires(SCOPE), reads(DataKind.WAGE, of="person")])
async def list_logged(
    person: PersonInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[PersonMonthOut]:
    """As `GET /v1/persons/{person}/months`."""
    found = await list_person_months(person_number(person), (0, 0), listing.limit, looker, uow)
    return listing.page(found, item=PersonMonthOut.of, position=lambda each: [each.month, each.employer])


@router.get(UNLOGGED, dependencies=[requires(SCOPE)])
async def list_unlogged(
    person: PersonInPath, listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[PersonMonthOut]:
    """The same, and nobody writes down who was told."""
    return await list_logged(person, listing, uow, looker)


def with_both(settings: RegistrationSettings) -> FastAPI:
    """Registration's app, with these two routes beside its own."""
    app = build(settings)
    app.include_router(router)
    return app


if __name__ == "__main__":
    settings = RegistrationSettings()
    serve(settings, lambda: with_both(settings))
