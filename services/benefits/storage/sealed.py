"""Where benefits keeps what is sealed, for the rotation of its key: a test holds it against the tables."""

from typing import Any

from sqlalchemy import Row

from services.benefits.storage.payees import account_place, content_place
from services.benefits.storage.repayments import written_place
from shared.persistence.resealing import SealedTable

# Of contents, which may have millions of bytes, one at once.
_OF_FILES = 1


def _payee_place_of(column: str, row: Row[Any]) -> str:
    return account_place(column, row.party, row.version)


def _line_place_of(_: str, row: Row[Any]) -> str:
    return written_place(row.id)


def _file_place_of(_: str, row: Row[Any]) -> str:
    return content_place(row.id)


def _again_place_of(_: str, row: Row[Any]) -> str:
    return content_place(row.bank_file)


SEALED_TABLES = [
    SealedTable(
        "payee", {"party": "text", "version": "integer"}, ["account_name", "account_number"], where=_payee_place_of
    ),
    SealedTable("statement_line", {"id": "uuid"}, ["written"], where=_line_place_of),
    SealedTable("bank_file", {"id": "uuid"}, ["content"], _OF_FILES, where=_file_place_of),
    SealedTable("rendered_again", {"bank_file": "uuid"}, ["content"], _OF_FILES, where=_again_place_of),
]
