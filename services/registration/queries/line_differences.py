"""Read the posted lines of which something else is due by now."""

from collections.abc import Sequence

from services.registration.domain.line_difference import LineDifference
from services.registration.storage.persons import Viewer
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def list_line_differences(
    after: Sequence[int], limit: int, looker: Viewer, uow: RegistrationUnitOfWork
) -> list[LineDifference]:
    """By employer, month, person and kind: an employer's own, or all of them for officers."""
    return await uow.line_differences.page(after, limit, looker)
