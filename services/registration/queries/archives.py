"""Read archives of contribution files, what became of their members, and who acts for an employer."""

from uuid import UUID

from services.registration.domain.archive import Archive, Member
from services.registration.storage.archives import Agent
from services.registration.storage.unit_of_work import RegistrationUnitOfWork


async def find_archive(archive: UUID, tenant: str, uow: RegistrationUnitOfWork) -> Archive:
    """An archive of a party; raises ArchiveUnknown."""
    return await uow.archives.get(archive, tenant)


async def list_members(archive: UUID, tenant: str, after: int, limit: int, uow: RegistrationUnitOfWork) -> list[Member]:
    """Its members that have their answer, by number, after one; raises ArchiveUnknown."""
    await uow.archives.get(archive, tenant)
    return await uow.archives.list_members(archive, after, limit)


async def list_agents(employer: int, uow: RegistrationUnitOfWork) -> list[Agent]:
    """Who sends an employer's files for it; raises EmployerUnknown."""
    await uow.employers.get(employer)
    return await uow.archives.list_agents(employer)
