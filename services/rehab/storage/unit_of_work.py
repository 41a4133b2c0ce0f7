"""What a use case of rehab is given."""

from functools import cached_property

from services.rehab.storage.centres import Centres
from services.rehab.storage.claim_facts import ClaimFacts
from services.rehab.storage.referrals import Referrals
from shared.persistence.unit_of_work import UnitOfWork


class RehabUnitOfWork(UnitOfWork):
    """The common part, with the repositories of rehab."""

    @cached_property
    def referrals(self) -> Referrals:
        return Referrals(self.connection)

    @cached_property
    def centres(self) -> Centres:
        return Centres(self.connection)

    @cached_property
    def claim_facts(self) -> ClaimFacts:
        return ClaimFacts(self.connection)
