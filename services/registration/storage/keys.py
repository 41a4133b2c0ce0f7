"""The keys with which registration stores and finds national ids and personal data."""

from dataclasses import dataclass
from typing import Self

from shared.inbound.keys import InboundKeys
from shared.security.blind_index import BlindIndex, IdTokens
from shared.security.fields import FieldCipher
from shared.security.names import NameTokens


@dataclass(frozen=True)
class Keys:
    """`ids` finds by kind and number, `numbers` by the number alone, `uploads` the same file again; `accounts` and
    `references` what the bank says of the same account and by the same reference; `inbound` keeps what is pushed."""

    cipher: FieldCipher
    ids: BlindIndex
    numbers: BlindIndex
    uploads: BlindIndex
    id_tokens: IdTokens
    name_tokens: NameTokens
    inbound: InboundKeys
    accounts: BlindIndex
    references: BlindIndex

    @classmethod
    def of(cls, field_key: bytes, blind_index_key: bytes, id_token_key: bytes) -> Self:
        """From the three keys of the settings, 32 bytes each."""
        cipher = FieldCipher("1", field_key)
        return cls(
            cipher=cipher,
            ids=BlindIndex(blind_index_key, "national_id.blind_index"),
            numbers=BlindIndex(blind_index_key, "national_id.number_index"),
            uploads=BlindIndex(blind_index_key, "contribution_file.digest"),
            id_tokens=IdTokens(id_token_key),
            name_tokens=NameTokens(id_token_key),
            inbound=InboundKeys.of(blind_index_key, id_token_key, cipher),
            accounts=BlindIndex(blind_index_key, "bank_statement.account"),
            references=BlindIndex(blind_index_key, "bank_credit.reference"),
        )
