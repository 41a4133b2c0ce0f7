"""What the processes of claims read from their environment."""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.process.settings import Key, KeyId, KeyIfAny, OtherKeys, ServiceSettings, Stated
from shared.security.fields import FieldCipher

# Written into every encrypted value; that of the first key.
FIELD_KEY_ID = "claims-1"


class ClaimsSettings(ServiceSettings):
    """The common settings, the key with which a partner's national id is turned into registration's token, and that
    under which documents are sealed.
    """

    service: ClassVar[str] = "claims"

    id_token_key: Key
    # Where letters are posted and messages sent, and the key with which both sides sign; none: they wait.
    gateway_url: Annotated[str, Stated()] = ""
    gateway_key: Annotated[KeyIfAny, Stated()] = None
    # A release of the statute book is noticed within this time once the release before it is gone.
    law_looked_at_every_seconds: float = Field(default=30.0, gt=0, le=60)
    # So many claims that it touches are asked again in a second, fewer while new ones wait; 0: none for now.
    reasked_a_second: int = Field(default=4, ge=0, le=1000)
    field_key: Key
    field_key_id: KeyId = FIELD_KEY_ID
    other_keys: OtherKeys = {}

    def cipher(self) -> FieldCipher:
        """What seals under the current key, and opens under each."""
        others = {id_: each.field for id_, each in self.other_keys.items()}
        return FieldCipher(self.field_key_id, self.field_key, others)
