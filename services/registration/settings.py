"""What the processes of registration read from their environment."""

from typing import ClassVar

from pydantic import Field

from shared.process.settings import Key, ServiceSettings


class RegistrationSettings(ServiceSettings):
    """The common settings, the three keys for national ids and personal data, and how far off a spell may lie.

    `days_ahead` is how far ahead it may start or end, `days_back` how far back an employer may end it by itself.
    """

    service: ClassVar[str] = "registration"

    id_token_key: Key
    field_key: Key
    blind_index_key: Key
    days_ahead: int = Field(default=60, ge=0, le=366)
    days_back: int = Field(default=30, ge=0, le=366)
