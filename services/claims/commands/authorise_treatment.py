"""A hospital asks at admission who bears the treatment: it is answered at once with what is known."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.claims.commands.follow_medical_authorisation import FollowMedicalAuthorisation
from services.claims.commands.submit_notice import SubmitNotice, submit_notice
from services.claims.domain import subjects
from services.claims.domain.bounds import check_event
from services.claims.domain.medical_authorisation import (
    AuthorisationState,
    MedicalAuthorisation,
    authorisation_id,
    check_admission,
)
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.kernel.clock import now, today
from shared.law.book import LawOn, book


@dataclass(frozen=True)
class AuthoriseTreatment:
    """Whom a hospital admits, by the tokens of id and name, after which accident, and its notice of that, if it gives
    one."""

    tenant: str
    by: str
    id_token: str
    name_tokens: tuple[str, ...]
    admitted_on: date
    happened_on: date
    at_time: str | None = None
    notice: SubmitNotice | None = None


async def authorise_treatment(command: AuthoriseTreatment, uow: ClaimsUnitOfWork) -> MedicalAuthorisation:
    """Keep it as it stands by what is known now; what is decided of the accident is followed. Asked again of the same
    admission it is the same authorisation, which waits once more where it has ended.

    Raises AdmissionImpossible, AdmissionAskedOtherwise, and what is wrong with the accident's day or the notice.
    """
    check_admission(command.admitted_on, command.happened_on, today())
    law = book().on(today(), today())
    check_event(command.happened_on, today(), law)
    id_ = authorisation_id(command.tenant, command.id_token, command.name_tokens, command.admitted_on)
    known = await uow.medical_authorisations.find_if_any(id_)
    if known is not None:
        return await _ask_again(command, known, law, uow)
    asked = _asked(command, id_, law)
    if command.notice is not None:
        asked = replace(asked, claim=(await submit_notice(command.notice, uow)).id)
    asked = await _by_patient(command, asked, law, uow)
    asked = replace(asked, is_at_once=bool(asked.open_to))
    await uow.medical_authorisations.add(asked)
    await uow.due.at(FollowMedicalAuthorisation(id_), now())
    uow.decided("treatment_asked_for", authorisation=str(id_), state=asked.state.value)
    return asked


async def _by_patient(
    command: AuthoriseTreatment, asked: MedicalAuthorisation, law: LawOn, uow: ClaimsUnitOfWork
) -> MedicalAuthorisation:
    """With its patient, where id and name mean one of whose death before the admission nobody has said anything."""
    tokens = (command.id_token, command.name_tokens)
    patient = await uow.medical_authorisations.patient(*tokens, command.happened_on, command.admitted_on)
    return asked if patient is None else asked.of(patient, law)


async def _ask_again(
    command: AuthoriseTreatment, known: MedicalAuthorisation, law: LawOn, uow: ClaimsUnitOfWork
) -> MedicalAuthorisation:
    """Of the same accident; a notice of it that comes with it now is kept, where the hospital has given none."""
    known.must_be_of(command.happened_on, command.at_time)
    await _keep_notice(command, known, uow)
    if known.state is not AuthorisationState.ENDED:
        return known
    asked = known.asked_again(command.id_token, command.name_tokens, now())
    asked = replace(await _by_patient(command, asked, law, uow), revision=known.revision + 1)
    await uow.medical_authorisations.save(asked)
    await uow.due.at(FollowMedicalAuthorisation(known.id), now())
    # Its bills wait for it again.
    await uow.due.wake({subjects.medical_authorisation(known.id)})
    uow.decided("treatment_asked_for", authorisation=str(known.id), state=asked.state.value)
    return asked


async def _keep_notice(command: AuthoriseTreatment, known: MedicalAuthorisation, uow: ClaimsUnitOfWork) -> None:
    if command.notice is None or known.claim is not None:
        return
    if not await uow.medical_authorisations.is_noticed(known, command.id_token):
        await submit_notice(command.notice, uow)
        await uow.due.at(FollowMedicalAuthorisation(known.id), now())


def _asked(command: AuthoriseTreatment, id_: UUID, law: LawOn) -> MedicalAuthorisation:
    days = law.days("act4.medical.authorised_days")
    return MedicalAuthorisation(
        id=id_,
        tenant=command.tenant,
        asked_by=command.by,
        id_token=command.id_token,
        name_tokens=command.name_tokens,
        admitted_on=command.admitted_on,
        happened_on=command.happened_on,
        at_time=command.at_time,
        valid_until=date.fromordinal(command.admitted_on.toordinal() + days - 1),
        asked_at=now(),
    )
