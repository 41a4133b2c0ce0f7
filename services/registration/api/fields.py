"""Fields that more than one router of registration takes."""

from pydantic import Field

from shared.security.national_id import IdKind, NationalId
from shared.web.fields import DOCUMENT_PATTERN
from shared.web.money import In


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
