"""States that more was paid than is owed: whoever is to give it back is written to, how much, why, and what is kept."""

from dataclasses import dataclass

from services.benefits.commands.gather_books import Owed
from services.benefits.domain.calendar import BookCalendar
from services.benefits.domain.overpaid import Overpaid, why_less
from services.benefits.domain.setting_off import kept_of_benefit
from services.benefits.events.benefit_paid import recovery_opened
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.kernel.money import Sen
from shared.law.book import book

_WRITTEN_TO = "person:"


@dataclass(frozen=True)
class TellOfRecovery:
    """What is owed, of which more was paid than that: its recovery has just been opened, or enlarged. ``paid_sen``
    was granted so far."""

    owed: Owed
    paid_sen: Sen


async def tell_of_recovery(command: TellOfRecovery, uow: BenefitsUnitOfWork) -> None:
    """Publish it as it stands in the books of this transaction; of a party that is a person."""
    standing, entitled = command.owed.standing, command.owed.entitled
    if not entitled.key.party.startswith(_WRITTEN_TO):
        return
    opened = await uow.recoveries.opened(entitled.key)
    kept = kept_of_benefit(entitled.key, entitled.source, book().on(standing.day, standing.day))
    written_to = standing.conditions.written_to(entitled.key.party, standing.day)
    overpaid = Overpaid(
        command.owed.stated, standing.conditions, standing.day, standing.reached, command.paid_sen,
        is_decided_again=standing.settled_revision < entitled.revision,
    )  # fmt: skip
    why = why_less(overpaid, BookCalendar(standing.day), command.owed.law)
    uow.publish(recovery_opened(opened, why, kept, written_to))
