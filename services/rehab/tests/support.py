"""What the tests of rehab share: events as the broker would bring them, and a service that hears them."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx

from services.rehab.main import build
from services.rehab.settings import RehabSettings
from services.rehab.worker import work
from shared.contracts.accident_reported import AccidentPlace, AccidentReportedV1
from shared.contracts.claim_assessed import (
    ClaimAssessedV1,
    EntitlementV1,
    Fund,
    PendingV1,
    Per,
    RefusalV1,
    RehabilitationAdvisedV1,
    TermV1,
)
from shared.kernel.clock import today
from shared.kernel.identifiers import new_id, person_id
from shared.testing.driver import ServiceDriver, driven
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

READ = "rehab:referral:read"
WRITE = "rehab:referral:write"
HAPPENED_ON = date(2026, 7, 15)
AN_INSTANT = datetime(2026, 7, 16, 2, 0, tzinfo=UTC)
PERSON = 12
EMPLOYER = 7
_BENEFIT = {"scheme": "act4", "benefit": "temporary_disablement"}
# A provider, and what officers of the queue carry.
HOSPITAL: dict[str, Any] = {"party": "hospital:1", "role": "partner"}
OF_BILLS = ("rehab:bill:read", "rehab:bill:write")
OF_TASKS = ("rehab:task:read", "rehab:task:write", "rehab:bill:decide")
CERTIFICATE = {"issued_on": "2026-07-31", "fit_from": "2026-08-03"}


def accident(claim: UUID, *, person: int = PERSON, revision: int = 1, on: date = HAPPENED_ON) -> AccidentReportedV1:
    """A work accident."""
    return AccidentReportedV1(
        person=person,
        claim=claim,
        notice=new_id(),
        revision=revision,
        employer=EMPLOYER,
        happened_on=on,
        place=AccidentPlace.AT_WORK,
        received_at=AN_INSTANT,
    )


def decided(claim: UUID, *, person: int = PERSON, revision: int = 1, days: int = 27) -> ClaimAssessedV1:
    """A decision with this many payable days at RM65.33."""
    first = date(2026, 7, 16)
    last = date.fromordinal(first.toordinal() + days - 1)
    temporary = EntitlementV1(
        **_BENEFIT,
        fund=Fund.EMPLOYMENT_INJURY,
        law="Act 4 s.22",
        party=f"person:{person}",
        decision_hash="0" * 64,
        provisional=revision == 1,
        terms=(TermV1(per=Per.DAY, sen=6533, first=first, last=last),),
    )
    return _assessed(claim, person, revision, entitlements=(temporary,))


def refused(claim: UUID, *, person: int = PERSON, revision: int = 1) -> ClaimAssessedV1:
    """A refusal for lack of cover."""
    lack = RefusalV1(**_BENEFIT, reason="not_covered", law="Act 4 s.2(6)", decision_hash="0" * 64)
    return _assessed(claim, person, revision, refusals=(lack,))


def pending(claim: UUID, *, person: int = PERSON, revision: int = 1) -> ClaimAssessedV1:
    """The same refusal, while permanent disablement is still to be assessed."""
    board = PendingV1(
        scheme="act4",
        benefit="permanent_disablement",
        reason="assessment_awaited",
        waits_for="officer:medical_board",
        since=AN_INSTANT,
    )
    return refused(claim, person=person, revision=revision).model_copy(update={"pending": (board,)})


def advised(claim: UUID, *, on: date = date(2026, 8, 10), case: UUID | None = None) -> RehabilitationAdvisedV1:
    """A board advises rehabilitation."""
    case, advice = case or UUID(int=claim.int ^ 1), ("prosthesis", "return_to_work")
    return RehabilitationAdvisedV1(
        person=PERSON, claim=claim, case=case, revision=5, happened_on=HAPPENED_ON, sat_on=on, advice=advice
    )


class Rehab(ServiceDriver):
    """Rehab on a database of its own."""

    reads = (READ,)
    writes = (WRITE,)

    async def referral_of(self, claim: UUID) -> dict[str, Any]:
        """The one referral of a claim, as an officer sees it."""
        listed = (await self.get("/v1/referrals?limit=100")).json()["data"]
        found: list[dict[str, Any]] = [each for each in listed if each["claim"] == str(claim)]
        assert len(found) == 1
        return found[0]

    async def taken(self, claim: UUID, **options: Any) -> str:
        """The path of a referral that a case manager has taken."""
        await self.consume(accident(claim, **options))
        path = f"/v1/referrals/{(await self.referral_of(claim))['referral']}"
        assert (await self.post(f"{path}/take", {"case_manager": "cm-0042"})).status_code == 200
        return path

    async def admitted(self, claim: UUID, centre: str = "MELAKA", **options: Any) -> str:
        """The path of a referral whose person lies in a centre since 20 July."""
        path = await self.taken(claim, **options)
        answer = await self.post(f"{path}/admission", {"centre": centre, "admitted_on": "2026-07-20"})
        assert answer.status_code == 200, answer.text
        return path

    async def as_hospital(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        by: Mapping[str, Any] = HOSPITAL,
        key: str | None = None,
    ) -> httpx.Response:
        """A request of a provider about its bills."""
        content = {} if body is None else {"json": dict(body)}
        return await self.service.call(method, path, scopes=OF_BILLS, key=key, **{**by, **content})

    async def bill(self, number: str = "INV-1", *, key: str | None = None, **changes: Any) -> dict[str, Any]:
        """A provider's bill of RM185.00, which officers have been asked about."""
        said = {"treatment": "physiotherapy", "treated_on": today().isoformat()}
        asked = {"person": person_id(PERSON), "amount": {"amount": "185.00", "currency": "MYR"}}
        body = {"bill_number": number, **asked, **said, **changes}
        answer = await self.as_hospital("POST", "/v1/bills", body, key=key)
        assert answer.status_code == 201, answer.text
        await self.work_off()
        sent: dict[str, Any] = answer.json()
        return sent

    async def tasks(self) -> list[dict[str, Any]]:
        """What waits for officers."""
        answer = await self.get("/v1/tasks", scopes=OF_TASKS)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def propose(self, task: Mapping[str, Any], says: Mapping[str, Any]) -> None:
        """The first officer takes the task and proposes."""
        path, by = f"/v1/tasks/{task['task']}", {"scopes": OF_TASKS, "subject": "officer-1"}
        assert (await self.post(f"{path}/takings", {}, **by)).status_code == 201
        answer = await self.post(f"{path}/proposals", {"revision": task["revision"], "says": says}, **by)
        assert answer.status_code == 201, answer.text

    async def approve(self, task: Mapping[str, Any], approver: str = "officer-2") -> tuple[int, str | None]:
        """An officer approves: the status, and the code where that is refused."""
        path, by = f"/v1/tasks/{task['task']}/approvals", {"scopes": OF_TASKS, "subject": approver}
        answer = await self.post(path, {"revision": task["revision"]}, **by)
        return answer.status_code, answer.json().get("code")

    async def decide(
        self, task: Mapping[str, Any], says: Mapping[str, Any], approver: str = "officer-2"
    ) -> tuple[int, str | None]:
        """Two officers decide a task."""
        await self.propose(task, says)
        return await self.approve(task, approver)


def rehab_on(databases: Databases, issuer: TestIssuer) -> AbstractAsyncContextManager[Rehab]:
    """A fresh service of rehab."""
    return driven(Rehab, RehabSettings, build, work, databases, issuer)


def _assessed(claim: UUID, person: int, revision: int, **stands: Any) -> ClaimAssessedV1:
    return ClaimAssessedV1(
        person=person,
        claim=claim,
        revision=revision,
        event="accident",
        happened_on=HAPPENED_ON,
        decided_at=AN_INSTANT,
        revision_hash="0" * 64,
        **{"entitlements": (), "refusals": (), **stands},
    )
