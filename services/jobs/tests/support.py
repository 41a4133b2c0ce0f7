"""What the tests of jobs share: events as the broker would bring them, and a service that hears them."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.jobs.main import build
from services.jobs.settings import JobsSettings
from services.jobs.worker import work
from shared.contracts.registration import SpellConfirmedV1, SpellEndedV1, SpellStartedV1
from shared.contracts.rehab_discharged import FinalCertificateV1, PatientDischargedV1, RehabOutcome
from shared.kernel.identifiers import employer_id, new_id, person_id
from shared.testing.driver import ServiceDriver, driven
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

READ = "jobs:seeker:read"
WRITE = "jobs:seeker:write"
READ_PLACEMENTS = "jobs:placement:read"
AN_INSTANT = datetime(2026, 9, 16, 2, 0, tzinfo=UTC)
PERSON = 12
EMPLOYER = 8
STARTS_ON = date(2026, 9, 1)
WAGE_SEN = 260_000
INTERVIEW = {
    "employer": employer_id(EMPLOYER),
    "held_on": "2026-08-20",
    "mode": "in_person",
    "outcome": "successful",
}
OFFER = {
    "employer": employer_id(EMPLOYER),
    "position": "Storekeeper",
    "wage": {"amount": "2600.00", "currency": "MYR"},
    "starts_on": "2026-09-01",
    "accepted": True,
}


def discharged(
    *,
    person: int = PERSON,
    outcome: RehabOutcome = RehabOutcome.FIT_FOR_OTHER_WORK,
    referral: UUID | None = None,
    claim: UUID | None = None,
) -> PatientDischargedV1:
    """A discharge from the Melaka centre."""
    certificate = FinalCertificateV1(certificate=new_id(), issued_on=date(2026, 7, 31), fit_from=date(2026, 8, 3))
    return PatientDischargedV1(
        person=person,
        referral=referral or new_id(),
        claim=claim or new_id(),
        revision=2,
        centre="MELAKA",
        discharged_on=date(2026, 8, 2),
        outcome=outcome,
        final_certificate=certificate,
    )


@dataclass(frozen=True)
class Spell:
    """One employment, told by registration in up to three events."""

    person: int = PERSON
    employer: int = EMPLOYER
    started_on: date = STARTS_ON
    spell: UUID = field(default_factory=new_id)

    @property
    def started(self) -> SpellStartedV1:
        return SpellStartedV1(revision=1, **self._whole())

    @property
    def confirmed(self) -> SpellConfirmedV1:
        return SpellConfirmedV1(revision=2, confirmed_month="2026-09", wage_sen=WAGE_SEN, **self._whole())

    @property
    def ended(self) -> SpellEndedV1:
        whole = {**self._whole(), "ended_on": date(2026, 10, 31)}
        return SpellEndedV1(revision=3, confirmed_month="2026-09", **whole)

    def _whole(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "spell": self.spell,
            "employer": self.employer,
            "started_on": self.started_on,
        }


class Jobs(ServiceDriver):
    """Jobs on a database of its own."""

    reads = (READ, READ_PLACEMENTS)
    writes = (WRITE,)

    async def search(self, person: int = PERSON) -> str:
        """The path of a fresh search of a person."""
        await self.consume(discharged(person=person))
        found = (await self.get(f"/v1/seekers?person={person_id(person)}&state=open")).json()["data"]
        assert len(found) == 1
        return f"/v1/seekers/{found[0]['seeker']}"

    async def accept(self, search: str, **changes: object) -> str:
        """The placement that an accepted offer makes."""
        answer = await self.post(f"{search}/offers", {**OFFER, **changes})
        assert answer.status_code == 201, answer.text
        placement: str = answer.json()["placement"]
        return placement

    async def placements(self, person: int = PERSON) -> list[dict[str, Any]]:
        """A person's placements, as an officer sees them."""
        listed: list[dict[str, Any]] = (await self.get(f"/v1/placements?person={person_id(person)}")).json()["data"]
        return listed


def jobs_on(databases: Databases, issuer: TestIssuer) -> AbstractAsyncContextManager[Jobs]:
    """A fresh service of jobs."""
    return driven(Jobs, JobsSettings, build, work, databases, issuer)
