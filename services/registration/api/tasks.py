"""What of registration people decide: what may be proposed in each queue, and the command that an approval runs."""

from functools import partial
from typing import Literal
from uuid import UUID

from pydantic import Field

from services.registration.api.dependencies import unit
from services.registration.commands.ask_about_merge import state_of_merge
from services.registration.commands.ask_for_relation import state_of_relation_statement
from services.registration.commands.ask_of_correction import state_of_correction
from services.registration.commands.ask_of_cover_payment import state_of_cover_payment
from services.registration.commands.ask_of_employer import state_of_employer_statement
from services.registration.commands.ask_of_spell_correction import state_of_spell_correction
from services.registration.commands.decide_assessment import DecideAssessment, decide_assessment
from services.registration.commands.decide_compound import CompoundAct, DecideCompound, decide_compound
from services.registration.commands.decide_correction import DecideCorrection, decide_correction
from services.registration.commands.decide_cover_payment import DecideCoverPayment, decide_cover_payment
from services.registration.commands.decide_credit import DecideCredit, decide_credit
from services.registration.commands.decide_duplicate import DecideDuplicate, decide_duplicate
from services.registration.commands.decide_employer_statement import (
    DecideEmployerStatement,
    decide_employer_statement,
)
from services.registration.commands.decide_erasure import DecideErasure, decide_erasure
from services.registration.commands.decide_interest import DecideInterest, decide_interest
from services.registration.commands.decide_merge import DecideMerge, decide_merge
from services.registration.commands.decide_notice import DecideNotice, decide_notice
from services.registration.commands.decide_opening import DecideOpening, decide_opening
from services.registration.commands.decide_pass import DecidePass, decide_pass
from services.registration.commands.decide_refund import DecideRefund, decide_refund
from services.registration.commands.decide_register_statement import (
    DecideRegisterStatement,
    decide_register_statement,
)
from services.registration.commands.decide_relation import DecideRelation, decide_relation
from services.registration.commands.decide_spell_correction import DecideSpellCorrection, decide_spell_correction
from services.registration.commands.decide_spell_statement import DecideSpellStatement, decide_spell_statement
from services.registration.commands.drop_contribution_file import DropContributionFile, drop_contribution_file
from services.registration.domain import queues, subjects
from services.registration.domain.cover_payment import PaymentFound
from services.registration.domain.duplicate import Verdict
from services.registration.domain.enforcement import ASSESSMENT, COMPOUND, NOTICE
from services.registration.domain.errors import EnforcementNotOpen
from services.registration.domain.person_merge import MergeWhat
from services.registration.domain.relation import RelationAnswer
from services.registration.queries.accounts import find_state_of_interest
from services.registration.queries.bank_statements import find_state_of_credit
from services.registration.queries.contribution_files import find_state_of_file
from services.registration.queries.enforcement import find_state_of_enforcement
from services.registration.queries.erasures import find_state_of_erasure
from services.registration.queries.foreign_pass import find_state_of_foreign_pass
from services.registration.queries.opening_files import find_state_of_opening_file
from services.registration.queries.person_facts import find_state_of_possible_duplicate
from services.registration.queries.refunds import find_state_of_refund
from services.registration.queries.register_statements import find_state_of_register_statement
from services.registration.queries.spell_statements import find_state_of_spell_statement
from shared.kernel.identifiers import employer_number, person_number
from shared.kernel.periods import Month
from shared.kernel.subjects import Subject
from shared.tasks.queues import Approved, Choice, Proposal, Queues, answers
from shared.tasks.router import task_router
from shared.web.fields import DocumentNumber
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, StatedMoney, examples


class RefundDue(Proposal):
    """That what was declared too much for a month is refunded, as far as it was paid; nobody types what is due."""

    model_config = examples(
        {"kind": "refund_due", "paid": {"amount": "12345.60", "currency": "MYR"}}, {"kind": "refund_due"}
    )

    kind: Literal["refund_due"]
    paid: StatedMoney | None = Field(
        default=None,
        description="What the employer paid for the whole month, to all funds, as the receipts show. Needed where "
        "it is not known what was banked; otherwise the lower of both counts.",
    )

    def command(self, approved: Approved) -> DecideRefund:
        """As a command, on the word of both officers."""
        paid_sen = None if self.paid is None else self.paid.sen
        return DecideRefund(subjects.month_of_refund(approved.subject), paid_sen, approved.officers)


class CreditMatched(Proposal):
    """That money on the account is an employer's, for a wage month."""

    model_config = examples({"kind": "credit_matched", "employer": "E0000000076", "month": "2026-07"})

    kind: Literal["credit_matched"]
    employer: EmployerId
    month: str = Field(
        min_length=7,
        max_length=7,
        pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        description="The wage month for which it was paid.",
        examples=["2026-07"],
    )

    def command(self, approved: Approved) -> DecideCredit:
        """As a command, on the word of both officers; raises PublicIdInvalid."""
        whose = (employer_number(self.employer), Month.of(self.month))
        return DecideCredit(subjects.credit_of(approved.subject), approved.officers, whose)


class CreditPaysCompound(Proposal):
    """That money on the account is the payment of a compound."""

    model_config = examples({"kind": "credit_pays_compound", "compound": "019c0f6e-1111-7000-8000-00000000000a"})

    kind: Literal["credit_pays_compound"]
    compound: UUID

    def command(self, approved: Approved) -> DecideCredit:
        """As a command, on the word of both officers."""
        return DecideCredit(subjects.credit_of(approved.subject), approved.officers, compound=self.compound)


class CreditSetAside(Proposal):
    """That money on the account is no contribution; it stays shown as unallocated."""

    model_config = examples({"kind": "credit_set_aside", "evidence": "KB-2026-0193"})

    kind: Literal["credit_set_aside"]
    evidence: DocumentNumber

    def command(self, approved: Approved) -> DecideCredit:
        """As a command, on the word of both officers."""
        return DecideCredit(subjects.credit_of(approved.subject), approved.officers, evidence=self.evidence)


class RelationStands(Proposal):
    """That a family relation began, ended or never was, as it is stated."""

    model_config = examples({"kind": "relation_stands"}, {"kind": "relation_stands", "permission": "MS-2026-0193"})

    kind: Literal["relation_stands"]
    permission: DocumentNumber | None = Field(
        default=None,
        description="The court's document that permits a marriage. Needed where another one runs on some of its days.",
    )

    def command(self, approved: Approved) -> DecideRelation:
        """As a command, on the word of both officers."""
        statement = subjects.statement_of_relation(approved.subject)
        return DecideRelation(statement, RelationAnswer.APPROVED, approved.officers, self.permission)


class RegisterStatementApplies(Proposal):
    """That a register's statement is so, and whom it is about."""

    model_config = examples({"kind": "register_statement_applies", "persons": ["P000000012T", None]})

    kind: Literal["register_statement_applies"]
    persons: list[PersonId | None] = Field(
        max_length=2, description="In the order in which the statement names them; null for who is not registered."
    )

    def command(self, approved: Approved) -> DecideRegisterStatement:
        """As a command, on the word of both officers."""
        about = tuple(None if each is None else person_number(each) for each in self.persons)
        return DecideRegisterStatement(subjects.statement_of_register(approved.subject), about, approved.officers)


class PassRenewed(Proposal):
    """That a foreign worker has a new pass."""

    model_config = examples({"kind": "pass_renewed", "evidence": "PLKS-2026-0193"})

    kind: Literal["pass_renewed"]
    evidence: DocumentNumber

    def command(self, approved: Approved) -> DecidePass:
        """As a command, on the word of both officers."""
        return DecidePass(subjects.person_of_pass(approved.subject), self.evidence, approved.officers)


class MergeKept(In):
    """Whose fact is kept where both numbers are known otherwise: one of the two, by attribute."""

    name: PersonId | None = None
    born_on: PersonId | None = None
    residence: PersonId | None = None
    address: PersonId | None = None
    died_on: PersonId | None = None
    pass_ended_on: PersonId | None = None
    email: PersonId | None = None
    telephone: PersonId | None = None

    def numbers(self) -> dict[str, int]:
        """Those that are said; raises PublicIdInvalid."""
        said = self.model_dump(exclude_none=True)
        return {attribute: person_number(number) for attribute, number in said.items()}


class PersonsMerge(Proposal):
    """That two numbers are one person's: the survivor is known by its own facts where nothing else is said."""

    model_config = examples(
        {
            "kind": "persons_merge",
            "keep": {
                "name": "P000000012T",
                "born_on": "P000000021R",
                "residence": "P000000012T",
                "address": "P000000012T",
                "died_on": "P000000021R",
                "pass_ended_on": "P000000021R",
                "email": "P000000012T",
                "telephone": "P000000012T",
            },
        },
        {"kind": "persons_merge"},
    )

    kind: Literal["persons_merge"]
    keep: MergeKept = Field(
        default_factory=MergeKept, description="Needed for each attribute that the statement lists as different."
    )

    def command(self, approved: Approved) -> DecideMerge:
        """As a command, on the word of both officers."""
        statement = subjects.statement_of_merge(approved.subject)
        return DecideMerge(statement, MergeWhat.MERGE, approved.officers, self.keep.numbers())


class FileClosed(Proposal):
    """That a file which could not be worked off is closed: nothing of it counts, and what came after it goes on."""

    model_config = examples({"kind": "file_closed"})

    kind: Literal["file_closed"]

    def command(self, approved: Approved) -> DropContributionFile:
        """As a command, on the word of both officers."""
        return DropContributionFile(subjects.file_of(approved.subject), approved.officers)


def _enforced(matter: str, subject: Subject) -> UUID:
    """The notice, the assessment or the compound; raises EnforcementNotOpen where the task is about another matter."""
    of, id_ = subjects.matter_of(subject)
    if of != matter:
        raise EnforcementNotOpen(facts={"matter": of})
    return id_


_COMPOUND = partial(_enforced, COMPOUND)


class ProsecutionFiled(Proposal):
    """That the offence of a compound that was not paid is before a court."""

    model_config = examples({"kind": "prosecution_filed", "evidence": "MS-2026-0193"})

    kind: Literal["prosecution_filed"]
    evidence: DocumentNumber

    def command(self, approved: Approved) -> DecideCompound:
        """As a command, on the word of both officers; raises EnforcementNotOpen."""
        return DecideCompound(_COMPOUND(approved.subject), CompoundAct.PROSECUTE, approved.officers, self.evidence)


class CompoundWithdrawn(Proposal):
    """That a compound that was not paid is withdrawn, and nobody is prosecuted for it."""

    model_config = examples({"kind": "compound_withdrawn", "evidence": "KB-2026-0193"})

    kind: Literal["compound_withdrawn"]
    evidence: DocumentNumber

    def command(self, approved: Approved) -> DecideCompound:
        """As a command, on the word of both officers; raises EnforcementNotOpen."""
        return DecideCompound(_COMPOUND(approved.subject), CompoundAct.WITHDRAW, approved.officers, self.evidence)


class SurplusReturned(Proposal):
    """That what was paid of a compound beyond its amount was returned to whoever paid it."""

    model_config = examples({"kind": "surplus_returned", "evidence": "BP-2026-0193"})

    kind: Literal["surplus_returned"]
    evidence: DocumentNumber

    def command(self, approved: Approved) -> DecideCompound:
        """As a command, on the word of both officers; raises EnforcementNotOpen."""
        return DecideCompound(_COMPOUND(approved.subject), CompoundAct.RETURN_SURPLUS, approved.officers, self.evidence)


class LatePaymentShown(Proposal):
    """That a payment for cover was made when the agent says, by its proof: the time before the report counts."""

    model_config = examples({"kind": "late_payment_shown", "evidence": "R-2026-0193"})

    kind: Literal["late_payment_shown"]
    evidence: DocumentNumber

    def command(self, approved: Approved) -> DecideCoverPayment:
        """As a command, on the word of both officers."""
        payment = subjects.payment_of_cover(approved.subject)
        return DecideCoverPayment(payment, PaymentFound.PAID_AS_REPORTED, approved.officers, self.evidence)


QUEUES = Queues(
    "registration",
    queues.ALL,
    [
        Choice(queues.REFUND, RefundDue, DecideRefund, decide_refund),
        *answers(
            queues.REFUND,
            DecideRefund,
            decide_refund,
            subjects.month_of_refund,
            refund_not_paid=(0, "That nothing of it was paid: what stands as refunded is withdrawn."),
        ),
        *answers(
            queues.PERSON_CORRECTION,
            DecideCorrection,
            decide_correction,
            subjects.correction_of,
            correction_counts=(True, "That what was stated of the person is so."),
            correction_refused=(False, "That it is not: what is known of the person stays."),
        ),
        *answers(
            queues.DUPLICATE_PERSON,
            DecideDuplicate,
            decide_duplicate,
            subjects.pair_of,
            different_persons=(Verdict.DIFFERENT_PERSONS, "That the two numbers are two people's."),
            same_person=(Verdict.SAME_PERSON, "That they are one person's."),
        ),
        *answers(
            queues.INTEREST,
            DecideInterest,
            decide_interest,
            subjects.month_of_interest,
            interest_waived=(
                True,
                "That all that is charged by now of a month's interest is waived; what is charged later is not.",
            ),
            interest_stands=(False, "That the interest of a month stands as it is charged."),
        ),
        Choice(queues.BANK_CREDIT, CreditMatched, DecideCredit, decide_credit),
        Choice(queues.BANK_CREDIT, CreditSetAside, DecideCredit, decide_credit),
        *answers(
            queues.SPELL_STATEMENT,
            DecideSpellStatement,
            decide_spell_statement,
            subjects.statement_of_subject,
            spell_as_stated=(True, "That the spell starts or ends as the contribution file says."),
            spell_as_it_stands=(
                False,
                "That the spell stays as it stands, whatever the contribution file says.",
            ),
        ),
        Choice(queues.FAMILY_RELATION, RelationStands, DecideRelation, decide_relation),
        *answers(
            queues.FAMILY_RELATION,
            DecideRelation,
            decide_relation,
            subjects.statement_of_relation,
            relation_dismissed=(
                RelationAnswer.DISMISSED,
                "That what is stated of a family relation is not so, or is not shown.",
            ),
        ),
        Choice(queues.REGISTER_STATEMENT, RegisterStatementApplies, DecideRegisterStatement, decide_register_statement),
        *answers(
            queues.REGISTER_STATEMENT,
            DecideRegisterStatement,
            decide_register_statement,
            subjects.statement_of_register,
            register_statement_dismissed=(
                None,
                "That a register's statement is not so, or is about nobody who is registered.",
            ),
        ),
        *answers(
            queues.OPENING_FILE,
            DecideOpening,
            decide_opening,
            subjects.file_of_opening,
            opening_released=(True, "That the rows of an opening file that are new are loaded."),
            opening_dropped=(False, "That nothing of an opening file is loaded."),
        ),
        *answers(
            queues.SPELL_CORRECTION,
            DecideSpellCorrection,
            decide_spell_correction,
            subjects.correction_of_spell,
            spell_correction_counts=(True, "That the spell stands as the correction states it."),
            spell_correction_refused=(False, "That it does not: the spell stays as it stands."),
        ),
        Choice(queues.FOREIGN_PASS, PassRenewed, DecidePass, decide_pass),
        *answers(
            queues.FOREIGN_PASS,
            DecidePass,
            decide_pass,
            subjects.person_of_pass,
            pass_over=(
                None,
                "That there is no new pass: each employment that goes on has an end that waits for an officer.",
            ),
        ),
        *answers(
            queues.EMPLOYER_STATEMENT,
            DecideEmployerStatement,
            decide_employer_statement,
            subjects.statement_of_employer,
            employer_statement_counts=(True, "That what is stated of an employer is so."),
            employer_statement_refused=(False, "That it is not: what is known of the employer stays."),
        ),
        Choice(queues.PERSON_MERGE, PersonsMerge, DecideMerge, decide_merge),
        *answers(
            queues.PERSON_MERGE,
            DecideMerge,
            decide_merge,
            subjects.statement_of_merge,
            persons_split=(
                MergeWhat.SPLIT,
                "That two numbers that were merged are two people's: each has again what was stated of it.",
            ),
            persons_stay=(
                None,
                "That both numbers stay as they are: two people's, or one's that was merged rightly.",
            ),
        ),
        Choice(queues.CONTRIBUTION_FILE, FileClosed, DropContributionFile, drop_contribution_file),
        Choice(queues.BANK_CREDIT, CreditPaysCompound, DecideCredit, decide_credit),
        *answers(
            queues.ENFORCEMENT,
            DecideNotice,
            decide_notice,
            partial(_enforced, NOTICE),
            notice_complied=(True, "That an employer did what a follow-up notice demands."),
            notice_not_complied=(False, "That it did not; whoever thinks of a compound states one."),
        ),
        *answers(
            queues.ENFORCEMENT,
            DecideAssessment,
            decide_assessment,
            partial(_enforced, ASSESSMENT),
            assessment_confirmed=(True, "That an employer owes what is assessed."),
            assessment_withdrawn=(False, "That nothing is assessed after all."),
        ),
        *answers(
            queues.ENFORCEMENT,
            DecideCompound,
            decide_compound,
            _COMPOUND,
            compound_offered=(
                CompoundAct.OFFER,
                "That a compound is offered, to be paid in the days that the book has for it.",
            ),
            compound_refused=(CompoundAct.REFUSE, "That it is not offered."),
        ),
        Choice(queues.ENFORCEMENT, ProsecutionFiled, DecideCompound, decide_compound),
        Choice(queues.ENFORCEMENT, CompoundWithdrawn, DecideCompound, decide_compound),
        *answers(
            queues.ENFORCEMENT,
            DecideCompound,
            decide_compound,
            _COMPOUND,
            late_payment_taken=(
                CompoundAct.TAKE_LATE,
                "That a compound that was paid in full after its day counts as paid.",
            ),
        ),
        *answers(
            queues.ERASURE,
            DecideErasure,
            decide_erasure,
            subjects.erasure_of_subject,
            erasure_granted=(
                True,
                "That what is kept of a person is erased, as far as no law keeps it; what is open about the "
                "person comes first.",
            ),
            erasure_refused=(False, "That it is not."),
        ),
        Choice(queues.ENFORCEMENT, SurplusReturned, DecideCompound, decide_compound),
        Choice(queues.COVER_PAYMENT, LatePaymentShown, DecideCoverPayment, decide_cover_payment),
        *answers(
            queues.COVER_PAYMENT,
            DecideCoverPayment,
            decide_cover_payment,
            subjects.payment_of_cover,
            late_payment_not_shown=(
                PaymentFound.NOT_SHOWN,
                "That it is not shown: the payment counts as made when it was reported.",
            ),
            cover_payment_reversed=(PaymentFound.REVERSED, "That a payment was none: it covers nothing."),
            cover_payment_stands=(PaymentFound.STANDS, "That a payment is no mistake: it covers as before."),
        ),
    ],
    {
        "refund": find_state_of_refund,
        "person_correction": state_of_correction,
        "possible_duplicate": find_state_of_possible_duplicate,
        "interest": find_state_of_interest,
        "bank_credit": find_state_of_credit,
        "spell_statement": find_state_of_spell_statement,
        "relation_statement": state_of_relation_statement,
        "register_statement": find_state_of_register_statement,
        "opening_file": find_state_of_opening_file,
        "spell_correction": state_of_spell_correction,
        "foreign_pass": find_state_of_foreign_pass,
        "employer_statement": state_of_employer_statement,
        "person_merge": state_of_merge,
        "contribution_file": find_state_of_file,
        "enforcement": find_state_of_enforcement,
        "erasure": find_state_of_erasure,
        "cover_payment": state_of_cover_payment,
    },
)
router = task_router(QUEUES, unit)
