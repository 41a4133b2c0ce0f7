"""Statements about a claim beside its notices: who is left behind, what a board assessed, what the person chose."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from services.claims.api.dependencies import CommittedBeforeAnswer
from services.claims.api.evidence import EvidenceOut
from services.claims.commands.add_evidence import AddEvidence, add_evidence
from services.claims.domain.errors import CertificateReversed, LoanRepaidTooEarly, NotForThisParty, StatementNotOne
from services.claims.domain.evidence import EvidenceKind
from shared.kernel.identifiers import employer_number, person_number
from shared.kernel.periods import Month
from shared.law.act4.dependants.rules import Relation
from shared.law.act4.permanent_disablement.rules import Option
from shared.security.scopes import Party, requires
from shared.security.tokens import Caller
from shared.web.fields import Day, Flag, Text, Whole
from shared.web.ids import EmployerId, PersonId
from shared.web.money import In, Money, StatedMoney, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["evidence"])

Supersedes = Annotated[
    UUID | None, Query(description="The statement of its kind, of this claim, in whose place an officer states it.")
]
Percent = Annotated[Whole, Field(ge=0, le=100)]
StudyMonth = Annotated[
    str, Field(min_length=7, max_length=7, pattern=r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2030-01"])
]


class HeirRelation(StrEnum):
    """What a claimant of funeral benefit was to the deceased (Act 4 s.29)."""

    WIDOW = "widow"
    WIDOWER = "widower"
    SON = "son"
    DAUGHTER = "daughter"
    PARENT = "parent"
    OTHER = "other"


class DependantIn(In):
    """Somebody who is left behind (Act 4 s.17A, Fourth Schedule); a later statement replaces an earlier one."""

    person: PersonId
    relation: Relation
    born: Day | None = Field(default=None, description="Of a child, a brother or a sister it is needed")
    married: Day | None = None
    first_degree_until: Day | None = Field(default=None, description="Of a child that studies for a first degree")
    incapable: Flag = False
    remarried: Day | None = None


class AttendanceIn(In):
    """For how long a Medical Board certifies the need of constant attendance (Act 4 s.15)."""

    first: Day
    last: Day | None = Field(default=None, description="Absent: until a board finds otherwise")


class OfBoardIn(In):
    """What a Medical Board assesses; it says as well for how long constant attendance is needed (Act 4 s.15)."""

    attendance: AttendanceIn | None = None

    def check(self) -> None:
        """Raise CertificateReversed for days that end before they begin."""
        certified = self.attendance
        if certified is not None and certified.last is not None and certified.last < certified.first:
            raise CertificateReversed()


class PermanentLossIn(OfBoardIn):
    """A Medical Board's assessment of a permanent loss (Act 4 s.22, Second Schedule)."""

    percent: Percent
    benefit_from: Day | None = Field(
        default=None, description="The first day of the benefit as the board states it; absent: that of the application"
    )


class ChoiceIn(In):
    """How permanent disablement benefit is taken, and when that was applied for and chosen."""

    option: Option
    applied_on: Day
    chosen_on: Day | None = None
    effective_on: Day | None = None


class InvalidityIn(OfBoardIn):
    """A Medical Board's certificate of invalidity (Act 4 s.16)."""

    certified: Flag
    earning_capacity: Percent = Field(description="What is left of a sound person's customary earnings, in percent")


class FuneralIn(In):
    """Who claims funeral benefit (Act 4 s.29)."""

    person: PersonId
    relation: HeirRelation
    born: Day | None = None
    paid: StatedMoney | None = Field(default=None, description="The actual cost, with receipts")


class RepatriationIn(In):
    """Who bore a cost of bringing the remains of a foreign worker home (Act 4 s.15): a person or an employer."""

    person: PersonId | None = None
    employer: EmployerId | None = None
    paid: StatedMoney = Field(description="The actual cost, with receipts")

    def check(self) -> None:
        """Raise StatementNotOne unless one party is named."""
        if (self.person is None) is (self.employer is None):
            raise StatementNotOne()


class StudyCourse(StrEnum):
    """A course for which an education loan is applied for."""

    FIRST_DEGREE = "first_degree"
    DIPLOMA = "diploma"
    SKM_1 = "skm_1"
    SKM_2 = "skm_2"
    SKM_3 = "skm_3"
    OTHER = "other"


class EducationIn(In):
    """A child's application for an education loan, and how the organisation fixed the loan; a later one replaces it."""

    person: PersonId
    born: Day
    applied_on: Day
    course: StudyCourse
    course_ends: Day
    tuition: StatedMoney = Field(description="Of the whole course")
    unmarried: Flag
    local: Flag = Field(description="Whether the institution is a local one")
    full_time: Flag
    other_loan_refused: Flag
    loan: StatedMoney | None = Field(default=None, description="What is lent, once it is fixed")
    repaid_from: StudyMonth | None = Field(default=None, description="The first month of the repayment")
    instalment: StatedMoney | None = Field(default=None, description="What is paid back each month")

    def check(self) -> None:
        """Raise LoanRepaidTooEarly for a loan that is paid back from before it is lent."""
        if self.repaid_from is not None and Month.of(self.repaid_from) <= Month.of(self.applied_on):
            raise LoanRepaidTooEarly()


class CauseIn(In):
    """The claim about the accident that a person died of, where no notice names it or names another."""

    claim: UUID = Field(examples=["0197f0a0-1111-7000-8000-000000000001"])


class BoardOrderIn(In):
    """An order of the Social Security Appellate Board that a person in similar work stands in (Act 4 ss.83, 84)."""

    similar_worker: PersonId
    ordered_on: Day


class FindingIn(In):
    """What an officer found of a fact that no statement settles, in the words of the statute book's questions."""

    fact: Text = Field(min_length=1, max_length=100, examples=["found by a person"])
    found: Text = Field(min_length=1, max_length=100, examples=["yes"])


class StatementIn(In):
    """One statement about a claim."""

    model_config = examples(
        {
            "dependant": {
                "person": "P000000012T",
                "relation": "child",
                "born": "2006-10-15",
                "married": "2028-01-01",
                "first_degree_until": "2029-07-31",
                "incapable": False,
            }
        },
        {"dependant": {"person": "P000000012T", "relation": "widow", "remarried": "2030-01-01"}},
        {
            "permanent_loss": {
                "percent": 100,
                "benefit_from": "2026-07-01",
                "attendance": {"first": "2026-10-01", "last": "2027-09-30"},
            }
        },
        {
            "choice": {
                "option": "lump sum",
                "applied_on": "2026-09-14",
                "chosen_on": "2026-09-14",
                "effective_on": "2026-10-01",
            }
        },
        {
            "invalidity": {
                "certified": True,
                "earning_capacity": 20,
                "attendance": {"first": "2026-10-01", "last": "2027-09-30"},
            }
        },
        {
            "funeral": {
                "person": "P000000012T",
                "relation": "widow",
                "born": "1970-01-01",
                "paid": {"amount": "3400.00", "currency": "MYR"},
            }
        },
        {"cause": {"claim": "0197f0a0-1111-7000-8000-000000000001"}},
        {"repatriation": {"employer": "E0000000076", "paid": {"amount": "4200.00", "currency": "MYR"}}},
        {"repatriation": {"person": "P000000012T", "paid": {"amount": "1800.00", "currency": "MYR"}}},
        {
            "education": {
                "person": "P000000012T",
                "born": "2008-10-15",
                "applied_on": "2026-09-01",
                "course": "diploma",
                "course_ends": "2029-06-30",
                "tuition": {"amount": "24000.00", "currency": "MYR"},
                "unmarried": True,
                "local": True,
                "full_time": True,
                "other_loan_refused": True,
                "loan": {"amount": "20000.00", "currency": "MYR"},
                "repaid_from": "2030-01",
                "instalment": {"amount": "300.00", "currency": "MYR"},
            }
        },
        {"board_order": {"similar_worker": "P000000012T", "ordered_on": "2026-11-20"}},
        {"finding": {"fact": "found by a person", "found": "yes"}},
    )

    dependant: DependantIn | None = None
    permanent_loss: PermanentLossIn | None = None
    choice: ChoiceIn | None = None
    invalidity: InvalidityIn | None = None
    funeral: FuneralIn | None = None
    cause: CauseIn | None = None
    repatriation: RepatriationIn | None = None
    education: EducationIn | None = None
    board_order: BoardOrderIn | None = None
    finding: FindingIn | None = None

    def command(self, caller: Caller, claim: UUID, supersedes: UUID | None) -> AddEvidence:
        """The statement as a command.

        Raises StatementNotOne, CertificateReversed, LoanRepaidTooEarly, and NotForThisParty for what only officers
        state.
        """
        stated = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(stated) != 1:
            raise StatementNotOne()
        kind, statement = EvidenceKind(stated[0]), getattr(self, stated[0])
        if isinstance(statement, OfBoardIn | RepatriationIn | EducationIn):
            statement.check()
        if not (caller.is_officer or (kind is EvidenceKind.CHOICE and caller.party_kind == "person")):
            raise NotForThisParty()
        return AddEvidence(caller.party, caller.subject, claim, kind, _members(statement), supersedes)


def _members(stated: In) -> dict[str, Any]:
    """The members that are stated, as evidence holds them: days and amounts as the law writes them."""
    found: dict[str, Any] = {}
    for name in type(stated).model_fields:
        value = getattr(stated, name)
        if value is None:
            continue
        if name in ("person", "similar_worker"):
            found["party"] = f"person:{person_number(value)}"
        elif name == "employer":
            found["party"] = f"employer:{employer_number(value)}"
        elif isinstance(value, AttendanceIn):
            found[name] = _members(value)
        elif isinstance(value, bool):
            found[name] = "yes" if value else "no"
        else:
            found[name] = _written(value)
    return found


def _written(value: object) -> str:
    if isinstance(value, Money):
        return value.amount
    return value.isoformat() if isinstance(value, date) else str(value)


@router.post(
    "/v1/claims/{claim}/evidence",
    status_code=202,
    summary="State evidence of a claim",
    dependencies=[requires("claims:notice:write"), Depends(idempotent)],
    responses=problems(400, 404, 409),
)
async def report_evidence(
    claim: UUID, body: StatementIn, uow: CommittedBeforeAnswer, caller: Party, supersedes: Supersedes = None
) -> EvidenceOut:
    """State who is left behind, what a board assessed, of what a person died, who bore a cost, or what was found.

    It counts when two officers let it, in the queue of evidence, a finding in that of doubts: who states it may propose
    that, and another one approves. A person's own choice counts at once. With `supersedes` an officer states it in the
    place of an earlier one, which stands until that counts.
    """
    return EvidenceOut.of(await add_evidence(body.command(caller, claim, supersedes), uow))
