"""What every process of every service reads from its environment (variables ``JARING_…``).

A missing value stops the start, and so does one that was plainly left over from an example.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.web.limits import Limits

KEY_BYTES = 32
_PLACEHOLDER = re.compile(r"<.*>|change[-_ ]?me|(placeholder|example|secret|password|todo)", re.IGNORECASE)


def _key(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        key = base64.b64decode(str(value), validate=True)
    except binascii.Error:
        raise ValueError("a key is base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes")
    return key


@dataclass(frozen=True)
class Stated:
    """Marks a setting with a default that every deployment states all the same."""


_Masked = PlainSerializer(lambda _: "**********", return_type=str)
Key = Annotated[bytes, BeforeValidator(_key), _Masked, Field(repr=False)]
# One that need not be given.
KeyIfAny = Annotated[
    bytes | None, BeforeValidator(lambda value: None if value is None else _key(value)), _Masked, Field(repr=False)
]


KeyId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class OtherKey(BaseModel):
    """A key beside the current one: what stands under it is opened and found, and nothing more is written under it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    field: Key
    # Of a service that looks for what it sealed.
    index: KeyIfAny = None


OtherKeys = dict[KeyId, OtherKey]


class ServiceSettings(BaseSettings):
    """The settings that all services share; each service adds its own beside its ``service`` name."""

    model_config = SettingsConfigDict(
        env_prefix="JARING_", env_nested_delimiter="__", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    service: ClassVar[str]

    environment: Literal["local", "test", "production"]
    database_url: SecretStr
    kafka: str
    topic_prefix: Annotated[str, Stated()] = ""
    http_host: Annotated[str, Stated()] = "127.0.0.1"
    http_port: int
    # Of an API: so many processes answer on this port, each also on one of its own, from `metrics_port` on.
    http_processes: Annotated[int, Field(ge=1, le=64)] = 1
    metrics_port: Annotated[int, Field(ge=1, le=65_000)] | None = None
    # Of a worker: a name that no other worker of the service has, kept over restarts. Empty: the broker gives it an id.
    member: Annotated[str, Stated()] = ""
    # Of a worker: how far it steps back behind other processes of its machine, as `nice` says it.
    nice: Annotated[int, Field(ge=0, le=19)] = 0
    token_issuer: str
    token_keys: str
    token_keys_trusted_seconds: Annotated[float, Field(gt=0)] = 3600
    cursor_key: Key
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Stated()] = "INFO"
    traces: Annotated[Literal["none", "zipkin_json", "otlp"], Stated()] = "none"
    # Of the requests that nobody asks to be traced, so many are; a span for each statement only where one looks for it.
    trace_ratio: Annotated[float, Field(ge=0, le=1), Stated()] = 0.1
    trace_statements: bool = False
    # The most connections of the process's pool; a worker's relay, and its name, have each one of their own beside it.
    pool_size: Annotated[int, Field(gt=0)] = 10
    limits: Limits = Limits()
    heartbeat_after_traffic: float = 3.0
    heartbeat_idle: float = 30.0
    failpoints: Path | None = None
    clock_file: Path | None = None

    @field_validator("database_url", "kafka", "token_issuer", "token_keys", mode="before")
    @classmethod
    def _is_not_a_placeholder(cls, value: object) -> object:
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        try:
            password = urlsplit(text).password or text
        except ValueError:
            # The reason that urlsplit gives would show the address, and the password in it, on the way down.
            raise ValueError("this is no address: quote what is special in its user or password") from None
        if not text or _PLACEHOLDER.fullmatch(password):
            raise ValueError("a placeholder is left here: set the real value")
        return value

    @model_validator(mode="after")
    def _production_has_no_failpoints(self) -> Self:
        if self.environment == "production" and self.failpoints is not None:
            raise ValueError("failpoints end the process: production has none")
        return self

    @model_validator(mode="after")
    def _production_has_no_other_clock(self) -> Self:
        if self.environment == "production" and self.clock_file is not None:
            raise ValueError("a clock file moves the business clock: production keeps the machine's time")
        return self

    @model_validator(mode="after")
    def _each_process_has_a_port_of_its_own(self) -> Self:
        own = self.metrics_ports
        if self.http_processes > 1 and not own:
            raise ValueError("several processes need metrics_port: a scrape of the shared port reaches any of them")
        if self.http_port in own:
            raise ValueError("http_port is one of the ports from metrics_port on")
        return self

    @property
    def metrics_ports(self) -> tuple[int, ...]:
        """The own port of each process; empty where there is one process, whose port is its own."""
        if self.metrics_port is None or self.http_processes == 1:
            return ()
        return tuple(range(self.metrics_port, self.metrics_port + self.http_processes))

    @property
    def audience(self) -> str:
        """What a token for this service names in ``aud``."""
        return f"jaring-{self.service}"

    @classmethod
    def stated(cls) -> tuple[str, ...]:
        """The environment variables that every deployment states: whatever else there is keeps its default."""
        return tuple(
            f"{cls.model_config['env_prefix']}{name.upper()}"
            for name, field in cls.model_fields.items()
            if field.is_required() or any(isinstance(mark, Stated) for mark in field.metadata)
        )
