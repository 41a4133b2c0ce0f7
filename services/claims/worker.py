"""The worker process of claims: what it listens to and why, and what it leaves for later."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.claims.api.events import MODELS
from services.claims.commands.assess_claim import AssessClaim, assess_claim
from services.claims.commands.call_board_case_back import CallBoardCaseBack, call_board_case_back
from services.claims.commands.compare_entry import CompareEntry, compare_entry
from services.claims.commands.compare_particulars import CompareParticulars, compare_particulars
from services.claims.commands.find_flips import FindFlips, find_flips
from services.claims.commands.follow_acting import FollowActing, follow_acting
from services.claims.commands.follow_appeal import FollowAppeal, following_appeals
from services.claims.commands.follow_board_case import FollowBoardCase, follow_board_case
from services.claims.commands.follow_board_session import FollowBoardSession, follow_board_session
from services.claims.commands.follow_charter import FollowCharter, follow_charter
from services.claims.commands.follow_complaint import FollowComplaint, following_complaints
from services.claims.commands.follow_evidence_request import FollowEvidenceRequest, follow_evidence_request
from services.claims.commands.follow_medical_authorisation import (
    FollowMedicalAuthorisation,
    follow_medical_authorisation,
)
from services.claims.commands.follow_person import FollowPerson, follow_person
from services.claims.commands.forget_person import FOLLOWER, ForgetPerson, forget_person
from services.claims.commands.reask_claims import ReaskClaims, reasking
from services.claims.commands.recall_claims import RecallClaims, recall_claims
from services.claims.commands.recall_figures import RecallFigures, recall_figures
from services.claims.commands.recall_matters import RecallMatters, recalling_matters
from services.claims.commands.republish_claims import RepublishClaims, republish_claims
from services.claims.commands.republish_letters import RepublishLetters, republish_letters
from services.claims.commands.republish_matters import RepublishMatters, republishing_matters
from services.claims.commands.republish_medical_bills import RepublishMedicalBills, republish_medical_bills
from services.claims.commands.settle_bills_of_person import SettleBillsOfPerson, settle_bills_of_person
from services.claims.commands.settle_medical_bill import SettleMedicalBill, settle_medical_bill
from services.claims.commands.submit_notice import SubmitNotice
from services.claims.commands.take_notice import TakeNotice, take_notice
from services.claims.commands.tell_of_letter import follow_and_tell
from services.claims.commands.write_board_invitation import WriteBoardInvitation, write_board_invitation
from services.claims.commands.write_letters import WriteLetters, write_letters
from services.claims.commands.write_medical_bill_letter import WriteMedicalBillLetter, write_medical_bill_letter
from services.claims.commands.write_payment_advice import WritePaymentAdvice, write_payment_advice
from services.claims.commands.write_recovery_letter import WriteRecoveryLetter, write_recovery_letter
from services.claims.consumers import (
    benefit_paid,
    contribution_received,
    job_placed,
    registration,
    rehab_discharged,
)
from services.claims.schedules.law import law
from services.claims.schedules.resealing import resealing
from services.claims.schedules.retention import retention
from services.claims.settings import ClaimsSettings
from services.claims.storage.appeals import APPEALS
from services.claims.storage.buckets import BUCKETS
from services.claims.storage.charter_clocks import CLOCKS
from services.claims.storage.control_totals import CONTROL_TOTALS
from services.claims.storage.medical_authorisations import AUTHORISATIONS
from services.claims.storage.questions import OPEN
from services.claims.storage.referral_offers import OFFERS
from services.claims.storage.releases import LEFT
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import Event
from shared.inbound.event import Outcome
from shared.inbound.handling import (
    HandleInbound,
    InboundCommand,
    ResumeInbound,
    handling,
    one_by_one,
    resume_inbound,
)
from shared.inbound.intake import Intake
from shared.inbound.keys import InboundKeys, Sealing
from shared.messages.counts import UNSENT
from shared.messages.following import FollowMessage
from shared.messages.gateway import Gateway
from shared.messaging.restore import Recall
from shared.messaging.subscription import Subscription
from shared.persistence.following import RepublishErasures
from shared.persistence.resealing import DONE
from shared.persistence.resealing import LEFT as TABLES_LEFT
from shared.process.worker import Work, serve
from shared.scheduling.runner import DueCommand
from shared.security.fields import FieldCipher
from shared.telemetry import metrics

SUBSCRIPTIONS: list[Subscription[ClaimsUnitOfWork]] = [
    # Who a person is, who employed them, what they were covered by on the day.
    Subscription("registration", apply=registration.apply),
    # The wage history that a benefit is rated by.
    Subscription("contribution.received", apply=contribution_received.apply),
    # A final certificate ends temporary disablement.
    Subscription("rehab.discharged", handle=rehab_discharged.handle),
    # Work that was found, and money that was paid: for the file. Of money, and of what payees are asked, letters.
    Subscription("job.placed", apply=job_placed.apply),
    Subscription("benefit.paid", apply=benefit_paid.apply, handle=benefit_paid.handle),
    # What registration keeps of nobody any more is kept here no longer either.
    Subscription("person.erased", apply=FOLLOWER.apply),
]

DUE: list[DueCommand[ClaimsUnitOfWork]] = [
    DueCommand(AssessClaim, assess_claim),
    # Numbers of a person were merged or split.
    DueCommand(FollowPerson, follow_person),
    DueCommand(RepublishClaims, republish_claims),
    # What a partner pushed waits no longer.
    DueCommand(ResumeInbound, resume_inbound),
    # A person was erased, or nothing of it is open any more.
    DueCommand(ForgetPerson, forget_person),
    # A document, somebody who was heard or another notice may contradict a notice.
    DueCommand(CompareParticulars, compare_particulars),
    # People are asked about a case before a board, or a session of it; a provisional assessment ends.
    DueCommand(FollowBoardCase, follow_board_case),
    DueCommand(FollowBoardSession, follow_board_session),
    DueCommand(CallBoardCaseBack, call_board_case_back),
    # With all else that is republished.
    DueCommand(RepublishErasures, FOLLOWER.republish),
    # What a party was asked for is reminded, and late.
    DueCommand(FollowEvidenceRequest, follow_evidence_request),
    # People are told what was decided and paid.
    DueCommand(WriteLetters, write_letters),
    DueCommand(WritePaymentAdvice, write_payment_advice),
    DueCommand(WriteBoardInvitation, write_board_invitation),
    # A guardian's or a representative's term begins or has ended.
    DueCommand(FollowActing, follow_acting),
    # What would change what an appeal is of is asked of the law.
    DueCommand(FindFlips, find_flips),
    # The client charter's days are over, or nearly.
    DueCommand(FollowCharter, follow_charter),
    DueCommand(FollowMessage, follow_and_tell),
    # What is to come back of a benefit is told once the decision is by which it is.
    DueCommand(WriteRecoveryLetter, write_recovery_letter),
    DueCommand(RepublishLetters, republish_letters),
    # Whose treatment a hospital asks about, and which scheme bears it; and what is owed for it.
    DueCommand(FollowMedicalAuthorisation, follow_medical_authorisation),
    DueCommand(SettleMedicalBill, settle_medical_bill),
    DueCommand(SettleBillsOfPerson, settle_bills_of_person),
    DueCommand(WriteMedicalBillLetter, write_medical_bill_letter),
    DueCommand(RepublishMedicalBills, republish_medical_bills),
    # Two officers let something be law from now on.
    DueCommand(CompareEntry, compare_entry),
]


async def _notice(notice: SubmitNotice, received_on: date, uow: ClaimsUnitOfWork) -> Outcome:
    return await take_notice(TakeNotice(notice, received_on), uow)


# What partners push to claims, and the command that takes it.
INBOUND: list[InboundCommand[ClaimsUnitOfWork]] = [
    InboundCommand("accident.happened", SubmitNotice, one_by_one(_notice)),
    InboundCommand("medical.certificate.issued", SubmitNotice, one_by_one(_notice)),
]


def recalling(cipher: FieldCipher) -> Recall[ClaimsUnitOfWork]:
    """What claims published is known again after a restore."""
    recall_matters = recalling_matters(cipher)

    async def recall(events: Sequence[Event], uow: ClaimsUnitOfWork) -> None:
        await recall_figures(RecallFigures(events), uow)
        await recall_claims(RecallClaims(events), uow)
        # Of claims that are known by then.
        await recall_matters(RecallMatters(events), uow)
        await FOLLOWER.recall(events, uow)

    return recall


def work(settings: ClaimsSettings) -> Work[ClaimsUnitOfWork]:
    """All that the worker does."""
    # What is kept of an event names nobody: ids and names are tokens by then.
    keys = InboundKeys.of(settings.id_token_key, settings.id_token_key, None)
    return Work(
        unit=ClaimsUnitOfWork,
        subscriptions=SUBSCRIPTIONS,
        due=[
            *DUE,
            DueCommand(ReaskClaims, reasking(settings.reasked_a_second)),
            DueCommand(HandleInbound, handling(INBOUND, Sealing(None))),
            # A complaint waits for its answer, or has one; an appeal is at its next step. Both are published.
            DueCommand(FollowComplaint, following_complaints(settings.cipher())),
            DueCommand(FollowAppeal, following_appeals(settings.cipher())),
            DueCommand(RepublishMatters, republishing_matters(settings.cipher())),
        ],
        schedules=[
            law(timedelta(seconds=settings.law_looked_at_every_seconds)),
            # What is sealed is put under the current key.
            resealing(settings.cipher()),
            # What no erasure would find is let go of by its age.
            retention(),
        ],
        recall=recalling(settings.cipher()),
        control_totals=CONTROL_TOTALS,
        intake=Intake(MODELS, keys),
        counts=[
            (metrics.CLAIMS_TO_ASK_AGAIN, LEFT),
            (metrics.RESEALING_TABLES_LEFT, TABLES_LEFT),
            (metrics.RESEALED_ROWS, DONE),
        ],
        gateway=_gateway(settings),
        groups=[
            ((metrics.CLAIMS, metrics.CLAIMS_OLDEST_SECONDS), BUCKETS),
            ((metrics.OPEN_QUESTIONS, metrics.OPEN_QUESTIONS_OLDEST_SECONDS), OPEN),
            ((metrics.MESSAGES_UNSENT, metrics.MESSAGES_UNSENT_OLDEST_SECONDS), UNSENT),
            ((metrics.CHARTER_CLOCKS,), CLOCKS),
            ((metrics.APPEALS, metrics.APPEALS_OLDEST_SECONDS), APPEALS),
            ((metrics.REFERRAL_OFFERS, metrics.REFERRAL_OFFERS_OLDEST_SECONDS), OFFERS),
            ((metrics.MEDICAL_AUTHORISATIONS, metrics.MEDICAL_AUTHORISATIONS_OLDEST_SECONDS), AUTHORISATIONS),
        ],
    )


def _gateway(settings: ClaimsSettings) -> Gateway | None:
    if not settings.gateway_url or settings.gateway_key is None:
        return None
    return Gateway(settings.gateway_url, settings.gateway_key, settings.service)


if __name__ == "__main__":
    settings = ClaimsSettings()
    serve(settings, work(settings))
