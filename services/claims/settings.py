"""What the processes of claims read from their environment."""

from typing import Annotated, ClassVar

from pydantic import Field

from shared.process.settings import Key, KeyIfAny, ServiceSettings, Stated


class ClaimsSettings(ServiceSettings):
    """The common settings, and the key with which a partner's national id is turned into registration's token."""

    service: ClassVar[str] = "claims"

    id_token_key: Key
    # Where letters are posted and messages sent, and the key with which both sides sign; none: they wait.
    gateway_url: Annotated[str, Stated()] = ""
    gateway_key: Annotated[KeyIfAny, Stated()] = None
    # A release of the statute book is noticed within this time once the release before it is gone.
    law_looked_at_every_seconds: float = Field(default=30.0, gt=0, le=60)
    # So many claims that it touches are asked again in a second, fewer while new ones wait; 0: none for now.
    reasked_a_second: int = Field(default=4, ge=0, le=1000)
