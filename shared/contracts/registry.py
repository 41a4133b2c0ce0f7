"""Every event that exists, found by its CloudEvents type."""

from shared.contracts.accident_reported import AccidentReportedV1
from shared.contracts.benefit_paid import (
    BenefitInstructedV1,
    BenefitRecoveredV1,
    BenefitRepaymentCounteredV1,
    BenefitReturnedV1,
    BenefitSettledV1,
    BenefitsIncreasedV1,
    CertificateAskedV1,
    MoneyUnallocatedV1,
    PartyStatedV1,
    PayableInstructedV1,
    PayableRecoveredV1,
    PayableRepaymentCounteredV1,
    PayableReturnedV1,
    PayableSettledV1,
    RecoveryAgreedV1,
    RecoveryOpenedV1,
)
from shared.contracts.claim_assessed import ClaimAssessedV1, RehabilitationAdvisedV1
from shared.contracts.claims_matter import AppealStatedV1, CharterClockStatedV1, ComplaintStatedV1
from shared.contracts.contribution_received import (
    ContributionBankedV1,
    ContributionInterestV1,
    ContributionsReceivedV1,
    ContributionsTakenOverV1,
    ContributionTotalsV1,
)
from shared.contracts.envelope import Event
from shared.contracts.erasure_followed import (
    BenefitsErasureFollowedV1,
    ClaimsErasureFollowedV1,
    JobsErasureFollowedV1,
    RehabErasureFollowedV1,
)
from shared.contracts.job_placed import PlacementConfirmedV1, PlacementWithdrawnV1
from shared.contracts.law_figures import FigureEnteredV1
from shared.contracts.letter_told import LetterToldV1
from shared.contracts.payable_stated import (
    ClaimsPayableStatedV1,
    JobsPayableStatedV1,
    RegistrationPayableStatedV1,
    RehabPayableStatedV1,
)
from shared.contracts.person_erased import PersonErasedV1
from shared.contracts.referral_offered import ReferralAcceptedV1, ReferralEndedV1, ReferralOfferedV1
from shared.contracts.registration import (
    AssessmentStatedV1,
    CompoundStatedV1,
    EmployerRegisteredV1,
    EnforcementNoticeStatedV1,
    InspectionStatedV1,
    MembershipChangedV1,
    PeopleTakenOverV1,
    PersonHeldV1,
    PersonMergedV1,
    PersonRegisteredV1,
    PersonSplitV1,
    RelationEndedV1,
    RelationStatedV1,
    SchemeCoverStatedV1,
    SpellConfirmedV1,
    SpellEndedV1,
    SpellStartedV1,
)
from shared.contracts.rehab_admitted import PatientAdmittedV1
from shared.contracts.rehab_discharged import PatientDischargedV1

EVENTS: tuple[type[Event], ...] = (
    PersonRegisteredV1,
    EmployerRegisteredV1,
    SpellStartedV1,
    SpellEndedV1,
    SpellConfirmedV1,
    MembershipChangedV1,
    ContributionsReceivedV1,
    ContributionTotalsV1,
    ContributionBankedV1,
    ContributionInterestV1,
    RegistrationPayableStatedV1,
    AccidentReportedV1,
    ClaimAssessedV1,
    ClaimsPayableStatedV1,
    BenefitInstructedV1,
    BenefitSettledV1,
    BenefitReturnedV1,
    BenefitRecoveredV1,
    PayableInstructedV1,
    PayableSettledV1,
    PayableReturnedV1,
    PayableRecoveredV1,
    BenefitRepaymentCounteredV1,
    PayableRepaymentCounteredV1,
    RecoveryAgreedV1,
    MoneyUnallocatedV1,
    PatientAdmittedV1,
    PatientDischargedV1,
    RehabPayableStatedV1,
    PlacementConfirmedV1,
    PlacementWithdrawnV1,
    JobsPayableStatedV1,
    RelationStatedV1,
    RelationEndedV1,
    PeopleTakenOverV1,
    ContributionsTakenOverV1,
    PersonHeldV1,
    PersonMergedV1,
    PersonSplitV1,
    PersonErasedV1,
    InspectionStatedV1,
    EnforcementNoticeStatedV1,
    AssessmentStatedV1,
    CompoundStatedV1,
    ClaimsErasureFollowedV1,
    BenefitsErasureFollowedV1,
    RehabErasureFollowedV1,
    JobsErasureFollowedV1,
    PartyStatedV1,
    BenefitsIncreasedV1,
    CertificateAskedV1,
    RecoveryOpenedV1,
    LetterToldV1,
    RehabilitationAdvisedV1,
    FigureEnteredV1,
    ReferralOfferedV1,
    ReferralAcceptedV1,
    ReferralEndedV1,
    SchemeCoverStatedV1,
    AppealStatedV1,
    ComplaintStatedV1,
    CharterClockStatedV1,
)

BY_TYPE: dict[str, type[Event]] = {event.type(): event for event in EVENTS}
_TOPIC_OF_NAME = {event.name: event.topic.name for event in EVENTS}


class UnknownVersion(Exception):
    """A known event in a version that this release cannot read: the producer was released before its consumer."""

    def __init__(self, type_: str) -> None:
        super().__init__(f"{type_} is a version that this release does not know")
        self.type = type_


def event_class(type_: str) -> type[Event] | None:
    """The class of a type, None for a type this release does not know; raises UnknownVersion."""
    known = BY_TYPE.get(type_)
    if known is None and topic_of(type_) is not None:
        raise UnknownVersion(type_)
    return known


def topic_of(type_: str) -> str | None:
    """The topic of a type in whatever version, None for an event that this release does not know."""
    return _TOPIC_OF_NAME.get(name_of(type_))


def name_of(type_: str) -> str:
    """The event's name within its type: ``jaring.claim.assessed.v2`` is about ``claim.assessed``."""
    return type_.removeprefix("jaring.").rpartition(".v")[0]
