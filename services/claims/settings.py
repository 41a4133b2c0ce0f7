"""What the processes of claims read from their environment."""

from typing import ClassVar

from shared.process.settings import Key, ServiceSettings


class ClaimsSettings(ServiceSettings):
    """The common settings, and the key with which a partner's national id is turned into registration's token."""

    service: ClassVar[str] = "claims"

    id_token_key: Key
