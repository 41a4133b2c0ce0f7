"""Where registration keeps what is sealed, for the rotation of its keys: a test holds it against the tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from services.registration.storage.keys import Keys
from shared.persistence.resealing import SealedTable
from shared.security.national_id import IdKind, NationalId

# Of contents, which may have millions of bytes, a few at once.
_OF_PIECES = 8
_OF_FILES = 1


def sealed_tables(keys: Keys) -> Sequence[SealedTable]:
    """All of them; an id is found under the new key from the moment in which it is sealed under it."""

    def indexes_of(number: str, row: Row[Any]) -> Mapping[str, bytes]:
        national_id = NationalId(IdKind(row.kind), number)
        return {"blind_index": keys.ids.of_id(national_id), "number_index": keys.numbers.of(number)}

    ids = SealedTable(
        "national_id",
        {"id": "uuid"},
        ["number_sealed"],
        found_by=indexes_of,
        found=["blind_index", "number_index"],
        also=["kind"],
    )
    return [
        ids,
        SealedTable("person_fact", {"id": "bigint"}, ["sealed"]),
        SealedTable("person_correction", {"correction": "uuid"}, ["value_sealed"]),
        SealedTable("relation_named", {"relation": "uuid"}, ["name_sealed"]),
        SealedTable("register_statement", {"id": "uuid"}, ["said_sealed"]),
        SealedTable("employer_fact", {"id": "bigint"}, ["sealed"]),
        SealedTable("employer_statement", {"statement": "uuid"}, ["value_sealed"]),
        SealedTable("contribution_receipt", {"receipt": "uuid"}, ["reference_sealed"]),
        SealedTable("bank_statement", {"statement": "uuid"}, ["identification_sealed", "content_sealed"], _OF_FILES),
        SealedTable("bank_credit", {"credit": "uuid"}, ["said_sealed"]),
        SealedTable("contribution_upload", {"file": "uuid"}, ["content_sealed"], _OF_FILES),
        SealedTable("contribution_piece", {"file": "uuid", "number": "integer"}, ["content_sealed"], _OF_PIECES),
        SealedTable("contribution_rest", {"file": "uuid"}, ["content_sealed"], _OF_FILES),
        SealedTable("upload_chunk", {"upload": "uuid", "first_byte": "bigint"}, ["content_sealed"], _OF_PIECES),
        SealedTable("contribution_archive", {"archive": "uuid"}, ["content_sealed"], _OF_FILES),
        SealedTable("archive_member", {"archive": "uuid", "number": "integer"}, ["name_sealed"]),
        SealedTable("opening_piece", {"file": "uuid", "piece": "integer"}, ["content_sealed"], _OF_PIECES),
        SealedTable("inbound_event", {"event": "uuid"}, ["sealed"]),
    ]
