"""The unit of work of registration: its repositories in one transaction, with the keys of its process."""

from functools import cached_property
from typing import ClassVar

from services.registration.storage.contribution_files import ContributionFiles
from services.registration.storage.contribution_lines import ContributionLines
from services.registration.storage.employers import Employers
from services.registration.storage.keys import Keys
from services.registration.storage.memberships import Memberships
from services.registration.storage.persons import Persons
from services.registration.storage.spells import Spells
from services.registration.storage.whole_register import WholeRegister
from shared.persistence.unit_of_work import UnitOfWork


class RegistrationUnitOfWork(UnitOfWork):
    """Used through `unit_with`, which binds the keys."""

    keys: ClassVar[Keys]

    @cached_property
    def persons(self) -> Persons:
        return Persons(self.connection, self.keys)

    @cached_property
    def employers(self) -> Employers:
        return Employers(self.connection)

    @cached_property
    def spells(self) -> Spells:
        return Spells(self.connection)

    @cached_property
    def memberships(self) -> Memberships:
        return Memberships(self.connection)

    @cached_property
    def contribution_files(self) -> ContributionFiles:
        return ContributionFiles(self.connection, self.keys)

    @cached_property
    def contribution_lines(self) -> ContributionLines:
        return ContributionLines(self.connection)

    @cached_property
    def whole_register(self) -> WholeRegister:
        return WholeRegister(self.connection)


def unit_with(bound: Keys) -> type[RegistrationUnitOfWork]:
    """The unit of work of a process that holds these keys."""

    class BoundUnitOfWork(RegistrationUnitOfWork):
        keys = bound

    return BoundUnitOfWork
