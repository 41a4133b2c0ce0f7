"""Documents prove and decide nothing: how they stand beside what is stated, and what is taken for one."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.claims.domain.document import check_content, media_type_of
from services.claims.domain.errors import (
    DocumentEmpty,
    DocumentHashDiffers,
    DocumentMediaTypeUnsupported,
    DocumentNotOfItsType,
)
from services.claims.domain.evidence import Evidence, EvidenceKind, EvidenceStanding
from services.claims.domain.facts import Spell
from services.claims.domain.standing import standing
from shared.kernel.errors import JaringError
from shared.kernel.periods import Days

AT = datetime(2026, 8, 1, tzinfo=UTC)
DAYS = Days(AT.date(), AT.date() + timedelta(days=9))
SPELLS = (Spell(UUID(int=9), 3, AT.date() - timedelta(days=900), None, 1),)
CERTIFIED = Evidence(
    UUID(int=1), UUID(int=100), "hospital:1", EvidenceKind.CERTIFICATE, AT, issued_on=DAYS.first, days=DAYS
)


def document(number: int, tenant: str, **more: object) -> Evidence:
    at = AT + timedelta(hours=number)
    return Evidence(UUID(int=number), UUID(int=100), tenant, EvidenceKind.DOCUMENT, at, **more)  # type: ignore[arg-type]


def stands(*evidence: Evidence) -> dict[int, EvidenceStanding]:
    return {each.evidence.int: each.standing for each in standing(evidence, SPELLS).pieces}


@pytest.mark.parametrize("tenant", ["hospital:1", "employer:99", "person:7", "organisation:1"])
def test_a_document_waits_for_nobody_and_changes_nothing_that_counts(tenant: str) -> None:
    found = standing((CERTIFIED, document(2, tenant)), SPELLS)
    assert found.waiting == ()
    assert [each.days for each in found.certificates] == [DAYS]


def test_a_party_that_sent_a_document_alone_has_not_spoken_of_days() -> None:
    """What it states of them after a decision waits, as of anybody who came late."""
    wages = Evidence(
        UUID(int=4), UUID(int=100), "employer:3", EvidenceKind.WAGES_PAID, AT + timedelta(hours=4),
        wage_days=(DAYS.first,), late=True,
    )  # fmt: skip
    found = standing((CERTIFIED, document(2, "employer:3"), wages), SPELLS)
    assert found.waiting == (wages.id,)
    assert found.worked_with_wages == ()


def test_its_sender_withdraws_or_replaces_it_and_nobody_else() -> None:
    first = document(2, "employer:3")
    second = document(3, "employer:3", about=first.id)
    assert stands(first, second) == {2: EvidenceStanding.SUPERSEDED, 3: EvidenceStanding.COUNTS}
    gone = replace(document(4, "employer:3", about=second.id), kind=EvidenceKind.WITHDRAWAL)
    assert stands(first, second, gone)[3] is EvidenceStanding.WITHDRAWN
    others = replace(gone, tenant="hospital:1")
    assert stands(first, second, others)[3] is EvidenceStanding.COUNTS


def test_two_parties_documents_dispute_nothing_of_each_other() -> None:
    first, other = document(2, "employer:3", stated={"kind": "payslip"}), document(3, "person:7", stated={"kind": "x"})
    gone = replace(document(4, "employer:3", about=first.id), kind=EvidenceKind.WITHDRAWAL)
    assert stands(first, other, gone)[2] is EvidenceStanding.WITHDRAWN


PDF = b"%PDF-1.7 a report"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "stated", "media_type", "fault"),
    [
        (b"", sha256(b""), "application/pdf", DocumentEmpty),
        (PDF, sha256(PDF + b" "), "application/pdf", DocumentHashDiffers),
        (PDF, sha256(PDF), "text/html", DocumentMediaTypeUnsupported),
        (PDF, sha256(PDF), "image/png", DocumentNotOfItsType),
        (b"<html>", sha256(b"<html>"), "application/pdf", DocumentNotOfItsType),
    ],
)
def test_what_is_no_document_is_refused(content: bytes, stated: str, media_type: str, fault: type[JaringError]) -> None:
    with pytest.raises(fault):
        check_content(content, sha256(content), stated, media_type)


def test_a_document_is_known_by_how_it_begins() -> None:
    check_content(PDF, sha256(PDF), sha256(PDF), "application/pdf")
    assert media_type_of(PDF) == "application/pdf"
    assert media_type_of(b"\x89PNG\r\n\x1a\n0") == "image/png"
    assert media_type_of(b"MZ") is None
