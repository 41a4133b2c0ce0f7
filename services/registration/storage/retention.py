"""What was kept long enough: set by set, in pieces; the database refuses whatever is younger (docs/privacy.md)."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# By the machine's clock, as all retention is. Money that is nobody's yet rests on what its payer wrote: it stays.
_OF_BYTES = "now() - interval '2 years'"
_OF_RECORDS = "now() - interval '7 years'"
# As long as topics hold what was published of whoever bore them.
_OF_TOKENS = "now() - interval '14 days'"
# Whoever is erasing somebody out of a file holds it: it goes the next time.
_UNHELD = "FOR NO KEY UPDATE OF contribution_file SKIP LOCKED"
_CLASSES = {
    "uploads": text(f"""
        DELETE FROM contribution_upload WHERE file IN (
            SELECT file FROM contribution_file JOIN contribution_upload USING (file)
            WHERE finished_at < {_OF_BYTES} LIMIT :limit {_UNHELD})
    """),  # noqa: S608 - constants
    "pieces": text(f"""
        DELETE FROM contribution_piece WHERE (file, number) IN (
            SELECT piece.file, piece.number FROM contribution_file JOIN contribution_piece AS piece USING (file)
            WHERE finished_at < {_OF_BYTES} LIMIT :limit {_UNHELD})
    """),  # noqa: S608 - constants
    "file_persons": text(f"""
        DELETE FROM contribution_file_person WHERE (file, number) IN (
            SELECT named.file, named.number FROM contribution_file JOIN contribution_file_person AS named USING (file)
            WHERE finished_at < {_OF_BYTES} LIMIT :limit {_UNHELD})
    """),  # noqa: S608 - constants
    "rests": text(f"""
        DELETE FROM contribution_rest WHERE file IN (
            SELECT file FROM contribution_file JOIN contribution_rest USING (file)
            WHERE finished_at < {_OF_BYTES} LIMIT :limit {_UNHELD})
    """),  # noqa: S608 - constants
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


class RetentionRepository:
    """For the worker's role."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def forget(self, limit: int) -> dict[str, int]:
        """Let go of so many of each class at most; how many it was, by class."""
        found = {}
        for name, statement in _CLASSES.items():
            found[name] = (await self._connection.execute(statement, {"limit": limit})).rowcount
        found["opening_pieces"] = (await self._connection.execute(_OPENING_PIECES, {"limit": limit})).scalar_one()
        return found
