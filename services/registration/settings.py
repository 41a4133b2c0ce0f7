"""What the processes of registration read from their environment."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from services.registration.domain.register_statement import Register
from shared.process.settings import Key, KeyId, KeyIfAny, OtherKeys, ServiceSettings


class RegistrationSettings(ServiceSettings):
    """The common settings, the three keys for national ids and personal data, and how far off a spell may lie.

    `days_ahead` is how far ahead it may start or end, `days_back` how far back an employer may end it by itself.
    `banks` are those at which the organisation has an account: their word is that contributions were banked.
    `largest_upload_bytes` is the longest file that comes in parts, `upload_hours` how long its parts may take,
    `most_open_uploads` how many of one party may be open at once.
    `registers` are the public registers that state what is theirs to say, by their parties.
    `field_key_id` names the current pair of `field_key` and `blind_index_key`; `other_keys` are those beside it.
    `document_index_key` finds documents, and what waits for a number; it stays when the others are rotated, and is
    `blind_index_key` where it is not given.
    In a `sandbox` partners try their software: nobody is registered there who may be real.
    """

    service: ClassVar[str] = "registration"

    id_token_key: Key
    field_key: Key
    blind_index_key: Key
    field_key_id: KeyId = "1"
    other_keys: OtherKeys = {}
    document_index_key: KeyIfAny = None
    days_ahead: int = Field(default=60, ge=0, le=366)
    days_back: int = Field(default=30, ge=0, le=366)
    registers: dict[Annotated[str, Field(pattern=r"^register:[1-9][0-9]{0,17}$")], Register] = {
        "register:1": Register.NATIONAL_REGISTRATION,
        "register:2": Register.COMPANIES,
        "register:3": Register.IMMIGRATION,
    }
    banks: frozenset[Annotated[str, Field(pattern=r"^bank:[1-9][0-9]{0,17}$")]] = frozenset({"bank:1"})
    largest_upload_bytes: int = Field(default=2 << 30, ge=1)
    upload_hours: int = Field(default=72, ge=1, le=24 * 31)
    most_open_uploads: int = Field(default=50, ge=1)
    sandbox: bool = False

    @model_validator(mode="after")
    def _keys_are_whole(self) -> Self:
        if any(each.index is None for each in self.other_keys.values()):
            raise ValueError("registration looks for what it seals: every other key has an index")
        if self.field_key_id in self.other_keys:
            raise ValueError("the current key stands among the other keys as well")
        return self

    @model_validator(mode="after")
    def _production_is_no_sandbox(self) -> Self:
        if self.environment == "production" and self.sandbox:
            raise ValueError("a sandbox registers made-up people: it is an installation of its own, not production")
        return self
