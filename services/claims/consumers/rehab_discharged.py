"""A final certificate from rehabilitation revises temporary disablement (topic ``rehab.discharged``; Act 4 s.22)."""

from services.claims.commands.assess_claim import AssessClaim
from services.claims.domain.claim import OFFICERS
from services.claims.domain.evidence import Evidence, EvidenceKind
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from shared.contracts.envelope import Event
from shared.contracts.rehab_discharged import PatientDischargedV1
from shared.kernel.clock import now

# The centres are the organisation's own.
CENTRES = f"{OFFICERS}1"


class DischargeOfAnother(RuntimeError):
    """A discharge names a claim that is not its person's: somebody must look before it ends anybody's days."""


async def handle(event: Event, uow: ClaimsUnitOfWork) -> None:
    """Add the certificate to the claim, and have the claim assessed again. Raises DischargeOfAnother."""
    if not isinstance(event, PatientDischargedV1) or event.final_certificate is None:
        return
    claim = await uow.claims.find(event.claim)
    if claim is None or claim.person != event.person:
        raise DischargeOfAnother(f"claim {event.claim} is not of the person who was discharged")
    final = event.final_certificate
    kind = EvidenceKind.FINAL_CERTIFICATE
    stated = Evidence(final.certificate, event.claim, CENTRES, kind, now(), final.issued_on, fit_from=final.fit_from)
    await uow.evidence.add(stated)
    await uow.due.at(AssessClaim(event.claim), now())
