"""What a use case of claims works with."""

from functools import cached_property

from services.claims.storage.appeals import AppealRepository
from services.claims.storage.assessments import AssessmentRepository
from services.claims.storage.audits import AuditRepository
from services.claims.storage.board_cases import BoardCaseRepository
from services.claims.storage.board_sessions import BoardSessionRepository
from services.claims.storage.buckets import BucketRepository
from services.claims.storage.case_file import CaseFileProjection
from services.claims.storage.charter_clocks import CharterClockRepository
from services.claims.storage.claims import ClaimRepository
from services.claims.storage.complaints import HIDDEN, OFFICER_OF, ComplaintRepository
from services.claims.storage.documents import DocumentRepository
from services.claims.storage.evidence import EvidenceRepository
from services.claims.storage.evidence_requests import EvidenceRequestRepository
from services.claims.storage.facts import FactRepository
from services.claims.storage.figure_entries import FigureEntryRepository
from services.claims.storage.held_answers import HeldAnswerRepository
from services.claims.storage.inconsistencies import InconsistencyRepository
from services.claims.storage.investigations import InvestigationRepository
from services.claims.storage.known_acting import ActingProjection
from services.claims.storage.known_deaths import DeathProjection
from services.claims.storage.known_increases import IncreaseProjection
from services.claims.storage.known_persons import PersonProjection
from services.claims.storage.known_wages import WageProjection
from services.claims.storage.letters_waited_for import LettersWaitedForRepository
from services.claims.storage.loans import LoanRepository
from services.claims.storage.medical_authorisations import MedicalAuthorisationRepository
from services.claims.storage.medical_bills import MedicalBillRepository
from services.claims.storage.notices import NoticeRepository
from services.claims.storage.questions import QuestionRepository
from services.claims.storage.referral_offers import ReferralOfferRepository
from services.claims.storage.releases import ReleaseRepository
from services.claims.storage.straight_through import StraightThroughRepository
from services.claims.storage.whose import CLAIMS_OF, WHOSE
from shared.messages.repository import LetterRepository
from shared.messaging.consumer_store import ConsumerStore
from shared.persistence.following import FollowingUnit
from shared.persistence.law_entries import LawUnit
from shared.persistence.sampling import DrawRepository


class ClaimsUnitOfWork(FollowingUnit, LawUnit):
    """The common unit of work, with the repositories of claims."""

    whose = WHOSE
    hides = HIDDEN
    complains_of = OFFICER_OF
    claims_of = CLAIMS_OF

    @cached_property
    def claims(self) -> ClaimRepository:
        """Claims and their decisions."""
        return ClaimRepository(self.connection)

    @cached_property
    def draws(self) -> DrawRepository:
        """What auditors drew."""
        return DrawRepository(self.connection)

    @cached_property
    def audits(self) -> AuditRepository:
        """What auditors read."""
        return AuditRepository(self.connection)

    @cached_property
    def assessments(self) -> AssessmentRepository:
        """What assessments come to."""
        return AssessmentRepository(self.connection)

    @cached_property
    def buckets(self) -> BucketRepository:
        """Where claims stand."""
        return BucketRepository(self.connection)

    @cached_property
    def notices(self) -> NoticeRepository:
        """Notices that arrive."""
        return NoticeRepository(self.connection)

    @cached_property
    def questions(self) -> QuestionRepository:
        """How each question of a claim stands."""
        return QuestionRepository(self.connection)

    @cached_property
    def straight_through(self) -> StraightThroughRepository:
        """How much of what is asked was answered without people."""
        return StraightThroughRepository(self.connection)

    @cached_property
    def releases(self) -> ReleaseRepository:
        """Releases of the statute book, and what they touch."""
        return ReleaseRepository(self.connection)

    @cached_property
    def complaints(self) -> ComplaintRepository:
        """Complaints of parties."""
        return ComplaintRepository(self.connection)

    @cached_property
    def appeals(self) -> AppealRepository:
        """Appeals, and what would change what is appealed."""
        return AppealRepository(self.connection)

    @cached_property
    def charter_clocks(self) -> CharterClockRepository:
        """The client charter's clocks."""
        return CharterClockRepository(self.connection)

    @cached_property
    def evidence(self) -> EvidenceRepository:
        """What was stated of claims."""
        return EvidenceRepository(self.connection)

    @cached_property
    def facts(self) -> FactRepository:
        """All that a claim is assessed on."""
        return FactRepository(self.connection)

    @cached_property
    def known_persons(self) -> PersonProjection:
        """Persons, their spells and memberships, as registration published them."""
        return PersonProjection(self.connection)

    @cached_property
    def known_wages(self) -> WageProjection:
        """The wage history."""
        return WageProjection(self.connection)

    @cached_property
    def case_file(self) -> CaseFileProjection:
        """Payments and placements."""
        return CaseFileProjection(self.connection)

    @cached_property
    def held_answers(self) -> HeldAnswerRepository:
        """The answers that officers are asked to let stand."""
        return HeldAnswerRepository(self.connection)

    @cached_property
    def investigations(self) -> InvestigationRepository:
        """Investigations and interviews."""
        return InvestigationRepository(self.connection)

    @cached_property
    def inconsistencies(self) -> InconsistencyRepository:
        """What documents and people say, and what contradicts the notice."""
        return InconsistencyRepository(self.connection)

    @cached_property
    def board_sessions(self) -> BoardSessionRepository:
        """Sessions of medical boards."""
        return BoardSessionRepository(self.connection)

    @cached_property
    def board_cases(self) -> BoardCaseRepository:
        """Cases before medical boards."""
        return BoardCaseRepository(self.connection)

    @cached_property
    def evidence_requests(self) -> EvidenceRequestRepository:
        """What parties are asked for."""
        return EvidenceRequestRepository(self.connection)

    @cached_property
    def documents(self) -> DocumentRepository:
        """Documents of claims."""
        return DocumentRepository(self.connection)

    @cached_property
    def loans(self) -> LoanRepository:
        """By which records loans were lent."""
        return LoanRepository(self.connection)

    @cached_property
    def figure_entries(self) -> FigureEntryRepository:
        """What officers entered of the statute book's figures."""
        return FigureEntryRepository(self.connection)

    @cached_property
    def medical_authorisations(self) -> MedicalAuthorisationRepository:
        """Authorisations of treatment."""
        return MedicalAuthorisationRepository(self.connection)

    @cached_property
    def medical_bills(self) -> MedicalBillRepository:
        """Providers' bills for treatment."""
        return MedicalBillRepository(self.connection)

    @cached_property
    def letters(self) -> LetterRepository:
        """Letters to people, and what became of them."""
        return LetterRepository(self.connection)

    @cached_property
    def letters_waited_for(self) -> LettersWaitedForRepository:
        """Letters on which another service waits."""
        return LettersWaitedForRepository(self.connection)

    @cached_property
    def referral_offers(self) -> ReferralOfferRepository:
        """Offers of referrals to welfare and health."""
        return ReferralOfferRepository(self.connection)

    @cached_property
    def consumer_store(self) -> ConsumerStore:
        """Up to when a topic has arrived here."""
        return ConsumerStore(self.connection, self.service)

    @cached_property
    def known_acting(self) -> ActingProjection:
        """Who acts for whom, as benefits has it."""
        return ActingProjection(self.connection)

    @cached_property
    def known_deaths(self) -> DeathProjection:
        """The deaths that public registers stated, as registration published them."""
        return DeathProjection(self.connection)

    @cached_property
    def known_increases(self) -> IncreaseProjection:
        """Which orders raise benefits."""
        return IncreaseProjection(self.connection)
