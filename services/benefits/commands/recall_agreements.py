"""Knows again what is agreed about recoveries, from what benefits itself published, after its database was put back.

Otherwise all that falls due would be set off in the place of an instalment (rules M8).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.benefits.commands.begin_agreement import begin_on_its_day
from services.benefits.domain.entitled import EntitlementKey, Source
from services.benefits.domain.recoveries import Agreement, AgreementKind, Recovery
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from shared.contracts.benefit_paid import RecoveryAgreedV1
from shared.contracts.envelope import Event


@dataclass(frozen=True)
class RecallAgreements:
    """What benefits published, and its database does not know."""

    events: Sequence[Event]


async def recall_agreements(command: RecallAgreements, uow: BenefitsUnitOfWork) -> None:
    """Keep each as released; who stated and released it was not published."""
    for event in command.events:
        if isinstance(event, RecoveryAgreedV1):
            known = await uow.recoveries.recall(_recovery(event), event.released_at)
            about = (event.monthly_sen, event.against_scheme, event.against_owner, event.ends)
            kind, proof = AgreementKind(event.kind), (event.from_on, event.evidence, "")
            agreement = Agreement(event.agreement, known, kind, *about, *proof)
            await uow.agreements.recall(agreement, event.released_at)
            await begin_on_its_day(agreement, event.party, uow)


def _recovery(event: RecoveryAgreedV1) -> Recovery:
    key = EntitlementKey(event.claim, event.scheme, event.benefit, event.party)
    about = (event.owner, Source(event.source), event.person, event.fund, event.law, event.claim_revision)
    return Recovery(event.recovery, key, *about, open_sen=0, settled_revision=event.claim_revision)
