"""States something of a payee: a suspension, a certificate, who acts for it. It waits for two officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.benefits.commands.ask_of_statement import AskOfStatement
from services.benefits.domain.entitled import EntitlementKey
from services.benefits.domain.errors import (
    EntitlementUnknown,
    PartyStatementUnfit,
    PartyStatementUnknown,
    PartyUnknown,
)
from services.benefits.domain.parties import Capacity, Holding, person_of
from services.benefits.domain.statements import GivenBy, Ground, PartyStatement, StatementKind, check_beside
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.identifiers import new_id
from shared.kernel.money import Sen
from shared.law.act4.invalidity.rules import works_too_much
from shared.law.act4.suspension.rules import is_too_long, may_be_suspended
from shared.law.book import book

_GIVEN_BY_PAYEE = (GivenBy.PAYEE, GivenBy.INSTITUTION)
_GIVEN_BY_WHO_ACTS = (GivenBy.GUARDIAN, GivenBy.REPRESENTATIVE, GivenBy.INSTITUTION)


@dataclass(frozen=True)
class StateOfParty:
    """What is stated, of whom and since when, by which document; by whom, and whether that is an officer.

    ``earned_sen`` and ``average_sen`` are of a suspension for insurable work: wages of a month, and the average before,
    where the officer has it.
    """

    kind: StatementKind
    party: str
    says: str
    first_on: date
    last_on: date | None
    holder: str | None
    evidence: str
    tenant: str
    stated_by: str
    is_officer: bool
    key: EntitlementKey | None = None
    replaces: UUID | None = None
    withdrawn: bool = False
    earned_sen: Sen = 0
    average_sen: Sen = 0


async def state_of_party(command: StateOfParty, uow: BenefitsUnitOfWork) -> PartyStatement:
    """Keep it and have two officers asked.

    Raises PartyUnknown, EntitlementUnknown, PartyStatementUnknown, PartyStatementUnfit, HolderUnfit,
    PartyStatementReplaced, PartyStatementStands.
    """
    await _must_speak(command, uow)
    earned_sen, average_sen = await _wages(command, uow)
    said = PartyStatement(
        new_id(), command.kind, command.party, command.says, command.first_on, command.last_on, command.holder,
        command.evidence, command.stated_by, now(), command.key, command.replaces, command.withdrawn,
        earned_sen=earned_sen, average_sen=average_sen,
    )  # fmt: skip
    stated = await uow.statements.list_all_of(said.party)
    _must_replace_its_own(said, stated)
    await _must_fit(said, uow)
    check_beside(said, stated)
    await uow.statements.add(said, command.tenant)
    await uow.due.at(AskOfStatement(str(said.id)), now())
    return said


async def _must_speak(command: StateOfParty, uow: BenefitsUnitOfWork) -> None:
    """An officer, the party itself or who acts for it today; a certificate is of somebody who is paid, and nobody but
    officers says of it that somebody else gave it."""
    if person_of(command.party) is None:
        raise PartyUnknown()
    is_own = await uow.statements.is_one(command.tenant, command.party)
    if not (command.is_officer or is_own or await uow.statements.acts_for(command.tenant, command.party, today())):
        raise PartyUnknown()
    if command.kind is not StatementKind.CERTIFICATE:
        return
    if not await uow.statements.is_payee(command.party):
        raise PartyUnknown()
    if not command.is_officer and command.holder not in (_GIVEN_BY_PAYEE if is_own else _GIVEN_BY_WHO_ACTS):
        raise PartyStatementUnfit("Who sends a certificate gives it, or an institution does; officers state any other.")


async def _wages(command: StateOfParty, uow: BenefitsUnitOfWork) -> tuple[Sen | None, Sen | None]:
    """Of a suspension for insurable work: what was earned, and the average by which the pension is rated; as it is
    stated where the claim says none."""
    if command.kind is not StatementKind.SUSPENSION or command.says != Ground.INSURABLE_WORK or command.key is None:
        return None, None
    rated = await uow.statements.average_of(command.key)
    if rated is not None and command.average_sen not in (0, rated):
        raise PartyStatementUnfit("The average before is the one by which the pension is rated.")
    return command.earned_sen, rated or command.average_sen


def _must_replace_its_own(said: PartyStatement, stated: Sequence[PartyStatement]) -> None:
    """What is replaced is of the same kind, party and benefit, and counts."""
    if said.replaces is None:
        if said.withdrawn:
            raise PartyStatementUnfit("What is withdrawn is named.")
        return
    before = next((each for each in stated if each.id == said.replaces), None)
    if before is None:
        raise PartyStatementUnknown(facts={"statement": str(said.replaces)})
    if before.kind is not said.kind or not before.counts or not before.is_of_the_benefit_of(said):
        raise PartyStatementUnfit("What is replaced is of the same kind about the same payee, and counts.")


async def _must_fit(said: PartyStatement, uow: BenefitsUnitOfWork) -> None:
    if said.last_on is not None and said.last_on < said.first_on:
        raise PartyStatementUnfit("It ends before it begins.")
    match said.kind:
        case StatementKind.SUSPENSION:
            await _must_suspend(said, uow)
        case StatementKind.CERTIFICATE if said.first_on > today():
            raise PartyStatementUnfit("A certificate proves nothing of a day that has not come.")
        case StatementKind.ACTING if said.holder is not None and not said.withdrawn:
            until = said.last_on if said.says == Capacity.GUARDIAN else None
            Holding(said.holder, Capacity(said.says), until, said.evidence).must_fit(said.party)


async def _must_suspend(said: PartyStatement, uow: BenefitsUnitOfWork) -> None:
    """A benefit by the month, for whole months, on a ground and for a time that the law of the first day has (s.49)."""
    if said.key is None or not await uow.statements.is_monthly(said.key):
        raise EntitlementUnknown()
    if said.withdrawn:
        return
    law = book().on(said.first_on, today())
    if not said.is_of_whole_months:
        raise PartyStatementUnfit("A benefit is suspended for whole months: from the first of one to the last of one.")
    if not may_be_suspended(said.key.benefit, said.says, law):
        raise PartyStatementUnfit("The benefit is not suspended on this ground.")
    if is_too_long(said.says, said.months, law):
        raise PartyStatementUnfit("The ground has a longest time, which is stated and not exceeded.")
    if said.says == Ground.INSURABLE_WORK and not works_too_much(said.earned_sen or 0, said.average_sen or 0, law):
        raise PartyStatementUnfit("The work earns no more than the part of the former average wage that is let.")
