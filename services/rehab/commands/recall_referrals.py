"""Knows admissions and discharges again from what rehab itself published, after a restore (rules M8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.rehab.domain.referral import Admission, Certificate, Discharge, Outcome, Referral, State
from services.rehab.storage.unit_of_work import RehabUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.rehab_admitted import PatientAdmittedV1
from shared.contracts.rehab_discharged import FinalCertificateV1, PatientDischargedV1
from shared.kernel.clock import now

# Who took the referral was never published: a case manager is entered by hand where it matters.
CASE_MANAGER_LOST = "lost-since-backup"


@dataclass(frozen=True)
class RecallReferrals:
    """What rehab published, and its database does not know."""

    events: Sequence[Event]


async def recall_referrals(command: RecallReferrals, uow: RehabUnitOfWork) -> None:
    """A bed that is taken is taken, and who left has left; a lower revision changes nothing."""
    for event in command.events:
        if isinstance(event, PatientAdmittedV1):
            await _admitted(event, uow)
        elif isinstance(event, PatientDischargedV1):
            await _discharged(event, uow)


async def _admitted(event: PatientAdmittedV1, uow: RehabUnitOfWork) -> None:
    referral = await _referral(event, uow)
    if referral.revision < event.revision:
        admission = Admission(event.centre, event.admitted_on, event.revision)
        await uow.referrals.save(_with_manager(replace(referral, state=State.ADMITTED, admission=admission)))


async def _discharged(event: PatientDischargedV1, uow: RehabUnitOfWork) -> None:
    referral = await _referral(event, uow)
    if referral.revision >= event.revision:
        return
    # Published after the admission, which is on its own topic and was read back before.
    admission = referral.admission or Admission(event.centre, event.discharged_on, event.revision - 1)
    certificate = _certificate(event.final_certificate)
    discharge = Discharge(event.discharged_on, Outcome(event.outcome.value), certificate, event.revision)
    left = replace(referral, state=State.DISCHARGED, admission=admission, discharge=discharge)
    await uow.referrals.save(_with_manager(left))


async def _referral(event: PatientAdmittedV1 | PatientDischargedV1, uow: RehabUnitOfWork) -> Referral:
    """The referral, locked; opened again under its own id where the database has forgotten it."""
    await uow.referrals.take_turns(event.claim)
    for found in await uow.referrals.lock_of_claim(event.claim):
        if found.referral.id == event.referral:
            return found.referral
    known = Referral(event.referral, event.claim, event.person, now())
    await uow.referrals.open(known, beside=True)
    return known


def _with_manager(referral: Referral) -> Referral:
    return replace(referral, case_manager=referral.case_manager or CASE_MANAGER_LOST)


def _certificate(final: FinalCertificateV1 | None) -> Certificate | None:
    return None if final is None else Certificate(final.certificate, final.issued_on, final.fit_from)
