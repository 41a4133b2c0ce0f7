"""What was kept long enough: set by set, in pieces; the database refuses whatever is younger (docs/privacy.md)."""

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

# By the machine's clock, as all retention is. Money that is nobody's yet rests on what its payer wrote: it stays.
_OF_BYTES = "now() - interval '2 years'"
_OF_RECORDS = "now() - interval '7 years'"
# As long as topics hold what was published of whoever bore them.
_OF_TOKENS = "now() - interval '14 days'"
# Whoever is erasing somebody out of a file holds it: it goes the next time.
_UNHELD = "FOR NO KEY UPDATE OF contribution_file SKIP LOCKED"


def _of_files(table: str, key: str) -> TextClause:
    """What is kept beside files, of those that are over. All files there ever were are older than what is kept of them:
    so the search begins a week before the first of these by id was received. An id's order is no fact about time: where
    one misleads, others that are over go once it has gone."""
    return text(f"""
        DELETE FROM {table} WHERE ({key}) IN (
            SELECT {", ".join(f"kept.{name}" for name in key.split(", "))}
            FROM contribution_file JOIN {table} AS kept USING (file)
            WHERE closed_at < {_OF_BYTES} AND finished_at < {_OF_BYTES} AND closed_at >= (
                SELECT oldest.stored_at - interval '7 days' FROM contribution_file AS oldest
                WHERE oldest.file = (SELECT first.file FROM {table} AS first ORDER BY first.file LIMIT 1))
            ORDER BY closed_at LIMIT :limit {_UNHELD})
    """)  # noqa: S608 - constants


_CLASSES = {
    "uploads": _of_files("contribution_upload", "file"),
    "pieces": _of_files("contribution_piece", "file, number"),
    "file_persons": _of_files("contribution_file_person", "file, number"),
    "rests": _of_files("contribution_rest", "file"),
    "bank_messages": text(f"""
        UPDATE bank_statement SET content_sealed = '' WHERE statement IN (
            SELECT statement FROM bank_statement
            WHERE content_sealed <> '' AND received_at < {_OF_RECORDS} AND state IN ('taken', 'held')
            LIMIT :limit)
    """),  # noqa: S608 - constants
    "payers_texts": text(f"""
        UPDATE bank_credit SET said_sealed = '' WHERE credit IN (
            SELECT credit FROM bank_credit
            WHERE said_sealed <> '' AND received_at < {_OF_RECORDS}
              AND state NOT IN ('unmatched', 'set_aside')
            LIMIT :limit)
    """),  # noqa: S608 - constants
    "search_hits": text(f"""
        DELETE FROM person_search_hit WHERE (search, person) IN (
            SELECT hit.search, hit.person FROM person_search JOIN person_search_hit AS hit USING (search)
            WHERE searched_at < {_OF_RECORDS} LIMIT :limit)
    """),  # noqa: S608 - constants
    "searches": text(f"""
        DELETE FROM person_search WHERE search IN (
            SELECT old.search FROM person_search AS old
            WHERE old.searched_at < {_OF_RECORDS}
              AND NOT EXISTS (SELECT FROM person_search_hit AS hit WHERE hit.search = old.search)
            LIMIT :limit)
    """),  # noqa: S608 - constants
    "cover_inquiries": text(f"""
        DELETE FROM cover_inquiry WHERE id IN (
            SELECT id FROM cover_inquiry WHERE asked_at < {_OF_RECORDS} LIMIT :limit)
    """),  # noqa: S608 - constants
    "erased_ids": text(f"""
        DELETE FROM recalled_erased_id WHERE id_token IN (
            SELECT id_token FROM recalled_erased_id WHERE read_back_at < {_OF_TOKENS} LIMIT :limit)
    """),  # noqa: S608 - constants
}


# By the one function that may: whoever changes them otherwise is refused.
_OPENING_PIECES = text("SELECT empty_opening_pieces(:limit)")
_BY_FUNCTION = {"opening_pieces": _OPENING_PIECES}
RECORD_CLASSES = (*_CLASSES, *_BY_FUNCTION)


class RetentionRepository:
    """For the worker's role."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def forget(self, record_class: str, limit: int) -> int:
        """Let go of so many of a class at most; how many it was."""
        if record_class in _BY_FUNCTION:
            return int((await self._connection.execute(_BY_FUNCTION[record_class], {"limit": limit})).scalar_one())
        return (await self._connection.execute(_CLASSES[record_class], {"limit": limit})).rowcount
