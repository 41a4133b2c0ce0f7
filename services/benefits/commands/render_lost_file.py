"""Renders a bank file again that was lost with the database, to the very bytes that were told of (rules S5, M8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from services.benefits.commands.check_bank_file import CheckBankFile
from services.benefits.commands.freeze_bank_file import Paying, answered_by, rendered
from services.benefits.domain import subjects
from services.benefits.storage.bank_files import Rendered
from services.benefits.storage.payees import content_place
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.subjects import Subject
from shared.security.fields import FieldCipher

log = structlog.get_logger()


@dataclass(frozen=True)
class RenderLostFile:
    """A bank file that is known from what was told of it, while its content was lost."""

    bank_file: UUID


def rendering_again(
    paying: Paying, cipher: FieldCipher
) -> Callable[[RenderLostFile, BenefitsUnitOfWork], Awaitable[None]]:
    """The handler of the command, with the keys and the account that it needs."""

    async def render_lost_file(command: RenderLostFile, uow: BenefitsUnitOfWork) -> None:
        """Render the same payments to the same accounts again; only the very bytes that were told of are handed out.

        An account that was lost too is waited for: whoever entered it enters it again.
        """
        found = await uow.bank_files.find_lost(command.bank_file)
        if found is None:
            return
        file, tenant = found
        await uow.due.at(CheckBankFile(file.id), answered_by(file.made_at, paying))
        content, waits_for = await _again(file, paying, cipher, uow)
        if content is None:
            await uow.due.when(command, waits_for, None)
            return
        await uow.bank_files.add_again(file.id, tenant, cipher.encrypt(content.decode(), content_place(file.id)))

    return render_lost_file


async def _again(
    file: Rendered, paying: Paying, cipher: FieldCipher, uow: BenefitsUnitOfWork
) -> tuple[bytes | None, set[Subject]]:
    """The content as it was, or None and the accounts that may make it so."""
    unsent, lacking = await uow.payments.of_lost_file(file.id)
    if lacking:
        return None, {subjects.payee(party) for party in lacking}
    content, again = rendered(file.id, file.made_at, unsent, paying, cipher)
    if again.sha256 == file.sha256:
        return content, set()
    # What the bank has is not what would be sent: only its own word says what became of these payments.
    log.error("bank_file_lost", bank_file=str(file.id))
    return None, {subjects.payee(each.key.entitlement.party) for each in unsent}
