"""Where benefits keeps what is sealed, for the rotation of its key: a test holds it against the tables."""

from typing import Any

from sqlalchemy import Row

from services.benefits.storage.payees import account_place, content_place
from services.benefits.storage.repayments import written_place
from shared.persistence.resealing import SealedTable

# Of contents, which may have millions of bytes, one at once.
_OF_FILES = 1


def _of_payee(column: str, row: Row[Any]) -> str:
    return account_place(column, row.party, row.version)


def _of_line(_: str, row: Row[Any]) -> str:
    return written_place(row.id)


def _of_file(_: str, row: Row[Any]) -> str:
    return content_place(row.id)


def _of_file_again(_: str, row: Row[Any]) -> str:
    return content_place(row.bank_file)


SEALED_TABLES = [
    SealedTable("payee", {"party": "text", "version": "integer"}, ["account_name", "account_number"], where=_of_payee),
    SealedTable("statement_line", {"id": "uuid"}, ["written"], where=_of_line),
    SealedTable("bank_file", {"id": "uuid"}, ["content"], _OF_FILES, where=_of_file),
    SealedTable("rendered_again", {"bank_file": "uuid"}, ["content"], _OF_FILES, where=_of_file_again),
]
