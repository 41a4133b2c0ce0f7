"""While keys are rotated an id may stand under another key, where no index keeps it from being added twice; or under
one that is not here, where its tokens tell."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.storage.keys import Keys
from shared.security.blind_index import id_text
from shared.security.national_id import IdKind, NationalId

_TAKEN = text("""
    SELECT taken_under_any_key(CAST(:ids AS bytea[]), CAST(:numbers AS bytea[]), CAST(:shares_digits AS boolean))
""")


async def taken_under_any_key(
    connection: AsyncConnection, keys: Keys, national_ids: Sequence[NationalId], *, shares_digits: bool
) -> str | None:
    """The constraint that would refuse one of these ids, were all under one key; it looks where there are several.

    Until the transaction ends nobody else adds one of them.
    """
    if not keys.cipher.is_ring:
        return None
    asked = {
        "ids": [index for each in national_ids for index in keys.ids.each_of_id(each)],
        "numbers": [index for each in national_ids for index in keys.numbers.each(each.number)],
        "shares_digits": shares_digits,
    }
    found: str | None = (await connection.execute(_TAKEN, asked)).scalar_one()
    return found


def tokens_of_other_kinds(keys: Keys, national_id: NationalId) -> list[str]:
    """The tokens that the same digits have under every other kind: whoever bears one of them is found by it, also where
    the key of the id is not here."""
    kinds = [kind for kind in IdKind if kind is not national_id.kind]
    return [keys.id_tokens.of_text(id_text(kind, national_id.number)) for kind in kinds]
