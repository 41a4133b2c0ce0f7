"""Asks a payee for the certificates that are due, and reminds it of them, when its benefit is settled."""

from dataclasses import dataclass, replace
from datetime import date

from services.benefits.commands.gather_books import Owed
from services.benefits.domain.certificates_due import looks_again_on, to_ask, to_remind
from services.benefits.events.benefit_paid import certificate_asked
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork


@dataclass(frozen=True)
class AskForCertificates:
    """What is owed, as it was gathered."""

    owed: Owed


async def ask_for_certificates(command: AskForCertificates, uow: BenefitsUnitOfWork) -> date | None:
    """Ask for what its payee is to prove by now, or remind of it; the next day on which that is looked at."""
    owed = command.owed
    stated, conditions, day, law = owed.standing.entitled, owed.standing.conditions, owed.day, owed.law
    if not stated.is_benefit or not stated.is_monthly:
        return None
    asked = to_ask(stated, conditions, day, law)
    if asked:
        await uow.conditions.ask(stated.key, asked)
    conditions = replace(conditions, requests=(*conditions.requests, *asked))
    reminded = to_remind(stated, conditions, day, law)
    if reminded:
        await uow.conditions.remind(stated.key, reminded)
    for each in (*asked, *reminded):
        what = "certificate_asked" if each.reminded_on is None else "certificate_reminded"
        uow.decided(what, claim=str(stated.key.claim), certificate=each.certificate, due_on=str(each.due_on))
        uow.publish(certificate_asked(stated.key, each, conditions.written_to(stated.key.party, day)))
    changed = {(each.certificate, each.due_on): each for each in (*conditions.requests, *reminded)}
    return looks_again_on(stated, replace(conditions, requests=tuple(changed.values())), day, law)
