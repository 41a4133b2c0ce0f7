"""The unit of work of registration: its repositories in one transaction, with the keys of its process."""

from functools import cached_property
from typing import ClassVar

from services.registration.storage.accounts import AccountRepository
from services.registration.storage.archives import ArchiveRepository
from services.registration.storage.assessments import AssessmentRepository
from services.registration.storage.bank_statements import BankStatementRepository
from services.registration.storage.contribution_files import ContributionFileRepository
from services.registration.storage.contribution_lines import ContributionLineRepository
from services.registration.storage.contribution_pieces import ContributionPieceRepository
from services.registration.storage.corrections import CorrectionRepository
from services.registration.storage.cover import CoverRepository
from services.registration.storage.cover_payments import CoverPaymentRepository
from services.registration.storage.duplicates import DuplicateRepository
from services.registration.storage.employer_facts import EmployerFactRepository
from services.registration.storage.employers import EmployerRepository
from services.registration.storage.enforcement import EnforcementRepository
from services.registration.storage.erasures import ErasureRepository
from services.registration.storage.keys import Keys
from services.registration.storage.known_claims import ClaimProjection
from services.registration.storage.known_followers import FollowerProjection
from services.registration.storage.legacy_templates import LegacyTemplateRepository
from services.registration.storage.line_differences import LineDifferenceRepository
from services.registration.storage.memberships import MembershipRepository
from services.registration.storage.national_ids import NationalIdRepository
from services.registration.storage.opening_files import OpeningFileRepository
from services.registration.storage.opening_rows import OpeningRowRepository
from services.registration.storage.person_facts import PersonFactRepository
from services.registration.storage.person_merges import PersonMergeRepository
from services.registration.storage.person_months import PersonMonthRepository
from services.registration.storage.person_searches import PersonSearchRepository
from services.registration.storage.persons import PersonRepository
from services.registration.storage.recalled import RecalledRepository
from services.registration.storage.recalled_enforcement import RecalledEnforcementRepository
from services.registration.storage.receipts import ReceiptRepository
from services.registration.storage.refunds import RefundRepository
from services.registration.storage.register_statements import RegisterStatementRepository
from services.registration.storage.relations import RelationRepository
from services.registration.storage.retention import RetentionRepository
from services.registration.storage.scheme_registrations import SchemeRegistrationRepository
from services.registration.storage.skbbk_statements import SkbbkStatementRepository
from services.registration.storage.spell_corrections import SpellCorrectionRepository
from services.registration.storage.spell_statements import SpellStatementRepository
from services.registration.storage.spells import SpellRepository
from services.registration.storage.stated_since import StatedSinceRepository
from services.registration.storage.traces import TraceRepository
from services.registration.storage.uploads import UploadRepository
from services.registration.storage.waiting_ends import WaitingEndRepository
from services.registration.storage.whose import WHOSE
from shared.persistence.law_entries import LawUnit


class RegistrationUnitOfWork(LawUnit):
    """Used through `unit_with`, which binds the keys, and says whether the process is of a sandbox."""

    keys: ClassVar[Keys]
    in_sandbox: ClassVar[bool] = False
    whose = WHOSE

    @cached_property
    def persons(self) -> PersonRepository:
        return PersonRepository(self.connection, self.keys)

    @cached_property
    def employers(self) -> EmployerRepository:
        return EmployerRepository(self.connection)

    @cached_property
    def spells(self) -> SpellRepository:
        return SpellRepository(self.connection)

    @cached_property
    def waiting_ends(self) -> WaitingEndRepository:
        return WaitingEndRepository(self.connection)

    @cached_property
    def memberships(self) -> MembershipRepository:
        return MembershipRepository(self.connection)

    @cached_property
    def skbbk_statements(self) -> SkbbkStatementRepository:
        return SkbbkStatementRepository(self.connection)

    @cached_property
    def contribution_files(self) -> ContributionFileRepository:
        return ContributionFileRepository(self.connection, self.keys)

    @cached_property
    def receipts(self) -> ReceiptRepository:
        return ReceiptRepository(self.connection, self.keys)

    @cached_property
    def recalled(self) -> RecalledRepository:
        return RecalledRepository(self.connection)

    @cached_property
    def contribution_lines(self) -> ContributionLineRepository:
        return ContributionLineRepository(self.connection)

    @cached_property
    def refunds(self) -> RefundRepository:
        return RefundRepository(self.connection)

    @cached_property
    def cover(self) -> CoverRepository:
        return CoverRepository(self.connection, self.keys)

    @cached_property
    def person_facts(self) -> PersonFactRepository:
        return PersonFactRepository(self.connection, self.keys)

    @cached_property
    def corrections(self) -> CorrectionRepository:
        return CorrectionRepository(self.connection, self.keys)

    @cached_property
    def national_ids(self) -> NationalIdRepository:
        return NationalIdRepository(self.connection, self.keys)

    @cached_property
    def person_searches(self) -> PersonSearchRepository:
        return PersonSearchRepository(self.connection)

    @cached_property
    def duplicates(self) -> DuplicateRepository:
        return DuplicateRepository(self.connection)

    @cached_property
    def line_differences(self) -> LineDifferenceRepository:
        return LineDifferenceRepository(self.connection)

    @cached_property
    def accounts(self) -> AccountRepository:
        return AccountRepository(self.connection)

    @cached_property
    def bank_statements(self) -> BankStatementRepository:
        return BankStatementRepository(self.connection, self.keys)

    @cached_property
    def person_months(self) -> PersonMonthRepository:
        return PersonMonthRepository(self.connection)

    @cached_property
    def legacy_templates(self) -> LegacyTemplateRepository:
        return LegacyTemplateRepository(self.connection)

    @cached_property
    def spell_statements(self) -> SpellStatementRepository:
        return SpellStatementRepository(self.connection)

    @cached_property
    def relations(self) -> RelationRepository:
        return RelationRepository(self.connection, self.keys)

    @cached_property
    def register_statements(self) -> RegisterStatementRepository:
        return RegisterStatementRepository(self.connection, self.keys)

    @cached_property
    def contribution_pieces(self) -> ContributionPieceRepository:
        return ContributionPieceRepository(self.connection, self.keys)

    @cached_property
    def person_merges(self) -> PersonMergeRepository:
        return PersonMergeRepository(self.connection, self.keys)

    @cached_property
    def stated_since(self) -> StatedSinceRepository:
        return StatedSinceRepository(self.connection)

    @cached_property
    def spell_corrections(self) -> SpellCorrectionRepository:
        return SpellCorrectionRepository(self.connection)

    @cached_property
    def employer_facts(self) -> EmployerFactRepository:
        return EmployerFactRepository(self.connection, self.keys)

    @cached_property
    def opening_files(self) -> OpeningFileRepository:
        return OpeningFileRepository(self.connection, self.keys)

    @cached_property
    def opening_rows(self) -> OpeningRowRepository:
        return OpeningRowRepository(self.connection, self.keys)

    @cached_property
    def uploads(self) -> UploadRepository:
        return UploadRepository(self.connection, self.keys)

    @cached_property
    def archives(self) -> ArchiveRepository:
        return ArchiveRepository(self.connection, self.keys)

    @cached_property
    def enforcement(self) -> EnforcementRepository:
        return EnforcementRepository(self.connection)

    @cached_property
    def retention(self) -> RetentionRepository:
        return RetentionRepository(self.connection)

    @cached_property
    def assessments(self) -> AssessmentRepository:
        return AssessmentRepository(self.connection)

    @cached_property
    def recalled_enforcement(self) -> RecalledEnforcementRepository:
        return RecalledEnforcementRepository(self.connection)

    @cached_property
    def erasures(self) -> ErasureRepository:
        return ErasureRepository(self.connection)

    @cached_property
    def known_claims(self) -> ClaimProjection:
        return ClaimProjection(self.connection)

    @cached_property
    def known_followers(self) -> FollowerProjection:
        return FollowerProjection(self.connection)

    @cached_property
    def scheme_registrations(self) -> SchemeRegistrationRepository:
        return SchemeRegistrationRepository(self.connection, self.keys)

    @cached_property
    def cover_payments(self) -> CoverPaymentRepository:
        return CoverPaymentRepository(self.connection)

    @cached_property
    def traces(self) -> TraceRepository:
        return TraceRepository(self.connection, self.keys)


def unit_with(bound: Keys, *, sandbox: bool = False) -> type[RegistrationUnitOfWork]:
    """The unit of work of a process that holds these keys."""

    class BoundUnitOfWork(RegistrationUnitOfWork):
        keys = bound
        in_sandbox = sandbox

    return BoundUnitOfWork
