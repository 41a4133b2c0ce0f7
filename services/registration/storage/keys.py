"""The keys with which registration stores and finds national ids and personal data."""

from dataclasses import dataclass
from typing import Self

from services.registration.settings import RegistrationSettings
from shared.inbound.keys import InboundKeys
from shared.process.settings import OtherKeys
from shared.security.blind_index import BlindIndex, IdTokens
from shared.security.fields import FieldCipher
from shared.security.names import NameTokens


@dataclass(frozen=True)
class Keys:
    """`ids` finds by kind and number, `numbers` by the number alone, each under every key of the ring.

    `uploads` finds the same file again, `accounts` and `references` what the bank says of the same account and by the
    same reference, `waiting` what waits for a number; `inbound` keeps what is pushed."""

    cipher: FieldCipher
    ids: BlindIndex
    numbers: BlindIndex
    uploads: BlindIndex
    id_tokens: IdTokens
    name_tokens: NameTokens
    inbound: InboundKeys
    accounts: BlindIndex
    references: BlindIndex
    waiting: BlindIndex

    @classmethod
    def of(
        cls,
        field_key: bytes,
        blind_index_key: bytes,
        id_token_key: bytes,
        *,
        key_id: str = "1",
        others: OtherKeys | None = None,
        document_index_key: bytes | None = None,
    ) -> Self:
        """From the keys of the settings, 32 bytes each."""
        beside = others or {}
        cipher = FieldCipher(key_id, field_key, {id_: each.field for id_, each in beside.items()})
        found_by = [each.index for each in beside.values() if each.index is not None]
        document_key = document_index_key or blind_index_key
        return cls(
            cipher=cipher,
            ids=BlindIndex(blind_index_key, "national_id.blind_index", found_by),
            numbers=BlindIndex(blind_index_key, "national_id.number_index", found_by),
            uploads=BlindIndex(document_key, "contribution_file.digest"),
            id_tokens=IdTokens(id_token_key),
            name_tokens=NameTokens(id_token_key),
            inbound=InboundKeys.of(document_key, id_token_key, cipher),
            accounts=BlindIndex(document_key, "bank_statement.account"),
            references=BlindIndex(document_key, "bank_credit.reference"),
            # As the first index of numbers was: what waited before the first rotation is still woken.
            waiting=BlindIndex(document_key, "national_id.number_index"),
        )

    @classmethod
    def of_settings(cls, settings: RegistrationSettings) -> Self:
        """Those that a process was given."""
        return cls.of(
            settings.field_key,
            settings.blind_index_key,
            settings.id_token_key,
            key_id=settings.field_key_id,
            others=settings.other_keys,
            document_index_key=settings.document_index_key,
        )
