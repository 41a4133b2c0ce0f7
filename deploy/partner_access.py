"""Let a partner in to Kafka, and out again: its two topics, its name and secret, and what it may do with them.

`python -m deploy.partner_access admit|dismiss employer:12` reads JARING_KAFKA, JARING_TOPIC_PREFIX and
JARING_TOPIC_REPLICATION (1 when absent), and prints the secret once. On one machine `make admit` does it.
"""

import asyncio
import hashlib
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest

from deploy.kafka_requests import AlterClientQuotas, AlterScramUsers, DescribeScramUsers
from deploy.provision import UNFENCED_WITHIN_S, make_missing
from shared.contracts.partner_topics import ANSWERS_RETENTION_MS, EVENTS_RETENTION_MS, PartnerTopics
from shared.contracts.topics import physical

SCRAM_SHA_512 = 2
ITERATIONS = 8192
# So much a second a partner may write, and read: some thousand events.
BYTES_A_SECOND = float(2 << 20)
# Codes of the protocol.
_TOPIC, _GROUP = 2, 3
_LITERAL, _PREFIXED, _ANY = 3, 4, 1
_READ, _WRITE, _DESCRIBE, _ALLOW = 3, 4, 8, 3
_UNKNOWN_USER = 91


async def admit_to_kafka(bootstrap: str, party: str, prefix: str = "", replication: int = 1) -> str | None:
    """Make what is missing of a partner's access; its secret where it was made now, else None.

    Raises:
        ValueError: this is no party.
        RuntimeError: Kafka refused something, with its reason.
    """
    topics = PartnerTopics.of(party)
    async with _administering(bootstrap) as admin:
        await make_missing(admin, _new_topics(topics, prefix, replication))
        user = physical(topics.name, prefix)
        for grant in _grants(topics, prefix):
            answer = await admin._send_to_controller(CreateAclsRequest(*grant))
            _refuse(answer.creation_responses)
        await _limit(admin, user)
        if await _is_known(admin, user):
            return None
        made = secrets.token_urlsafe(32)
        await _set_secret(admin, user, made)
        await _until(admin, user, is_known=True)
        return made


async def dismiss_from_kafka(bootstrap: str, party: str, prefix: str = "") -> None:
    """Take name, secret and grants away. The topics stay: what was pushed counts, and they empty by themselves."""
    user = physical(PartnerTopics.of(party).name, prefix)
    async with _administering(bootstrap) as admin:
        # First: a session that is open keeps its name, and may do nothing any more.
        answer = await admin._send_to_controller(
            DeleteAclsRequest(_ANY, None, _ANY, _principal(user), None, _ANY, _ANY)
        )
        _refuse([each[:2] for each in answer.filter_responses])
        if await _is_known(admin, user):
            answer = await admin._send_to_controller(AlterScramUsers(deletions=[(user, SCRAM_SHA_512)]))
            _refuse([each[1:3] for each in answer.results])
            await _until(admin, user, is_known=False)


def _new_topics(topics: PartnerTopics, prefix: str, replication: int) -> list[NewTopic]:
    shared = {
        "min.insync.replicas": str(max(1, replication - 1)),
        # The broker unpacks what a partner packed, and refuses what is too large then.
        "compression.type": "uncompressed",
        # When it was sent is what the broker says, not what a partner says.
        "message.timestamp.type": "LogAppendTime",
    }
    kept = {topics.events: EVENTS_RETENTION_MS, topics.answers: ANSWERS_RETENTION_MS}
    return [
        NewTopic(physical(name, prefix), 1, replication, topic_configs={**shared, "retention.ms": str(milliseconds)})
        for name, milliseconds in kept.items()
    ]


def _grants(topics: PartnerTopics, prefix: str) -> Sequence[tuple[int, str, int, str, str, int, int]]:
    """It writes its events, reads its answers, and joins groups that begin with its own name."""
    principal = _principal(physical(topics.name, prefix))
    events, answers = physical(topics.events, prefix), physical(topics.answers, prefix)
    granted = [
        (_TOPIC, events, _LITERAL, _WRITE),
        (_TOPIC, events, _LITERAL, _DESCRIBE),
        (_TOPIC, answers, _LITERAL, _READ),
        (_TOPIC, answers, _LITERAL, _DESCRIBE),
        (_GROUP, f"{physical(topics.name, prefix)}.", _PREFIXED, _READ),
    ]
    return [(kind, name, pattern, principal, "*", may, _ALLOW) for kind, name, pattern, may in granted]


async def _limit(admin: AIOKafkaAdminClient, user: str) -> None:
    limits = [(name, BYTES_A_SECOND, False) for name in ("producer_byte_rate", "consumer_byte_rate")]
    answer = await admin._send_to_controller(AlterClientQuotas([([("user", user)], limits)]))
    _refuse([each[:2] for each in answer.entries])


async def _is_known(admin: AIOKafkaAdminClient, user: str) -> bool:
    answer = await admin._send_to_controller(DescribeScramUsers(user))
    ((_, code, reason, _, _),) = answer.results or [("", _UNKNOWN_USER, None, (), {})]
    if code not in (0, _UNKNOWN_USER):
        raise RuntimeError(f"Kafka did not say whether {user} is known: {reason or for_code(code).__name__}")
    return bool(code == 0)


async def _until(admin: AIOKafkaAdminClient, user: str, *, is_known: bool) -> None:
    """The controller has decided it; the broker that is asked hears of it a moment later."""
    async with asyncio.timeout(UNFENCED_WITHIN_S):
        while await _is_known(admin, user) is not is_known:  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(0.05)


async def _set_secret(admin: AIOKafkaAdminClient, user: str, secret: str) -> None:
    """Kafka is told what RFC 5802 derives from the secret, and never the secret."""
    salt = secrets.token_bytes(32)
    salted = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, ITERATIONS)
    made = [(user, SCRAM_SHA_512, ITERATIONS, salt, salted)]
    answer = await admin._send_to_controller(AlterScramUsers(upsertions=made))
    _refuse([each[1:3] for each in answer.results])


def _principal(user: str) -> str:
    return f"User:{user}"


def _refuse(results: Sequence[Sequence[Any]]) -> None:
    for code, reason in results:
        if code != 0:
            raise RuntimeError(f"Kafka refused it: {reason or for_code(code).__name__}")


@asynccontextmanager
async def _administering(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


def main(arguments: Sequence[str] = sys.argv[1:], environment: Mapping[str, str] = os.environ) -> None:
    """Admit or dismiss; ends with code 1 and says why where it cannot."""
    if len(arguments) != 2 or arguments[0] not in ("admit", "dismiss") or "JARING_KAFKA" not in environment:
        raise SystemExit("admit or dismiss, and a party such as employer:12; JARING_KAFKA says where Kafka is")
    what, party = arguments
    bootstrap, prefix = environment["JARING_KAFKA"], environment.get("JARING_TOPIC_PREFIX", "")
    try:
        if what == "dismiss":
            asyncio.run(dismiss_from_kafka(bootstrap, party, prefix))
            return
        replication = int(environment.get("JARING_TOPIC_REPLICATION", "1"))
        made = asyncio.run(admit_to_kafka(bootstrap, party, prefix, replication))
    except (ValueError, RuntimeError) as reason:
        raise SystemExit(str(reason)) from None
    user = physical(PartnerTopics.of(party).name, prefix)
    told = f"KAFKA_SECRET={made}" if made else "# its secret was told when it was made"
    sys.stdout.write(f"KAFKA_USER={user}\n{told}\n")


if __name__ == "__main__":
    main()
