"""Three requests of Kafka's protocol that the client library has not: secrets of users (51, 50), and quotas (49).

As Kafka's message definitions have them (AlterUserScramCredentials 0, DescribeUserScramCredentials 0,
AlterClientQuotas 0).
"""

from collections.abc import Sequence
from typing import Any

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Array,
    Boolean,
    CompactArray,
    CompactBytes,
    CompactString,
    Float64,
    Int8,
    Int16,
    Int32,
    Schema,
    String,
    TaggedFields,
)

_TAGS = ("tags", TaggedFields)
_NO_TAGS: dict[int, bytes] = {}


class AlterScramUsersAnswer(Response):  # type: ignore[misc]
    """The outcome of each user."""

    API_KEY = 51
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                _TAGS,
            ),
        ),
        _TAGS,
    )


class AlterScramUsersV0(RequestStruct):  # type: ignore[misc]
    """Secrets to forget, and secrets to know."""

    API_KEY = 51
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = AlterScramUsersAnswer
    SCHEMA = Schema(
        ("deletions", CompactArray(("name", CompactString("utf-8")), ("mechanism", Int8), _TAGS)),
        (
            "upsertions",
            CompactArray(
                ("name", CompactString("utf-8")),
                ("mechanism", Int8),
                ("iterations", Int32),
                ("salt", CompactBytes),
                ("salted_password", CompactBytes),
                _TAGS,
            ),
        ),
        _TAGS,
    )


class AlterScramUsers(Request[AlterScramUsersV0]):  # type: ignore[misc]
    """Know or forget users by their secret."""

    API_KEY = 51

    def __init__(
        self,
        deletions: Sequence[tuple[str, int]] = (),
        upsertions: Sequence[tuple[str, int, int, bytes, bytes]] = (),
    ) -> None:
        self._deletions = [(*each, _NO_TAGS) for each in deletions]
        self._upsertions = [(*each, _NO_TAGS) for each in upsertions]

    def build(self, request_struct_class: type[AlterScramUsersV0]) -> AlterScramUsersV0:
        """The request of a version."""
        return request_struct_class(self._deletions, self._upsertions, {})


class DescribeScramUsersAnswer(Response):  # type: ignore[misc]
    """By which mechanisms each user is known."""

    API_KEY = 50
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        ("error_message", CompactString("utf-8")),
        (
            "results",
            CompactArray(
                ("user", CompactString("utf-8")),
                ("error_code", Int16),
                ("error_message", CompactString("utf-8")),
                ("credentials", CompactArray(("mechanism", Int8), ("iterations", Int32), _TAGS)),
                _TAGS,
            ),
        ),
        _TAGS,
    )


class DescribeScramUsersV0(RequestStruct):  # type: ignore[misc]
    """Which users are asked about."""

    API_KEY = 50
    API_VERSION = 0
    FLEXIBLE_VERSION = True
    RESPONSE_TYPE = DescribeScramUsersAnswer
    SCHEMA = Schema(("users", CompactArray(("name", CompactString("utf-8")), _TAGS)), _TAGS)


class DescribeScramUsers(Request[DescribeScramUsersV0]):  # type: ignore[misc]
    """Ask whether a user is known."""

    API_KEY = 50

    def __init__(self, user: str) -> None:
        self._user = user

    def build(self, request_struct_class: type[DescribeScramUsersV0]) -> DescribeScramUsersV0:
        """The request of a version."""
        return request_struct_class([(self._user, {})], {})


class AlterClientQuotasAnswer(Response):  # type: ignore[misc]
    """The outcome of each entity."""

    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "entries",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("entity", Array(("type", String("utf-8")), ("name", String("utf-8")))),
            ),
        ),
    )


class AlterClientQuotasV0(RequestStruct):  # type: ignore[misc]
    """Limits of entities."""

    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = AlterClientQuotasAnswer
    SCHEMA = Schema(
        (
            "entries",
            Array(
                ("entity", Array(("type", String("utf-8")), ("name", String("utf-8")))),
                ("ops", Array(("key", String("utf-8")), ("value", Float64), ("remove", Boolean))),
            ),
        ),
        ("validate_only", Boolean),
    )


class AlterClientQuotas(Request[AlterClientQuotasV0]):  # type: ignore[misc]
    """Limit how much a user may send and read."""

    API_KEY = 49

    def __init__(self, entries: Sequence[tuple[Any, Any]]) -> None:
        self._entries = list(entries)

    def build(self, request_struct_class: type[AlterClientQuotasV0]) -> AlterClientQuotasV0:
        """The request of a version."""
        return request_struct_class(self._entries, False)
