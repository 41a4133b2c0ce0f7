"""What partners push to claims: an accident that happened, a certificate that a hospital issued."""

from typing import Literal

from pydantic import Field, JsonValue

from services.claims.api.dependencies import Tokens, unit
from services.claims.api.fields import CertificateIn
from services.claims.api.notices import NationalIdIn, NoticeIn
from services.claims.domain.claim import Capacity, ClaimKind
from shared.contracts.accident_reported import AccidentPlace
from shared.inbound.keys import InboundKeys
from shared.inbound.models import Models, Pushed, Stated
from shared.inbound.router import LARGEST_BYTES, PATH, inbound_router
from shared.security.tokens import Caller
from shared.web.fields import Day, Flag, Text
from shared.web.ids import EmployerId, PersonId
from shared.web.money import examples

__all__ = ["LARGEST_BYTES", "MODELS", "PATH", "router"]

_NAME = "The person's name beside the national id; hashed, compared and dropped"
_PLACE = "In which circumstances an accident happened (Act 4 ss.2(6), 24, 25)"
_CERTIFICATE: dict[str, JsonValue] = {"first": "2026-07-15", "last": "2026-08-11", "issued_on": "2026-07-15"}
_ID: dict[str, JsonValue] = {"kind": "mykad", "number": "900101145678"}


class AccidentHappened(Pushed):
    """An accident of a person: the same as a notice over REST."""

    model_config = examples(
        {
            "national_id": _ID,
            "name": "AMINAH BINTI YUSOF",
            "employer": "E0000000076",
            "happened_on": "2026-07-15",
            "place": "commuting",
            "interrupted": False,
            "outside_malaysia": False,
            "certificate": _CERTIFICATE,
            "wages_paid_for": ["2026-07-15"],
        },
        {
            "person": "P000000012T",
            "capacity": "dependant",
            "happened_on": "2026-07-15",
            "place": "at_work",
            "died_on": "2026-07-15",
        },
    )

    person: PersonId | None = Field(default=None, description="The person's number, if the sender knows it")
    national_id: NationalIdIn | None = Field(default=None, description="Or the person's national id")
    name: Text | None = Field(default=None, min_length=1, max_length=200, description=_NAME)
    capacity: Capacity | None = Field(
        default=None, description="As what a sender reports that is neither employer, nor hospital, nor the person"
    )
    employer: EmployerId | None = Field(default=None, description="The employer, if the sender knows it")
    happened_on: Day = Field(description="The day of the accident")
    place: AccidentPlace = Field(description=_PLACE)
    interrupted: Flag = Field(default=False, description="Whether a journey was interrupted (Act 4 s.24(2))")
    outside_malaysia: Flag = Field(default=False, description="Whether it happened outside Malaysia (Act 4 s.44A)")
    died_on: Day | None = Field(default=None, description="Where the person died of it: the day of the death")
    certificate: CertificateIn | None = Field(
        default=None, description="Needed for an accident of which the person did not die"
    )
    wages_paid_for: list[Day] = Field(default=[], max_length=366, description="Days that were worked with wages")

    def stated(self, sender: Caller, keys: InboundKeys) -> Stated:
        """As the command of a notice; raises what a notice over REST is refused for."""
        said = {name: getattr(self, name) for name in type(self).model_fields}
        return _notice(NoticeIn.model_construct(kind=ClaimKind.ACCIDENT, caused_by=None, **said), sender, keys)


class MedicalCertificateIssued(Pushed):
    """A hospital certified days of unfitness: it joins what happened to the person on that day, or reports it."""

    model_config = examples(
        {
            "national_id": _ID,
            "name": "AMINAH BINTI YUSOF",
            "kind": "accident",
            "happened_on": "2026-07-15",
            "place": "at_work",
            "certificate": _CERTIFICATE,
        }
    )

    national_id: NationalIdIn
    name: Text = Field(min_length=1, max_length=200, description=_NAME)
    kind: Literal[ClaimKind.ACCIDENT, ClaimKind.DISEASE] = Field(
        default=ClaimKind.ACCIDENT, description="What the certificate is about"
    )
    happened_on: Day = Field(description="The day of the accident, or on which the disease showed")
    place: AccidentPlace | None = Field(default=None, description=f"{_PLACE}; needed of one")
    certificate: CertificateIn

    def stated(self, sender: Caller, keys: InboundKeys) -> Stated:
        """As the command of a notice; raises what a notice over REST is refused for."""
        said = {name: getattr(self, name) for name in type(self).model_fields}
        return _notice(NoticeIn.model_construct(**said), sender, keys)


def _notice(notice: NoticeIn, sender: Caller, keys: InboundKeys) -> Stated:
    """The members were checked already; what is missing between them, and who may send it, is checked as over REST."""
    command = notice.command(sender, Tokens(keys.ids, keys.names))
    return Stated(command, command.id_token or str(command.person), (command.kind, str(command.happened_on)))


MODELS: Models = {"accident.happened": AccidentHappened, "medical.certificate.issued": MedicalCertificateIssued}
router = inbound_router("claims", MODELS, unit)
