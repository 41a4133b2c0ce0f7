"""Letters and messages of one service's database: letters and what was said of messages are appended, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import BUSINESS_ZONE, now
from shared.kernel.officers import Officers
from shared.letters.letter import Letter, LetterKind, Wording
from shared.messages.message import (
    OWN_RECEIPTS,
    TOLD_OTHERWISE,
    Channel,
    Message,
    MessageReceiptKind,
    MessageState,
    Receipt,
)
from shared.persistence.life import MAY_ACT

MOST_EVENTS = 1000

_ADD_LETTER = text("""
    INSERT INTO letter (id, kind, about, revision, is_whole, tenant, dated, content, content_hash, written_at)
    VALUES (:id, :kind, :about, :revision, :is_whole, :tenant, :dated, :content, :content_hash, :now)
    ON CONFLICT DO NOTHING
""")
_COLUMNS = "letter.id, kind, about, revision, is_whole, tenant, content, content_hash, written_at"
_FIND_LETTER = text(f"SELECT {_COLUMNS} FROM letter WHERE id = :id")  # noqa: S608 - a constant
_NEWEST = text(f"""
    SELECT DISTINCT ON (tenant) {_COLUMNS} FROM letter WHERE about = :about
    ORDER BY tenant, revision DESC, is_whole DESC, id DESC
""")  # noqa: S608 - a constant
_PAGE = text(f"""
    SELECT {_COLUMNS} FROM letter
    WHERE (CAST(:about AS text) IS NULL OR about = :about) AND (CAST(:after AS uuid) IS NULL OR id > :after)
          AND CAST(id AS text) <> ALL (CAST(:hidden AS text[]))
    ORDER BY id LIMIT :limit
""")  # noqa: S608 - a constant
_ADD_MESSAGE = text("""
    INSERT INTO message (id, letter, tenant, channel, wording, state, attempts, next_at, made_at)
    VALUES (:id, :letter, :tenant, :channel, :wording, 'waiting', 0, :now, :now)
    ON CONFLICT DO NOTHING
""")
# What the gateway has not taken says what is not so any more, however often it was tried.
_SUPERSEDE = text("""
    UPDATE message SET state = 'superseded', next_at = NULL, ended_at = :now
    WHERE state = 'waiting' AND letter IN (
        SELECT id FROM letter
        WHERE about = :about AND tenant = :tenant AND (revision, is_whole) < (:revision, :is_whole))
    RETURNING id
""")
# Of letters before this one, whose place it takes.
_OF_EARLIER = text("""
    SELECT message.id FROM message JOIN letter ON letter.id = message.letter
    WHERE letter.about = :about AND letter.tenant = :tenant AND state = 'undelivered'
      AND (letter.revision, letter.is_whole) < (:revision, :is_whole)
    ORDER BY message.id
""")
_IS_REPLACED = text("""
    SELECT EXISTS (SELECT FROM letter JOIN letter AS newer USING (about, tenant)
                   WHERE letter.id = :letter
                     AND (newer.revision, newer.is_whole) > (letter.revision, letter.is_whole))
""")
_MESSAGE = "id, letter, tenant, channel, wording, state, attempts, next_at, reason"
_FIND = text(f"SELECT {_MESSAGE} FROM message WHERE id = :id")  # noqa: S608 - a constant
# Whoever keeps what was said of it meanwhile refers to the row, and does not wait.
_LOCK = text(f"SELECT {_MESSAGE} FROM message WHERE id = :id FOR NO KEY UPDATE")  # noqa: S608 - a constant
_OF_LETTER = text(f"SELECT {_MESSAGE}, ended_at FROM message WHERE letter = :letter ORDER BY made_at, id")  # noqa: S608
# No row is locked: who only reads letters has no right to change one.
_LOCK_LETTER = text("SELECT pg_advisory_xact_lock(hashtextextended('letter/' || CAST(:letter AS text), 0))")
_COUNT_OF_LETTER = text("SELECT count(*) FROM message WHERE letter = :letter")
# Of a database that was put back none is sent until it is whole again. An attempt is counted before it is made, and the
# next one set: a process that dies meanwhile leaves it to the next.
_LEASE = text(f"""
    WITH due AS (
        SELECT id FROM message WHERE {MAY_ACT} AND next_at <= :now AND state IN ('waiting', 'sent')
        ORDER BY next_at LIMIT :limit FOR UPDATE SKIP LOCKED)
    UPDATE message SET attempts = attempts + 1,
                       next_at = CAST(:now AS timestamptz)
                                 + least(CAST(:first_pause AS interval) * power(2, least(attempts, 30)),
                                         CAST(:longest_pause AS interval))
    FROM due WHERE message.id = due.id
    RETURNING {", ".join(f"message.{each}" for each in _MESSAGE.split(", "))}
""")  # noqa: S608 - constants
_SAVE = text("""
    UPDATE message SET state = :state, next_at = :next_at, reason = :reason, sent_sha256 = coalesce(:sent, sent_sha256),
                       ended_at = CASE WHEN CAST(:next_at AS timestamptz) IS NULL THEN CAST(:now AS timestamptz) END
    WHERE id = :id
""")
_TRIED = text("""
    INSERT INTO message_event (message, tenant, what, reason, at)
    VALUES (:message, :tenant, :what, :reason, :now)
""")
_WRITTEN = text("""
    SELECT written_at, dated FROM letter JOIN message ON message.letter = letter.id WHERE message.id = :message
""")
_RECEIVED = text("""
    INSERT INTO message_event (message, tenant, what, reason, at, receipt, signature)
    SELECT id, tenant, :what, :reason, :at, :receipt, :signature FROM message WHERE id = :message
    ON CONFLICT DO NOTHING
    RETURNING number
""")
_RECEIPTS = text("""
    SELECT receipt, what, at, reason, officers IS NOT NULL AS by_officers FROM message_event
    WHERE message = :message AND (receipt IS NOT NULL OR officers IS NOT NULL)
""")
_TOLD_OTHERWISE = text("""
    INSERT INTO message_event (message, tenant, what, reason, at, officers)
    SELECT id, tenant, 'told_otherwise', '', :at, :officers FROM message WHERE id = :message
    ON CONFLICT DO NOTHING
""")
_EVENTS = text("""
    SELECT message, what, reason, at, receipt FROM message_event
    WHERE message = ANY(CAST(:messages AS uuid[])) ORDER BY number LIMIT :limit
""")
_STATE_PREFERENCE = text("""
    INSERT INTO message_preference (tenant, wording, channel, stated_at) VALUES (:tenant, :wording, :channel, :now)
""")
_PREFERENCE = text("""
    SELECT wording, channel, stated_at FROM message_preference WHERE tenant = :tenant ORDER BY number DESC LIMIT 1
""")


@dataclass(frozen=True)
class KeptLetter:
    """A letter as it is stored, read when it is looked into; ``is_whole``: nothing of its matter was pending."""

    id: UUID
    kind: LetterKind
    about: str
    revision: int
    party: str
    content: bytes
    is_whole: bool
    hash: str
    written_at: datetime

    @cached_property
    def letter(self) -> Letter:
        """What it says; raises ValueError, KeyError where that cannot be read."""
        return Letter.read(self.content)


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """One thing that was said of a message: an attempt, or a receipt of the provider."""

    message: UUID
    what: str
    reason: str
    at: datetime
    receipt: str | None


@dataclass(frozen=True, slots=True)
class Preference:
    """In which languages somebody is written to, by which channel, and since when; nobody said: both, by post."""

    wording: Wording = Wording.BOTH
    channel: Channel = Channel.POST
    stated_at: datetime | None = None


class LetterRepository:
    """Reads and writes them inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, id_: UUID, letter: Letter, *, is_whole: bool) -> bool:
        """Keep a letter; False where it is kept already."""
        values = {
            "id": id_,
            "kind": letter.kind,
            "about": letter.about,
            "revision": letter.revision,
            "is_whole": is_whole,
            "tenant": letter.party,
            "dated": letter.dated,
            "content": letter.written,
            "content_hash": letter.hash,
            "now": now(),
        }
        return (await self._connection.execute(_ADD_LETTER, values)).rowcount > 0

    async def find(self, id_: UUID) -> KeptLetter | None:
        """One letter that the role may see."""
        row = (await self._connection.execute(_FIND_LETTER, {"id": id_})).one_or_none()
        return None if row is None else _kept(row)

    async def newest_about(self, about: str) -> dict[str, KeptLetter]:
        """The newest letter about a matter to each party."""
        return {row.tenant: _kept(row) for row in await self._connection.execute(_NEWEST, {"about": about})}

    async def page(self, about: str | None, hidden: Sequence[str], after: UUID | None, limit: int) -> list[KeptLetter]:
        """Letters that the role may see, in the order of their ids, without those that are hidden from who reads."""
        asked = {"about": about, "hidden": hidden, "after": after, "limit": limit}
        rows = await self._connection.execute(_PAGE, asked)
        return [_kept(row) for row in rows]

    async def add_message(self, id_: UUID, letter: UUID, tenant: str, preference: Preference) -> None:
        """Owe a message by the channel that is preferred; it is sent at once."""
        values = {"id": id_, "letter": letter, "tenant": tenant, "now": now()}
        said = {"channel": preference.channel, "wording": preference.wording}
        await self._connection.execute(_ADD_MESSAGE, values | said)

    async def supersede(self, letter: Letter, *, is_whole: bool) -> list[UUID]:
        """Send none of the earlier letters about the matter that the gateway has not taken."""
        values = {**_place_of(letter, is_whole), "now": now()}
        return list((await self._connection.execute(_SUPERSEDE, values)).scalars())

    async def undelivered_before(self, letter: Letter, *, is_whole: bool) -> list[UUID]:
        """The messages of earlier letters about the matter that reached nobody."""
        return list((await self._connection.execute(_OF_EARLIER, _place_of(letter, is_whole))).scalars())

    async def is_replaced(self, letter: UUID) -> bool:
        """Whether a newer letter to the same party took its place."""
        return bool((await self._connection.execute(_IS_REPLACED, {"letter": letter})).scalar_one())

    async def message(self, message: UUID) -> Message | None:
        """A message as it stands."""
        row = (await self._connection.execute(_FIND, {"id": message})).one_or_none()
        return None if row is None else _message(row)

    async def lock(self, message: UUID) -> Message:
        """A message, locked until the end of the transaction; none is ever deleted."""
        return _message((await self._connection.execute(_LOCK, {"id": message})).one())

    async def messages_of(self, letter: UUID) -> list[tuple[Message, datetime | None]]:
        """The messages of a letter, each with when it ended."""
        rows = await self._connection.execute(_OF_LETTER, {"letter": letter})
        return [(_message(row), row.ended_at) for row in rows]

    async def lock_letter(self, letter: UUID) -> None:
        """Have nobody else decide what becomes of a letter until the end of the transaction."""
        await self._connection.execute(_LOCK_LETTER, {"letter": str(letter)})

    async def count_messages(self, letter: UUID) -> int:
        """How many messages a letter has."""
        return int((await self._connection.execute(_COUNT_OF_LETTER, {"letter": letter})).scalar_one())

    async def lease(self, limit: int, pauses: tuple[Any, Any]) -> list[Message]:
        """Those that are due, each with an attempt more; until the pause is over nobody else takes them."""
        values = {"now": now(), "limit": limit, "first_pause": pauses[0], "longest_pause": pauses[1]}
        return [_message(row) for row in await self._connection.execute(_LEASE, values)]

    async def save(self, message: Message, sent: str | None = None) -> None:
        """Keep how a message stands, and the SHA-256 of what the gateway took."""
        values = {"id": message.id, "state": message.state, "next_at": message.next_at, "reason": message.reason}
        await self._connection.execute(_SAVE, {**values, "sent": sent, "now": now()})

    async def tried(self, message: Message, what: str, reason: str = "") -> None:
        """Note what became of an attempt."""
        values = {"message": message.id, "tenant": message.tenant, "what": what, "reason": reason, "now": now()}
        await self._connection.execute(_TRIED, values)

    async def written_since(self, message: UUID) -> datetime | None:
        """Since when the letter of a message may have been written, also where a database that was put back wrote it
        later on the day; None where there is no such message."""
        row = (await self._connection.execute(_WRITTEN, {"message": message})).one_or_none()
        return None if row is None else min(row.written_at, datetime.combine(row.dated, time(), BUSINESS_ZONE))

    async def receive(self, message: UUID, receipt: Receipt, signature: str) -> bool:
        """Keep what the provider says; False where a receipt of this id is kept already."""
        values = {"message": message, "what": receipt.kind, "reason": receipt.reason, "at": receipt.at}
        found = await self._connection.execute(_RECEIVED, {**values, "receipt": receipt.id, "signature": signature})
        return found.one_or_none() is not None

    async def receipts(self, message: UUID) -> list[Receipt]:
        """All that the provider said of a message, and two officers."""
        return [_receipt(row) for row in await self._connection.execute(_RECEIPTS, {"message": message})]

    async def tell_otherwise(self, message: UUID, officers: Officers) -> None:
        """Keep that both officers found that the person was told otherwise."""
        values = {"message": message, "at": officers.at, "officers": "/".join(officers.both)}
        await self._connection.execute(_TOLD_OTHERWISE, values)

    async def events_of(self, messages: Sequence[UUID]) -> list[MessageEvent]:
        """What was said of these messages, oldest first."""
        values = {"messages": list(messages), "limit": MOST_EVENTS}
        return [MessageEvent(*row) for row in await self._connection.execute(_EVENTS, values)]

    async def state_preference(self, tenant: str, preference: Preference) -> None:
        """Keep how a party wants to be written to from now on."""
        values = {"tenant": tenant, "wording": preference.wording, "channel": preference.channel, "now": now()}
        await self._connection.execute(_STATE_PREFERENCE, values)

    async def preference(self, tenant: str) -> Preference:
        """What a party said last, or what holds where it said nothing."""
        row = (await self._connection.execute(_PREFERENCE, {"tenant": tenant})).one_or_none()
        return Preference() if row is None else Preference(Wording(row.wording), Channel(row.channel), row.stated_at)


def _kept(row: Row[Any]) -> KeptLetter:
    return KeptLetter(
        id=row.id,
        kind=LetterKind(row.kind),
        about=row.about,
        revision=row.revision,
        party=row.tenant,
        content=bytes(row.content),
        is_whole=row.is_whole,
        hash=row.content_hash,
        written_at=row.written_at,
    )


def _receipt(row: Row[Any]) -> Receipt:
    if row.by_officers:
        return Receipt(OWN_RECEIPTS, MessageReceiptKind.DELIVERED, row.at, TOLD_OTHERWISE, by_officers=True)
    return Receipt(row.receipt, MessageReceiptKind(row.what), row.at, row.reason)


def _message(row: Row[Any]) -> Message:
    return Message(
        row.id,
        row.letter,
        row.tenant,
        Channel(row.channel),
        row.wording,
        MessageState(row.state),
        row.attempts,
        row.next_at,
        row.reason,
    )


def _place_of(letter: Letter, is_whole: bool) -> dict[str, Any]:
    return {"about": letter.about, "tenant": letter.party, "revision": letter.revision, "is_whole": is_whole}
