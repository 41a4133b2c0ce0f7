"""Topic ``claims.letter``: whether a letter arrived, by its receipts alone, alike at first and when stated again."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.contracts.letter_told import LetterToldV1
from shared.kernel.clock import business_day
from shared.messages.message import MessageReceiptKind, MessageState, Receipt, outcome
from shared.messages.repository import KeptLetter


def letter_told(kept: KeptLetter, matter: UUID, receipts: Sequence[Sequence[Receipt]]) -> LetterToldV1:
    """What the receipts of each message of a letter come to: it arrived on the first day on which one of them did, by
    the last word on each."""
    arrived = [day for each in receipts if (day := _arrived_on(each)) is not None]
    return LetterToldV1(
        letter=kept.id,
        matter=matter,
        kind=kept.kind.value,
        party=kept.party,
        told_on=min(arrived, default=None),
        revision=sum(map(len, receipts)),
    )


def _arrived_on(receipts: Sequence[Receipt]) -> date | None:
    told = outcome(receipts)
    if told is None or told[0] is not MessageState.DELIVERED:
        return None
    return business_day(max(each.at for each in receipts if each.kind is MessageReceiptKind.DELIVERED))
