"""What a use case of rehab is given."""

from functools import cached_property

from services.rehab.storage import tables as t
from services.rehab.storage.bills import BillRepository
from services.rehab.storage.centres import CentreRepository
from services.rehab.storage.known_claims import ClaimProjection
from services.rehab.storage.referrals import ReferralRepository
from services.rehab.storage.whose import WHOSE
from shared.persistence.following import FollowingUnit
from shared.persistence.known_merges import MergeProjection
from shared.persistence.law_entries import LawUnit


class RehabUnitOfWork(FollowingUnit, LawUnit):
    """The common part, with the repositories of rehab."""

    whose = WHOSE

    @cached_property
    def referrals(self) -> ReferralRepository:
        return ReferralRepository(self.connection)

    @cached_property
    def centres(self) -> CentreRepository:
        return CentreRepository(self.connection)

    @cached_property
    def known_claims(self) -> ClaimProjection:
        return ClaimProjection(self.connection)

    @cached_property
    def known_merges(self) -> MergeProjection:
        return MergeProjection(self.connection, t.known_merge)

    @cached_property
    def bills(self) -> BillRepository:
        return BillRepository(self.connection)
