"""The worker process of registration: the relay, what requests leave for later, and what partners push by Kafka."""

from collections.abc import Sequence
from datetime import date

from services.registration.api.events import MODELS
from services.registration.commands.allocate_receipt import AllocateReceipt, allocate_receipt
from services.registration.commands.apply_register_statement import ApplyRegisterStatement, apply_register_statement
from services.registration.commands.ask_about_pass import AskAboutPass, ask_about_pass
from services.registration.commands.ask_of_correction import AskOfCorrection, ask_of_correction
from services.registration.commands.ask_of_cover_payment import AskOfCoverPayment, ask_of_cover_payment
from services.registration.commands.ask_of_employer import AskOfEmployer, ask_of_employer
from services.registration.commands.ask_of_erasure import AskOfErasure, ask_of_erasure
from services.registration.commands.ask_of_spell_correction import AskOfSpellCorrection, ask_of_spell_correction
from services.registration.commands.assign_stated import AssignStated, assign_stated
from services.registration.commands.check_opening import CheckOpening, check_opening
from services.registration.commands.confirm_spell import ConfirmSpell, confirm_spell
from services.registration.commands.counter_receipt import CounterReceipt, counter_receipt
from services.registration.commands.derive_membership import DeriveAgain, derive_again
from services.registration.commands.erase_expired import EraseExpiredAfter, erase_expired_after
from services.registration.commands.erase_late_files import EraseLateFiles, erase_late_files
from services.registration.commands.erase_person import ErasePerson, erase_person
from services.registration.commands.follow_enforcement import FollowEnforcement, follow_enforcement
from services.registration.commands.forget_record_class import ForgetRecordClass, forget_record_class
from services.registration.commands.help_with_contribution_file import (
    HelpWithContributionFile,
    help_with_contribution_file,
)
from services.registration.commands.index_names import IndexNames, index_names
from services.registration.commands.let_go_of_hold import LetGoOfHold, let_go_of_hold
from services.registration.commands.load_opening import LoadOpening, load_opening
from services.registration.commands.look_for_alike import LookForAlike, look_for_alike
from services.registration.commands.process_contribution_archive import (
    ProcessContributionArchive,
    process_contribution_archive,
)
from services.registration.commands.process_contribution_file import (
    ProcessContributionFile,
    process_contribution_file,
)
from services.registration.commands.process_contribution_files import (
    ProcessContributionFiles,
    process_contribution_files,
)
from services.registration.commands.recall_registration import RecallRegistration, recall_registration
from services.registration.commands.republish_registration import RepublishRegistration, republish_registration
from services.registration.commands.review_account import ReviewAccount, review_account
from services.registration.commands.review_identity import ReviewIdentity, review_identity
from services.registration.commands.review_posted_lines import ReviewPostedLines, review_posted_lines
from services.registration.commands.review_refund import ReviewRefund, review_refund
from services.registration.commands.review_released_lines import ReviewReleasedLines, review_released_lines
from services.registration.commands.state_of_employer import DeriveEmployer, derive_employer
from services.registration.commands.take_bank_statement import TakeBankStatement, take_bank_statement
from services.registration.commands.take_hire import TakeHire, take_hire
from services.registration.commands.take_leaving import DayBounds, TakeLeaving, take_leaving
from services.registration.commands.take_wages import PaidWage, take_pushed_wages
from services.registration.consumers import claim_assessed
from services.registration.consumers import erasure as erasure_followed
from services.registration.schedules.arrears_run import arrears_run
from services.registration.schedules.erasure import erasure
from services.registration.schedules.resealing import resealing
from services.registration.schedules.retention import retention
from services.registration.schedules.upload_clean_up import upload_clean_up
from services.registration.settings import RegistrationSettings
from services.registration.storage.contribution_files import held_back
from services.registration.storage.control_totals import CONTROL_TOTALS
from services.registration.storage.keys import Keys
from services.registration.storage.receipts import FOR_OFFICERS
from services.registration.storage.unit_of_work import RegistrationUnitOfWork, unit_with
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
from shared.inbound.keys import Sealing
from shared.messaging.subscription import Subscription
from shared.persistence.asked import Asked
from shared.persistence.law_entries import apply_entries
from shared.persistence.resealing import DONE, LEFT
from shared.process.worker import Work, serve
from shared.scheduling.runner import DueCommand, Schedule
from shared.telemetry import metrics

SUBSCRIPTIONS: list[Subscription[RegistrationUnitOfWork]] = [
    # A claim that is open holds an erasure back, and what is owed is an entry that the law keeps.
    Subscription("claim.assessed", apply=claim_assessed.apply),
    # Which services have forgotten a person stands in the certificate, and what comes first in which.
    Subscription("claims.erasure", apply=erasure_followed.apply),
    Subscription("benefits.erasure", apply=erasure_followed.apply),
    Subscription("rehab.erasure", apply=erasure_followed.apply),
    Subscription("jobs.erasure", apply=erasure_followed.apply),
    # What officers enter into the statute book: public holidays, by which days of grace move.
    Subscription("law.figures", apply=apply_entries),
]


# A file more costs such a transaction its lines and little else (decision 82).
FILES_AT_ONCE = 128


async def _process_together(
    asked: Sequence[Asked[ProcessContributionFile]], uow: RegistrationUnitOfWork
) -> list[Asked[ProcessContributionFile]]:
    return await process_contribution_files(ProcessContributionFiles(asked), uow)


DUE: list[DueCommand[RegistrationUnitOfWork]] = [
    # An upload is answered at once; its lines are checked and stored here. Employers post theirs one by one.
    DueCommand(ProcessContributionFile, process_contribution_file, _process_together, FILES_AT_ONCE, gathered=True),
    # An archive is answered at once; its members become files here.
    DueCommand(ProcessContributionArchive, process_contribution_archive),
    # What the bank received is of the funds that were declared, when a file has declared it.
    DueCommand(AllocateReceipt, allocate_receipt),
    # Two officers found a receipt wrong.
    DueCommand(CounterReceipt, counter_receipt),
    # A spell may be registered after its contributions have come.
    DueCommand(ConfirmSpell, confirm_spell),
    # What was stated comes back after a restore, more of the law is known, or a release adds a scheme.
    DueCommand(DeriveAgain, derive_again),
    # Lines were changed, a refund is claimed, or what is known as banked changes.
    DueCommand(ReviewRefund, review_refund),
    # Somebody is released from SKBBK, or is not any more.
    DueCommand(ReviewReleasedLines, review_released_lines),
    # A party states something of a person that officers let count.
    DueCommand(AskOfCorrection, ask_of_correction),
    # Who was registered looks like somebody else, or its birth is not the one in its id.
    DueCommand(ReviewIdentity, review_identity),
    # Lines were posted before a birth or a residence was corrected.
    DueCommand(ReviewPostedLines, review_posted_lines),
    # Names of before people were found by them.
    DueCommand(IndexNames, index_names),
    # An employer's month is paid, declared otherwise, charged by the run of a month, or its waiver is claimed.
    DueCommand(ReviewAccount, review_account),
    # A message of the bank is answered at once; its credits are kept and matched here.
    DueCommand(TakeBankStatement, take_bank_statement),
    # A public register stated something, or two officers found whom it is about.
    DueCommand(ApplyRegisterStatement, apply_register_statement),
    # A party states a spell otherwise than it stands.
    DueCommand(AskOfSpellCorrection, ask_of_spell_correction),
    # The pass of a foreign worker ended, or an employment of one whose pass has ended began or ended.
    DueCommand(AskAboutPass, ask_about_pass),
    # A party states something of an employer that officers let count.
    DueCommand(AskOfEmployer, ask_of_employer),
    # Another service rebuilds its projections.
    DueCommand(RepublishRegistration, republish_registration),
    # What an employer pushed and waits has what it needs, or its time is over.
    DueCommand(ResumeInbound, resume_inbound),
    # A file of an earlier system's register is answered at once; its pieces are checked here.
    DueCommand(CheckOpening, check_opening),
    # Two officers released it.
    DueCommand(LoadOpening, load_opening),
    # People came with it.
    DueCommand(LookForAlike, look_for_alike),
    # What a split says is the other one's is the worker's to carry: lines are written by it alone.
    DueCommand(AssignStated, assign_stated),
    # A restore lost what two officers were asked.
    DueCommand(LetGoOfHold, let_go_of_hold),
    # The time of a notice, an objection or a compound is over, a compound is paid, or officers decided.
    DueCommand(FollowEnforcement, follow_enforcement),
    # A person asked that what is kept of it be erased.
    DueCommand(AskOfErasure, ask_of_erasure),
    # A payment for cover was reported late, or is said to be none.
    DueCommand(AskOfCoverPayment, ask_of_cover_payment),
    # Two officers granted an erasure, what postponed it may be over, or its time has come.
    DueCommand(ErasePerson, erase_person),
    # A file in pieces was begun: each lane takes pieces of it.
    DueCommand(HelpWithContributionFile, help_with_contribution_file),
    # On a day on which something that was stated of an employer begins, or is over.
    DueCommand(DeriveEmployer, derive_employer),
    # The timer of erasure found more people than it looks at at once.
    DueCommand(EraseExpiredAfter, erase_expired_after),
    # A file was being worked off while somebody was erased whom it names.
    DueCommand(EraseLateFiles, erase_late_files),
    # What was kept long enough, class by class.
    DueCommand(ForgetRecordClass, forget_record_class),
]


def inbound(settings: RegistrationSettings) -> list[InboundCommand[RegistrationUnitOfWork]]:
    """What partners push to registration, and the command that takes it."""
    bounds = DayBounds(settings.days_ahead, settings.days_back)

    async def hire(command: TakeHire, received_on: date, uow: RegistrationUnitOfWork) -> Outcome:
        return await take_hire(command, received_on, bounds.ahead, uow)

    async def leaving(command: TakeLeaving, received_on: date, uow: RegistrationUnitOfWork) -> Outcome:
        return await take_leaving(command, received_on, bounds, uow)

    return [
        InboundCommand("employee.hired", TakeHire, one_by_one(hire)),
        InboundCommand("employee.left", TakeLeaving, one_by_one(leaving)),
        InboundCommand("wage.paid", PaidWage, take_pushed_wages),
    ]


def _handled(settings: RegistrationSettings, sealing: Sealing) -> DueCommand[RegistrationUnitOfWork]:
    """What an employer pushes is worked off by its kinds: lines may be taken after people are held."""
    handle = handling(inbound(settings), sealing)

    async def handle_inbound(command: HandleInbound, uow: RegistrationUnitOfWork) -> None:
        await uow.contribution_lines.wait_for_loads()
        await handle(command, uow)

    return DueCommand(HandleInbound, handle_inbound)


# Of what is not paid, interest is charged once a month; uploads that nobody goes on with are let go of, and so is what
# was kept long enough, also of people; what stands under another key is put under the current one.
SCHEDULES: list[Schedule[RegistrationUnitOfWork]] = [
    *(arrears_run(), upload_clean_up(), retention(), resealing(), erasure()),
]


async def recall(events: Sequence[Event], uow: RegistrationUnitOfWork) -> None:
    """What registration published is known again after a restore."""
    await recall_registration(RecallRegistration(events), uow)


def work(settings: RegistrationSettings) -> Work[RegistrationUnitOfWork]:
    """The tables of the worker, with the keys by which it reads uploads and finds the people named in them."""
    keys = Keys.of_settings(settings)
    # A file that is not through holds the watermark back to its receipt: its lines are facts of that moment.
    bound = unit_with(keys, sandbox=settings.sandbox)
    groups = [((metrics.WAITING_FOR_OFFICERS, metrics.WAITING_FOR_OFFICERS_OLDEST_SECONDS), FOR_OFFICERS)]
    due = [*DUE, _handled(settings, keys.inbound.sealing)]
    # And an event of its topic is read as one over REST is.
    intake = Intake(MODELS, keys.inbound)
    return Work(
        bound,
        SUBSCRIPTIONS,
        due,
        SCHEDULES,
        held_back=held_back,
        recall=recall,
        counts=[(metrics.RESEALING_TABLES_LEFT, LEFT), (metrics.RESEALED_ROWS, DONE)],
        groups=groups,
        control_totals=CONTROL_TOTALS,
        intake=intake,
    )


if __name__ == "__main__":
    settings = RegistrationSettings()
    serve(settings, work(settings))
