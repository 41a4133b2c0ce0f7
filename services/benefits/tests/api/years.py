"""What tests of benefits that are paid over the years share: a pension, statements about its payee, two officers."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.benefits.consumers import claims_letter, registration
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.tests.support import CLAIM, PERSON, decided, events, listed, monthly
from shared.contracts.claim_assessed import ClaimAssessedV1, Fund, TermV1
from shared.contracts.envelope import Cause
from shared.contracts.letter_told import LetterToldV1
from shared.contracts.registration import PersonRegisteredV1, Residence
from shared.testing.service import ServiceUnderTest

PENSION = "invalidity_pension"
MONTHLY = 182_900
PARTY = f"person:{PERSON}"
STATER, PROPOSER, APPROVER = "officer-3", "officer-1", "officer-2"
_ROLES = ("suspension", "certificate", "acting_party", "increase", "payee_death")
OFFICER = [*(f"benefits:{role}:decide" for role in _ROLES), "benefits:task:read", "benefits:task:write"]
WRITE = [f"benefits:{what}:write" for what in ("suspension", "certificate", "acting_party", "increase")]


def pension(revision: int = 1, *terms: TermV1, first: date = date(2026, 5, 1), **about: Any) -> ClaimAssessedV1:
    """RM1,829.00 a month from May, unless its terms are named."""
    stated = {"benefit": PENSION, "fund": Fund.INVALIDITY, "law": "Act 4 s.20", **about}
    return decided(revision, *(terms or (monthly(first, None, MONTHLY),)), **stated)


async def state(benefits: ServiceUnderTest, path: str, body: Mapping[str, Any], **caller: Any) -> dict[str, Any]:
    """Something is stated by an officer, unless another caller is named."""
    answer = await benefits.call("POST", path, **{"scopes": WRITE, "subject": STATER, **caller}, json=dict(body))
    assert answer.status_code == 201, answer.text
    await benefits.work_off()
    stated: dict[str, Any] = answer.json()
    return stated


async def tasks(benefits: ServiceUnderTest, queue: str) -> list[dict[str, Any]]:
    """What waits in a queue."""
    answer = await benefits.call("GET", f"/v1/tasks?queue={queue}", scopes=OFFICER, subject=PROPOSER)
    assert answer.status_code == 200, answer.text
    open_ = [each for each in answer.json()["data"] if each["state"] == "open"]
    # In the order in which what they are about was stated.
    return sorted(open_, key=lambda each: str(each["subject"]["id"]))


async def decide(benefits: ServiceUnderTest, queue: str, kind: str) -> None:
    """Two officers decide the task that waits in a queue, and what follows is worked off."""
    await approve(benefits, queue, kind)
    await benefits.work_off()


async def approve(benefits: ServiceUnderTest, queue: str, kind: str) -> None:
    """Two officers decide the task that waits in a queue; what follows is left."""
    (task,) = await tasks(benefits, queue)
    assert await answered(benefits, task, kind) == (201, None)


async def answered(
    benefits: ServiceUnderTest, task: Mapping[str, Any], kind: str, since: int = 0
) -> tuple[int, str | None]:
    """Two officers decide a task: what the second one is answered. They name the revision that so many others moved."""
    path, revision = f"/v1/tasks/{task['task']}", task["revision"] + since
    proposer: dict[str, Any] = {"scopes": OFFICER, "subject": PROPOSER}
    approver: dict[str, Any] = {"scopes": OFFICER, "subject": APPROVER}
    said = {"revision": revision, "says": {"kind": kind}}
    for what, caller, body in (("takings", proposer, {}), ("proposals", proposer, said)):
        answer = await benefits.call("POST", f"{path}/{what}", **caller, json=body)
        assert answer.status_code == 201, answer.text
    answer = await benefits.call("POST", f"{path}/approvals", **approver, json={"revision": revision})
    return answer.status_code, answer.json().get("code")


def suspension(**changes: Any) -> dict[str, Any]:
    """July, in which an insured wage of RM1,400.00 was earned."""
    return {
        "payee": PARTY,
        "claim": str(CLAIM),
        "scheme": "act4",
        "benefit": PENSION,
        "ground": "insurable_work",
        "first_on": "2026-07-01",
        "last_on": "2026-07-31",
        "earned": {"amount": "1400.00", "currency": "MYR"},
        "former_average": {"amount": "2950.00", "currency": "MYR"},
        "evidence": "S49-2026-0118",
        **changes,
    }


def order(**changes: Any) -> dict[str, Any]:
    """2.5 % from July for what began in 2026."""
    factor = {"benefit": PENSION, "began_from": 2026, "began_to": 2026, "percent": "2.5"}
    stated = {"instrument": "P.U.(A) 999/2026", "law": "Act 4 (increases by order)", "in_force": "2026-07-01"}
    return {**stated, "factors": [factor], **changes}


def certificate(**changes: Any) -> dict[str, Any]:
    about = {"payee": PARTY, "certificate": "life", "given_by": "payee", "evidence": "R117-2026-0118"}
    return {**about, "held_on": "2026-04-20", **changes}


def guardian(**changes: Any) -> dict[str, Any]:
    about = {"payee": PARTY, "holder": "person:21", "capacity": "guardian", "evidence": "PKSF17-2026-0118"}
    return {**about, "first_on": "2026-01-01", "last_on": "2031-05-01", **changes}


def registered(died_on: date | None, revision: int = 2, person: int = PERSON) -> PersonRegisteredV1:
    """What a register says of a payee."""
    return PersonRegisteredV1(
        person=person,
        revision=revision,
        id_tokens=("ab" * 16,),
        born_on=date(1975, 6, 18),
        residence=Residence.CITIZEN,
        registered_at=datetime(2026, 1, 1, tzinfo=UTC),
        died_on=died_on,
    )


async def tell(benefits: ServiceUnderTest, *events: PersonRegisteredV1) -> None:
    """Registration has told this, and what follows is worked off."""
    await hear(benefits, *events)
    await benefits.work_off()


async def hear(benefits: ServiceUnderTest, *events: PersonRegisteredV1) -> None:
    """Registration has told this; what follows is left."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("registration")) as uow:
        await registration.apply(events, uow)


async def arrives(benefits: ServiceUnderTest, day: date | None, revision: int = 1) -> None:
    """The letters about all certificates that were asked for arrived on a day, or came back; what follows is worked
    off."""
    async with benefits.database.connection() as connection:
        asked = await connection.fetch("SELECT DISTINCT matter, party FROM certificate_request")
    told = [
        LetterToldV1(letter=each["matter"], matter=each["matter"], kind="certificate_due", party=each["party"],
                     told_on=day, revision=revision)
        for each in asked
    ]  # fmt: skip
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("letters")) as uow:
        await claims_letter.apply(told, uow)
    await benefits.work_off()


async def published(benefits: ServiceUnderTest, name: str) -> list[dict[str, Any]]:
    """What was published of one name, oldest first."""
    return [data for type_, data in await events(benefits) if type_ == f"jaring.{name}.v1"]


async def one(benefits: ServiceUnderTest, person: int = PERSON) -> dict[str, Any]:
    """The pension as an officer reads it."""
    (found,) = await listed(benefits, "entitlements", person)
    return found


async def waiting(benefits: ServiceUnderTest, person: int = PERSON) -> list[str]:
    """Why it waits."""
    return [each["reason"] for each in (await one(benefits, person))["waiting"]]


def claim_of(number: int) -> UUID:
    """A claim of its own for each of many."""
    return UUID(int=number)
