"""Letters on which another service waits, with all that was said of their messages."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.messages.message import Receipt
from shared.messages.repository import KeptLetter, LetterRepository

Said = list[list[Receipt]]

_PAGE = text("""
    SELECT letter.id FROM letter
    WHERE kind = 'certificate_due' AND (CAST(:after AS uuid) IS NULL OR letter.id > :after)
          AND EXISTS (SELECT FROM message JOIN message_event ON message_event.message = message.id
                      WHERE message.letter = letter.id AND (receipt IS NOT NULL OR officers IS NOT NULL))
    ORDER BY letter.id LIMIT :limit
""")


class LettersWaitedForRepository:
    """Reads them inside one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._letters = LetterRepository(connection)

    async def page(self, after: UUID | None, limit: int) -> list[tuple[KeptLetter, Said]]:
        """Those of which anything was said, in the order of their ids, after one; what was said of each message."""
        ids = (await self._connection.execute(_PAGE, {"after": after, "limit": limit})).scalars()
        return [found for id_ in ids if (found := await self._read(id_)) is not None]

    async def said_of(self, id_: UUID) -> Said:
        """What was said of each message of a letter."""
        messages = [message for message, _ in await self._letters.messages_of(id_)]
        return [await self._letters.receipts(each.id) for each in messages]

    async def _read(self, id_: UUID) -> tuple[KeptLetter, Said] | None:
        kept = await self._letters.find(id_)
        return None if kept is None else (kept, await self.said_of(id_))
