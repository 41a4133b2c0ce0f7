"""What the processes of benefits read from their environment."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from services.benefits.domain.bank_text import bank_text
from shared.process.settings import Key, KeyId, OtherKeys, ServiceSettings
from shared.security.fields import FieldCipher
from shared.web.fields import ACCOUNT_NUMBER_PATTERN, BIC_PATTERN

# Written into every encrypted value; that of the first key.
FIELD_KEY_ID = "benefits-1"

_PAYING = {"paying_account", "paying_bic"}


class BenefitsSettings(ServiceSettings):
    """The common settings, the key of payees' accounts, and the account that the organisation pays from."""

    service: ClassVar[str] = "benefits"

    field_key: Key
    field_key_id: KeyId = FIELD_KEY_ID
    other_keys: OtherKeys = {}
    bank_file_every_seconds: float = Field(default=1.0, gt=0)
    # Another payment calendar, of a release or from a day on, is noticed within this time.
    payment_calendar_every_seconds: float = Field(default=60.0, gt=0)
    # After so many banking days without an answer a bank file needs a person.
    bank_silent_after_banking_days: int = Field(default=3, ge=1, le=30)
    # A change of an account waits so long, unless a second officer releases it.
    account_hold_hours: float = Field(default=72.0, ge=0, le=24 * 90)
    paying_bank: str = Field(default="bank:1", pattern=r"^bank:[1-9][0-9]{0,17}$")
    paying_name: str = Field(default="Jaring", min_length=1, max_length=70)
    paying_account: str = Field(default="000000001", pattern=ACCOUNT_NUMBER_PATTERN)
    paying_bic: str = Field(default="JRNGMYKL", pattern=BIC_PATTERN)

    def cipher(self) -> FieldCipher:
        """What seals under the current key, and opens under each."""
        others = {id_: each.field for id_, each in self.other_keys.items()}
        return FieldCipher(self.field_key_id, self.field_key, others)

    @model_validator(mode="after")
    def _production_names_its_own_account(self) -> Self:
        if self.environment == "production" and not _PAYING.issubset(self.model_fields_set):
            raise ValueError("in production the paying account and its bank are set, not left to the local ones")
        bank_text(self.paying_name)
        return self
