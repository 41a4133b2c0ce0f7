"""Documents: kept sealed with their hash, read by officers, by who sent them and by the person, and by nobody else."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.claims.api.documents import LARGEST_BYTES
from services.claims.api.fields import EvidenceKind as ShownKind
from services.claims.commands.forget_documents import ForgetDocuments, forget_documents
from services.claims.domain.claim import ClaimState
from services.claims.domain.evidence import EvidenceKind
from services.claims.storage.documents import content_place
from services.claims.storage.unit_of_work import ClaimsUnitOfWork
from services.claims.tests.commands.test_forget_person import erased
from services.claims.tests.support import (
    ACCIDENT,
    EMPLOYER,
    OFFICER,
    PERSON,
    all_has_arrived,
    apply_events,
    claim_of,
    decisions_of,
    read,
    registered,
    report,
    role_of,
    tasks_of,
)
from shared.contracts.envelope import Cause
from shared.security.fields import FieldCipher
from shared.testing.clock import BusinessClock
from shared.testing.never_changed import refused_to_every_role
from shared.testing.service import ServiceUnderTest

pytestmark = pytest.mark.postgres

READ, WRITE = ["claims:notice:read"], ["claims:notice:read", "claims:notice:write"]
SENDER, SELF = f"employer:{EMPLOYER}", f"person:{PERSON}"
PDF = b"%PDF-1.7 \x00\xff AMINAH BINTI YUSOF 900101-14-5677"


@pytest.fixture
async def reported(worker: ServiceUnderTest) -> dict[str, Any]:
    """Her employer's notice, decided."""
    found = await report(worker, **ACCIDENT)
    await worker.work_off()
    return found


async def send(
    claims: ServiceUnderTest,
    content: bytes = PDF,
    party: str = SENDER,
    media_type: str = "application/pdf",
    **query: Any,
) -> httpx.Response:
    """Send a document with its hash."""
    asked = {"kind": "medical_report", "sha256": hashlib.sha256(content).hexdigest(), **query}
    headers = {"content-type": media_type}
    caller: dict[str, Any] = {"scopes": WRITE, "party": party, "role": role_of(party), "headers": headers}
    return await claims.call("POST", "/v1/documents", content=content, params=asked, **caller)


async def told(claims: ServiceUnderTest, method: str, path: str, party: str) -> tuple[int, str | None]:
    got = await claims.call(method, path, scopes=WRITE, party=party, role=role_of(party))
    return got.status_code, None if got.is_success else got.json()["code"]


async def test_a_document_is_kept_and_read_back_to_the_byte_by_whom_it_concerns(
    worker: ServiceUnderTest, reported: dict[str, Any]
) -> None:
    answer = await send(worker, claim=reported["claim"])
    assert answer.status_code == 201, answer.text
    sent = answer.json()
    assert (sent["kind"], sent["size"], sent["state"]) == ("medical_report", len(PDF), "kept")
    path = f"/v1/documents/{sent['document']}"
    for party in (SENDER, SELF, OFFICER):
        got = await worker.call("GET", f"{path}/content", scopes=READ, party=party, role=role_of(party))
        assert (got.content, got.headers["content-type"]) == (PDF, "application/pdf")
        assert got.headers["etag"] == f'"{sent["sha256"]}"'
        listed = (await read(worker, f"/v1/claims/{reported['claim']}/documents", party))["data"]
        assert [each["document"] for each in listed] == [sent["document"]]
    nobody = f"{path[:-1]}{'0' if path[-1] != '0' else '1'}"
    for stranger in ("hospital:1", "employer:99", "person:8"):
        for of in (path, f"{path}/content", nobody, f"{nobody}/content"):
            assert await told(worker, "GET", of, stranger) == (404, "document_unknown")
        for of in (path, nobody):
            assert await told(worker, "POST", f"{of}/withdrawal", stranger) == (404, "document_unknown")
        assert (await read(worker, f"/v1/claims/{reported['claim']}/documents", stranger))["data"] == []
        assert (await send(worker, party=stranger, claim=reported["claim"])).json()["code"] == "claim_unknown"
    async with worker.database.connection() as connection:
        sealed = await connection.fetchval("SELECT content_sealed FROM document_content")
    assert b"AMINAH" not in sealed
    assert len(sealed) < len(PDF) + 64, "byte by byte, whatever they are"


async def test_what_was_sealed_as_text_is_read_back_to_the_byte(
    worker: ServiceUnderTest, reported: dict[str, Any]
) -> None:
    id_ = (await send(worker, claim=reported["claim"])).json()["document"]
    cipher: FieldCipher = worker.app.state.field_cipher
    as_text = cipher.encrypt(PDF.decode("latin-1"), content_place(UUID(id_)))
    async with worker.database.connection("migrate") as owner:
        gone = "DELETE FROM document_content WHERE document = $1::uuid RETURNING claim, tenant"
        ((claim, tenant),) = await owner.fetch(gone, id_)
        again = "INSERT INTO document_content VALUES ($1::uuid, $2, $3, $4)"
        await owner.execute(again, id_, claim, tenant, as_text)
    path = f"/v1/documents/{id_}/content"
    got = await worker.call("GET", path, scopes=READ, party=SENDER, role="partner")
    assert got.content == PDF


def test_every_kind_of_evidence_but_documents_is_shown() -> None:
    assert {each.value for each in ShownKind} == {each.value for each in EvidenceKind} - {"document"}


async def test_what_is_wrong_with_a_document_has_a_code(worker: ServiceUnderTest, reported: dict[str, Any]) -> None:
    claim = reported["claim"]

    async def refused(*args: Any, **more: Any) -> tuple[int, str]:
        answer = await send(worker, *args, **more)
        return answer.status_code, answer.json()["code"]

    assert await refused(claim=claim, sha256="0" * 64) == (422, "document_hash_differs")
    assert await refused(b"<html>", claim=claim) == (422, "document_not_of_its_type")
    assert await refused(claim=claim, media_type="text/html") == (415, "document_media_type_unsupported")
    assert await refused(b"", claim=claim) == (422, "document_empty")
    assert await refused() == (422, "document_place_not_one")
    assert await refused(b"%PDF-" + b"0" * LARGEST_BYTES, claim=claim) == (413, "body_too_large")
    assert (await send(worker, claim=claim)).status_code == 201
    assert await refused(claim=claim) == (409, "document_known")
    assert (await send(worker, b"%PDF-2", claim=claim, media_type="application/octet-stream")).status_code == 201
    assert len((await read(worker, f"/v1/claims/{claim}/documents"))["data"]) == 2, "what was refused is not kept"


async def test_its_sender_replaces_and_withdraws_it_and_the_claim_is_asked_again(
    worker: ServiceUnderTest, reported: dict[str, Any]
) -> None:
    claim = reported["claim"]
    first = (await send(worker, claim=claim)).json()
    answer = await send(worker, b"%PDF-2", claim=claim, supersedes=first["document"])
    second = answer.json()
    assert second["supersedes"] == first["document"]
    assert (await send(worker, b"%PDF-3", claim=claim, supersedes=first["document"])).json()["code"] == "document_over"
    assert await told(worker, "POST", f"/v1/documents/{second['document']}/withdrawal", SELF) == (
        403,
        "document_of_another",
    )
    assert await told(worker, "POST", f"/v1/documents/{second['document']}/withdrawal", SENDER) == (200, None)
    assert await told(worker, "POST", f"/v1/documents/{second['document']}/withdrawal", SENDER) == (
        409,
        "document_over",
    )
    await worker.work_off()
    shown = await read(worker, f"/v1/claims/{claim}/evidence")
    assert {first["document"], second["document"]}.isdisjoint({each["evidence"] for each in shown})
    assert [each for each in shown if each["kind"] == "withdrawal"] == [], "documents have a list of their own"
    assert (await send(worker, claim=claim)).status_code == 201, "what was withdrawn may be sent once more"
    assert len(await decisions_of(worker, reported)) == 1, "a document decides nothing"
    listed = (await read(worker, f"/v1/claims/{claim}/documents"))["data"]
    assert [each["state"] for each in listed] == ["superseded", "withdrawn", "kept"]


async def test_evidence_is_not_withdrawn_by_the_way_of_documents_nor_documents_by_that_of_evidence(
    worker: ServiceUnderTest, reported: dict[str, Any]
) -> None:
    sent = (await send(worker, claim=reported["claim"])).json()
    answer = await worker.call(
        "POST", f"/v1/evidence/{sent['document']}/withdrawal", scopes=WRITE, party=SENDER, role="partner"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "evidence_not_changeable")


async def test_a_document_answers_a_request_of_who_sees_nothing_else_of_the_claim(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 26)
    reported = await report(worker, "hospital:1", **{**ACCIDENT, "wages_paid_for": []})
    await worker.work_off()
    (request,) = (await read(worker, "/v1/evidence-requests", SENDER))["data"]
    assert (await send(worker, claim=reported["claim"])).json()["code"] == "claim_unknown"
    assert (await send(worker, party="employer:99", answers=request["request"])).json()["code"] == (
        "evidence_request_unknown"
    )
    sent = (await send(worker, answers=request["request"], kind="payslip")).json()
    assert (sent["claim"], sent["request"]) == (reported["claim"], request["request"])
    (answered,) = (await read(worker, "/v1/evidence-requests", SENDER))["data"]
    assert (answered["state"], answered["closed_for"], answered["answered_by"]) == (
        "answered",
        "document",
        sent["document"],
    )
    assert (await worker.call("GET", f"/v1/claims/{reported['claim']}", scopes=["claims:claim:read"], party=SENDER,
                              role="partner")).status_code == 404  # fmt: skip


async def test_who_decides_sees_that_a_document_has_come(worker: ServiceUnderTest, reported: dict[str, Any]) -> None:
    """An approval of before it is refused: the revision has moved on."""
    loss = await worker.call(
        "POST", f"/v1/claims/{reported['claim']}/evidence", scopes=WRITE, json={"permanent_loss": {"percent": 12}}
    )
    assert loss.status_code == 202
    await worker.work_off()
    [before] = await tasks_of(worker, "evidence")
    assert (await send(worker, claim=reported["claim"], party=SELF)).status_code == 201
    await worker.work_off()
    [now] = await tasks_of(worker, "evidence")
    assert now["revision"] > before["revision"]
    assert now["facts"]["statements"] == before["facts"]["statements"] + 1


async def test_the_bytes_go_with_the_person_and_what_is_said_of_them_stays(
    worker: ServiceUnderTest, reported: dict[str, Any]
) -> None:
    sent = (await send(worker, claim=reported["claim"])).json()
    async with worker.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
        await uow.documents.forget(PERSON)
    path = f"/v1/documents/{sent['document']}"
    assert await told(worker, "GET", f"{path}/content", SENDER) == (404, "document_erased")
    assert (await read(worker, path, SENDER))["is_erased"]


async def test_nothing_more_is_taken_of_whom_nothing_is_kept(
    worker: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    """Erased in the middle of a request: it ends, and neither it nor the claim takes anything any more."""
    business_clock.set_day(2026, 8, 26)
    reported = await report(worker, "hospital:1", **{**ACCIDENT, "wages_paid_for": []})
    await worker.work_off()
    assert (await send(worker, party="hospital:1", claim=reported["claim"])).status_code == 201
    await worker.work_off()
    (request,) = (await read(worker, "/v1/evidence-requests", SENDER))["data"]
    await erased(worker)
    for party, where in (("hospital:1", {"claim": reported["claim"]}), (SENDER, {"answers": request["request"]})):
        refused = await send(worker, b"%PDF-2", party=party, **where)
        assert (refused.status_code, refused.json()["code"]) == (409, "claim_forgotten")
    (ended,) = (await read(worker, "/v1/evidence-requests"))["data"]
    assert (ended["state"], ended["closed_for"]) == ("waived", "not_needed")
    async with worker.database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM document_content") == 0


async def test_what_was_sent_for_a_notice_of_nobody_goes_with_the_person_it_names_or_by_its_age(
    claims: ServiceUnderTest, business_clock: BusinessClock
) -> None:
    business_clock.set_day(2026, 8, 26)
    await apply_events(claims, registered())
    named, ended = await report(claims, "employer:99", **ACCIDENT), await report(claims, "employer:98", **ACCIDENT)
    await all_has_arrived(claims)
    await claims.work_off()
    for party, reported in (("employer:99", named), ("employer:98", ended)):
        assert (await claim_of(claims, reported, party))["state"] == "no_relation"
        assert (await send(claims, party=party, claim=reported["claim"])).status_code == 201

    async def forgets() -> None:
        async with claims.worker.database.begin(ClaimsUnitOfWork, Cause("test")) as uow:
            await forget_documents(ForgetDocuments(), uow)

    async def kept() -> int:
        async with claims.database.connection() as connection:
            return int(await connection.fetchval("SELECT count(*) FROM document_content"))

    await forgets()
    assert await kept() == 2
    business_clock.set_day(2028, 8, 25)
    await forgets()
    assert await kept() == 2, "not two years yet"
    business_clock.set_day(2028, 8, 27)
    await forgets()
    assert await kept() == 0
    assert (await send(claims, b"%PDF-2", party="employer:99", claim=named["claim"])).status_code == 201
    await erased(claims)
    assert await kept() == 0, "by the id that the notice named"


async def test_what_was_sent_is_never_changed(worker: ServiceUnderTest, reported: dict[str, Any]) -> None:
    assert (await send(worker, claim=reported["claim"])).status_code == 201
    never = ("UPDATE document SET sha256 = repeat('0', 64)", "UPDATE document SET tenant = 'x'", "DELETE FROM document")
    await refused_to_every_role(worker.database, "claims", (*never, "UPDATE document_content SET content_sealed = ''"))


async def test_light_duty_owes_nothing_and_is_shown(worker: ServiceUnderTest) -> None:
    """Unfit from 5 to 14 August and fit for light duty until the 24th: 9 days are owed beside the paid first."""
    certificate = {"first": "2026-08-05", "last": "2026-08-24", "issued_on": "2026-08-05"}
    light = {**ACCIDENT, "certificate": {**certificate, "light_duty_from": "2026-08-15"}}
    reported = await report(worker, **light)
    await worker.work_off()
    assert (await claim_of(worker, reported))["state"] == ClaimState.DECIDED
    assert [each["days"] for each in await decisions_of(worker, reported)] == [9]
    shown = await read(worker, f"/v1/claims/{reported['claim']}/evidence")
    (certified,) = (each for each in shown if each["kind"] == "certificate")
    assert certified["stated"] == {"light_duty": {"first": "2026-08-15", "last": "2026-08-24"}}
    assert (certified["first"], certified["last"]) == ("2026-08-05", date(2026, 8, 14).isoformat())
    for day in ("2026-08-05", "2026-08-25"):
        wrong = {**certificate, "light_duty_from": day}
        answer = await worker.call(
            "POST",
            f"/v1/evidence/{certified['evidence']}/correction",
            scopes=WRITE,
            party=SENDER,
            role="partner",
            json={"certificate": wrong},
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "light_duty_outside")


async def test_an_officer_states_a_finding_in_the_place_of_an_earlier_one(
    worker: ServiceUnderTest, reported: dict[str, Any]
) -> None:
    path = f"/v1/claims/{reported['claim']}/evidence"

    async def says(found: str, fact: str = "conduct under section 93", query: str = "") -> httpx.Response:
        body = {"finding": {"fact": fact, "found": found}}
        return await worker.call("POST", path + query, scopes=WRITE, json=body)

    first = (await says("yes")).json()["evidence"]
    other = await says("yes", "breach of immigration law", f"?supersedes={first}")
    assert (other.status_code, other.json()["code"]) == (422, "evidence_not_changeable")
    second = await says("no", query=f"?supersedes={first}")
    assert (second.status_code, second.json()["about"]) == (202, first)
    await worker.work_off()
    standing = {each["evidence"]: each["standing"] for each in await read(worker, path)}
    assert (standing[first], standing[second.json()["evidence"]]) == ("superseded", "waits")
