"""Write to a person, and who acts for it, of the session to which its case is invited, and of one that is not held."""

from dataclasses import dataclass
from uuid import UUID

from services.claims.domain import subjects
from services.claims.files.board_invitation_letter import Invitee, board_letter
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.messages.owing import OweLetter, owe_letter


@dataclass(frozen=True)
class WriteBoardInvitation:
    """A case before a board that was followed."""

    case: UUID


async def write_board_invitation(command: WriteBoardInvitation, uow: ClaimsUnitOfWork) -> None:
    """Owe each the letter that says something new; the case is not locked: who changes it leaves this very work."""
    case = await uow.board_cases.find(command.case)
    about = subjects.board_case(case.id)
    before = await uow.letters.newest_about(about)
    for invitee in await _invitees(case.claim, uow):
        kept = before.get(invitee.party)
        letter = board_letter(case, invitee, None if kept is None else kept.letter)
        if letter is not None:
            await owe_letter(OweLetter(letter), uow)


async def _invitees(claim: UUID, uow: ClaimsUnitOfWork) -> list[Invitee]:
    """The person and who acts for it, by whichever notice of the event."""
    found = await uow.claims.find(claim)
    if found is not None and found.joined_to is not None:
        found = await uow.claims.find(found.joined_to)
    if found is None:
        return []
    acting = [each.acted_for_by for each in await uow.claims.notices_of(found)]
    parties = dict.fromkeys([f"person:{found.stated_of}", *(each for each in acting if each is not None)])
    return [Invitee(party, found.stated_of) for party in parties]
