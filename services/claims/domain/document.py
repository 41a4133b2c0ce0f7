"""Documents that prove what is stated of a claim: what is kept of each beside its bytes, and what may be sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.claims.domain.errors import (
    DocumentEmpty,
    DocumentHashDiffers,
    DocumentMediaTypeUnsupported,
    DocumentNotOfItsType,
)


class DocumentKind(StrEnum):
    """What a document is, as its sender says."""

    MEDICAL_CERTIFICATE = "medical_certificate"
    MEDICAL_REPORT = "medical_report"
    ATTENDANCE_RECORD = "attendance_record"
    POLICE_REPORT = "police_report"
    ROUTE_SKETCH = "route_sketch"
    CONTRACT_OF_SERVICE = "contract_of_service"
    PAYSLIP = "payslip"
    RESIGNATION_LETTER = "resignation_letter"
    CONTRIBUTION_STATEMENT = "contribution_statement"
    APPLICATION = "application"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    BIRTH_CERTIFICATE = "birth_certificate"
    DEATH_CERTIFICATE = "death_certificate"
    FUNERAL_RECEIPT = "funeral_receipt"
    LETTER = "letter"
    OTHER = "other"


class DocumentState(StrEnum):
    """How a document stands."""

    KEPT = "kept"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """Its sender sent another one in its place."""


# Of each type the bytes with which every such file begins.
_BEGINS = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
}
MEDIA_TYPES = tuple(_BEGINS)


@dataclass(frozen=True)
class Document:
    """A document of a claim; its id is that of the statement by which it is evidence.

    ``tenant`` sent it, ``sent_by`` acted of it, ``request`` asked for it. ``is_erased``: its bytes are let go of.
    """

    id: UUID
    claim: UUID
    tenant: str
    sent_by: str
    kind: DocumentKind
    sha256: str
    size: int
    media_type: str
    received_at: datetime
    request: UUID | None = None
    about: UUID | None = None
    state: DocumentState = DocumentState.KEPT
    is_erased: bool = False

    @property
    def stated(self) -> dict[str, str | int]:
        """As evidence holds it."""
        return {"kind": self.kind.value, "sha256": self.sha256, "size": self.size, "media_type": self.media_type}


def media_type_of(content: bytes) -> str | None:
    """The type whose files begin so; None of any other."""
    return next((each for each, begins in _BEGINS.items() if content.startswith(begins)), None)


def check_content(content: bytes, sha256: str, stated_sha256: str, media_type: str) -> None:
    """Raise DocumentMediaTypeUnsupported, DocumentEmpty, DocumentHashDiffers, DocumentNotOfItsType."""
    if media_type not in _BEGINS:
        raise DocumentMediaTypeUnsupported()
    if not content:
        raise DocumentEmpty()
    if sha256 != stated_sha256:
        raise DocumentHashDiffers()
    if not content.startswith(_BEGINS[media_type]):
        raise DocumentNotOfItsType()
