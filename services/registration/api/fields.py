"""Fields that more than one router of registration takes."""

from typing import Annotated

from pydantic import Field

from services.registration.domain.correction import StatedBy
from shared.kernel.clock import now
from shared.security.national_id import IdKind, NationalId
from shared.security.tokens import Caller
from shared.web.fields import DOCUMENT_PATTERN
from shared.web.money import In

Name = Annotated[str, Field(min_length=1, max_length=150, description="The full name.", examples=["AHMAD BIN ALI"])]
# An employer's, an officer's, or a person's.
Source = Annotated[str, Field(max_length=60, examples=["organisation:1"])]
Officer = Annotated[str, Field(max_length=200, examples=["officer-1"])]


def stated_by(caller: Caller) -> StatedBy:
    """Who states something now: the party, and the officer where it is the organisation's."""
    return StatedBy(caller.party, now(), caller.subject if caller.is_officer else None)


class NationalIdIn(In):
    """A national id; it is stored encrypted and never shown again."""

    kind: IdKind = Field(description="What kind of number it is.", examples=["mykad"])
    number: str = Field(
        min_length=4,
        max_length=20,
        pattern=DOCUMENT_PATTERN,
        description="Dashes may stand in it.",
        examples=["900101-14-5678"],
    )

    def stated(self) -> NationalId:
        """The id itself; raises NationalIdInvalid."""
        return NationalId(self.kind, self.number)
