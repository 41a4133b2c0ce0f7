"""What the tests of benefits share: what claims would have published, a bank that answers, and what stands then."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from lxml import etree
from sqlalchemy import text

from services.benefits.commands.freeze_bank_file import FreezeBankFile
from services.benefits.commands.settle_entitlement import SettleEntitlement
from services.benefits.consumers import claim_assessed
from services.benefits.domain.parties import party_of
from services.benefits.main import build
from services.benefits.settings import BenefitsSettings
from services.benefits.storage.unit_of_work import BenefitsUnitOfWork
from services.benefits.storage.waiting_for_officers import FOR_OFFICERS
from services.benefits.worker import schedules, work
from shared.contracts.claim_assessed import ClaimAssessedV1, EntitlementV1, Fund, Per, RefusalV1, TermV1
from shared.contracts.envelope import Cause, Event
from shared.kernel.clock import now
from shared.kernel.identifiers import person_id
from shared.testing.servers import Databases
from shared.testing.service import ServiceUnderTest, fresh_service
from shared.testing.tokens import TestIssuer

PERSON = 12
CLAIM = UUID("0197b6a0-6c00-7000-8000-000000000001")
BENEFIT = "temporary_disablement"
ACCOUNT_NUMBER = "5123456789012"
ACCOUNT_NAME = "Aminah binti Osman"
FIRST_DAY, LAST_DAY = date(2026, 7, 16), date(2026, 8, 11)
BANK: dict[str, Any] = {"party": "bank:1", "role": "partner"}
READ = ("benefits:bank_file:read",)
REPORT = ("benefits:status_report:write",)
PAIN_001 = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
_FIXED = datetime(2026, 8, 12, tzinfo=UTC)


def benefits_on(databases: Databases, issuer: TestIssuer) -> AbstractAsyncContextManager[ServiceUnderTest]:
    """The service on an empty database of its own, without its worker running."""
    return fresh_service(BenefitsSettings, build, work, databases, issuer)


def period(first: date, last: date | None, rate_sen: int) -> TermV1:
    """Payable days at a daily rate."""
    return TermV1(per=Per.DAY, sen=rate_sen, first=first, last=last)


def monthly(first: date, last: date | None, sen: int) -> TermV1:
    return TermV1(per=Per.MONTH, sen=sen, first=first, last=last)


def once(day: date, sen: int) -> TermV1:
    return TermV1(per=Per.ONCE, sen=sen, first=day)


def owed_to(party: str, *terms: TermV1, benefit: str = BENEFIT, **stated: Any) -> EntitlementV1:
    """One benefit of one party."""
    usual = {"scheme": "act4", "fund": Fund.EMPLOYMENT_INJURY, "law": "Act 4 s.22", "provisional": False}
    return EntitlementV1(**{**usual, **stated}, party=party, benefit=benefit, terms=terms, decision_hash="ab" * 32)


def assessed(
    revision: int, *entitlements: EntitlementV1, claim: UUID = CLAIM, person: int = PERSON, refuses: Sequence[str] = ()
) -> ClaimAssessedV1:
    """A claim's revision with these entitlements, which refuses these benefits of Act 4."""
    return ClaimAssessedV1(
        claim=claim,
        person=person,
        revision=revision,
        event="accident",
        happened_on=date(2026, 7, 15),
        decided_at=_FIXED,
        revision_hash="cd" * 32,
        entitlements=entitlements,
        refusals=tuple(_refusal(benefit) for benefit in refuses),
    )


def _refusal(benefit: str) -> RefusalV1:
    about = {"reason": "not_covered", "law": "Act 4 s.2(6)", "decision_hash": "ef" * 32}
    return RefusalV1(scheme="act4", benefit=benefit, **about)


def decided(
    revision: int, *periods: TermV1, claim: UUID = CLAIM, person: int = PERSON, **stated: Any
) -> ClaimAssessedV1:
    """A claim's revision with one benefit of its person for these periods; with none it names no benefit at all."""
    owed = owed_to(party_of(person), *periods, **stated)
    return assessed(revision, *(owed,) * bool(periods), claim=claim, person=person)


def refused(revision: int, claim: UUID = CLAIM, person: int = PERSON) -> ClaimAssessedV1:
    return assessed(revision, claim=claim, person=person, refuses=[BENEFIT])


def settling(claim: UUID = CLAIM, person: int = PERSON) -> SettleEntitlement:
    """The command that settles the person's own benefit of a claim."""
    return SettleEntitlement(claim, "act4", BENEFIT, party_of(person))


def first(**about: Any) -> ClaimAssessedV1:
    """27 days at RM65.33: RM1,763.91."""
    return decided(1, period(FIRST_DAY, LAST_DAY, 6533), **about)


def second() -> ClaimAssessedV1:
    """27 days at RM68.00: RM1,836.00."""
    return decided(2, period(FIRST_DAY, LAST_DAY, 6800))


def third() -> ClaimAssessedV1:
    """18 days at RM68.00: RM1,224.00."""
    return decided(3, period(FIRST_DAY, date(2026, 8, 2), 6800))


async def handle_events(benefits: ServiceUnderTest, *events: Event) -> None:
    """Apply and handle events as the consumer would."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("story")) as uow:
        await claim_assessed.apply(events, uow)
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("story")) as uow:
        for event in events:
            await claim_assessed.handle(event, uow)


async def settle(benefits: ServiceUnderTest, *events: Event) -> None:
    await handle_events(benefits, *events)
    await benefits.work_off()


async def enter_payee(benefits: ServiceUnderTest, number: str = ACCOUNT_NUMBER, person: int = PERSON) -> dict[str, Any]:
    body = {
        "person": person_id(person),
        "account_name": ACCOUNT_NAME,
        "account": {"bank_bic": "MBBEMYKL", "number": number},
    }
    answer = await benefits.call("POST", "/v1/payees", scopes=["benefits:payee:write"], json=body)
    assert answer.status_code == 201, answer.text
    entered: dict[str, Any] = answer.json()
    return entered


async def release_payee(benefits: ServiceUnderTest, version: int, person: int = PERSON, officer: str = "second") -> Any:
    """Another officer's word on an account."""
    path = f"/v1/payees/{person_id(person)}/versions/{version}/releases"
    return await _release(benefits, path, officer)


async def enter_account(
    benefits: ServiceUnderTest, party: str, number: str, officer: str = "organisation:1", **holder: str
) -> Any:
    """An officer enters the account of a party of any kind; its own, where no holder is named."""
    capacity = "own" if party.startswith("person:") else "organisation"
    body = {"account_name": ACCOUNT_NAME, "account": {"bank_bic": "MBBEMYKL", "number": number}, "capacity": capacity}
    path, scopes = f"/v1/parties/{party}/accounts", ["benefits:payee:write"]
    return await benefits.call("POST", path, scopes=scopes, subject=officer, json={**body, **holder})


async def release_account(benefits: ServiceUnderTest, party: str, version: int = 1, officer: str = "second") -> Any:
    """Another officer's word on the account of a party of any kind."""
    return await _release(benefits, f"/v1/parties/{party}/accounts/{version}/releases", officer)


async def pay_into(benefits: ServiceUnderTest, party: str, number: str, **holder: str) -> None:
    """One officer enters the account of a party, and another releases it."""
    entered = await enter_account(benefits, party, number, **holder)
    assert entered.status_code == 201, entered.text
    answer = await release_account(benefits, party, entered.json()["version"])
    assert answer.status_code == 201, answer.text


async def _release(benefits: ServiceUnderTest, path: str, officer: str) -> Any:
    return await benefits.call("POST", path, scopes=["benefits:payee:release"], subject=officer)


async def change_payee(benefits: ServiceUnderTest, number: str, person: int = PERSON) -> dict[str, Any]:
    """One officer enters another account, and another releases it."""
    entered = await enter_payee(benefits, number, person)
    answer = await release_payee(benefits, entered["version"], person)
    assert answer.status_code == 201, answer.text
    return entered


async def freeze(benefits: ServiceUnderTest) -> None:
    """Let the timer of the bank file run once."""
    settings = benefits.worker.settings
    assert isinstance(settings, BenefitsSettings)
    timer, *_ = schedules(settings)
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("timer")) as uow:
        await timer.handler(FreezeBankFile(), uow)
    await relay(benefits)


async def relay(benefits: ServiceUnderTest) -> None:
    """As if all had been sent: a bank file is handed out when it was told what is in it."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("relay")) as uow:
        await uow.connection.execute(text("UPDATE outbox SET published_at = now() WHERE published_at IS NULL"))


async def files(benefits: ServiceUnderTest, state: str = "ready", **caller: Any) -> list[dict[str, Any]]:
    answer = await benefits.call("GET", f"/v1/bank-files?state={state}", scopes=READ, **{**BANK, **caller})
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["data"]
    return listed


async def fetch(benefits: ServiceUnderTest, file: Mapping[str, Any]) -> bytes:
    answer = await benefits.call("GET", f"/v1/bank-files/{file['bank_file']}/content", scopes=READ, **BANK)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def transfers(content: bytes) -> list[tuple[str, str]]:
    """End-to-end id and amount of each credit transfer in a bank file."""
    found = etree.fromstring(content).findall(".//p:CdtTrfTxInf", PAIN_001)
    return [
        (each.findtext("p:PmtId/p:EndToEndId", "", PAIN_001), each.findtext("p:Amt/p:InstdAmt", "", PAIN_001))
        for each in found
    ]


def report(
    message_id: str,
    statuses: Mapping[str, str],
    version: str = "10",
    *,
    at: str = "2026-08-12T09:00:00+08:00",
    group: str = "",
    batch: str = "",
    reference: str = "",
) -> bytes:
    """A pain.002 report; a status reads ACSC, or RJCT/AC04 with its reason.

    ``group`` and ``batch`` are elements about the whole file, ``reference`` one about each original transaction.
    """
    transactions = ""
    for end_to_end_id, status in statuses.items():
        code, _, reason = status.partition("/")
        why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
        ids = f"<OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId>"
        about = f"<OrgnlTxRef>{reference}</OrgnlTxRef>" if reference else ""
        transactions += f"<TxInfAndSts>{ids}<TxSts>{code}</TxSts>{why}{about}</TxInfAndSts>"
    original = f"<OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}"
    block = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message_id}</OrgnlPmtInfId>{batch}{transactions}</OrgnlPmtInfAndSts>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S1</MsgId><CreDtTm>{at}</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts>{original}</OrgnlGrpInfAndSts>
{block if batch or transactions else ""}
</CstmrPmtStsRpt></Document>""".encode()


async def send_report(benefits: ServiceUnderTest, file: Mapping[str, Any], body: bytes, **changes: Any) -> Any:
    path = f"/v1/bank-files/{file['bank_file']}/status-reports"
    headers = {"content-type": changes.pop("content_type", "application/xml")}
    caller = {"scopes": REPORT, **BANK, **changes}
    return await benefits.call("POST", path, content=body, headers=headers, **caller)


async def bank_answers(benefits: ServiceUnderTest, status: str = "ACSC") -> list[str]:
    """Freeze what is unsent, fetch every ready file and answer all of it; the amounts."""
    await freeze(benefits)
    amounts = []
    for file in await files(benefits):
        paid = transfers(await fetch(benefits, file))
        answer = await send_report(benefits, file, report(file["message_id"], {id_: status for id_, _ in paid}))
        assert answer.status_code == 200, answer.text
        amounts += [amount for _, amount in paid]
    return amounts


async def listed(benefits: ServiceUnderTest, what: str, person: int = PERSON) -> list[dict[str, Any]]:
    """Payments, entitlements or recoveries of a person, as an officer reads them."""
    scope = {"entitlements": "entitlement", "payments": "payment", "recoveries": "recovery"}[what]
    answer = await benefits.call("GET", f"/v1/{what}?person={person_id(person)}", scopes=[f"benefits:{scope}:read"])
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def for_officers(benefits: ServiceUnderTest) -> dict[str, int]:
    """How much the worker counts that waits until an officer looks at it, by what it is."""
    async with benefits.worker.database.begin(BenefitsUnitOfWork, Cause("test")) as uow:
        rows = (await uow.connection.execute(FOR_OFFICERS, {"now": now()})).all()
    assert all((count > 0) == (seconds > 0) for _, count, seconds in rows)
    return {state: count for state, count, _ in rows if count}


async def balances(benefits: ServiceUnderTest, fund: str = "", **asked: str) -> dict[str, str]:
    """Debits less credits by account, of those that moved; the trial balance must come to nothing, of a fund too."""
    params = {**asked, **({"fund": fund} if fund else {})}
    answer = await benefits.call("GET", "/v1/ledger/balances", scopes=["benefits:ledger:read"], params=params)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["debits"] == body["credits"]
    found = {row["account"]: row["balance"]["amount"] for row in body["accounts"]}
    return {account: amount for account, amount in found.items() if amount != "0.00"}


async def events(benefits: ServiceUnderTest) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of every event in the outbox, in order, but for those that tell what the bank may have."""
    import orjson

    async with benefits.database.connection() as connection:
        rows = await connection.fetch(
            "SELECT type, payload FROM outbox WHERE type NOT LIKE '%.instructed.%' ORDER BY id"
        )
    return [(row["type"], orjson.loads(row["payload"])) for row in rows]
