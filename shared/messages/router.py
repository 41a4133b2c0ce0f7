"""The routes of letters and messages, the same in every service that writes to people."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import Field

from shared.kernel.reading import DataKind
from shared.letters.letter import LetterKind, Wording
from shared.letters.rendering import pdf, shown_party
from shared.messages.errors import LetterUnknown, PersonsOnly, ReceiptUnsigned
from shared.messages.gateway import SIGNATURE, is_signed, signed_of_receipt
from shared.messages.message import Channel, Message, MessageReceiptKind, MessageState, Receipt
from shared.messages.receiving import TakeReceipt, take_receipt
from shared.messages.repository import MOST_EVENTS, KeptLetter, LetterRepository, MessageEvent, Preference
from shared.persistence.unit_of_work import UnitOfWork
from shared.security.scopes import Party, officers_only, requires
from shared.security.tokens import Caller
from shared.web.fields import LARGEST_INTEGER, Instant
from shared.web.money import In, Out, examples
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.reading import reads
from shared.web.routing import CommittingRoute, idempotent, made_once, wired

PDF = "application/pdf"
# What letters say: of decisions, and of what is paid.
_TOLD = (DataKind.CLAIM, DataKind.HEALTH, DataKind.WAGE, DataKind.PAYMENT)
_MOST_MESSAGES = 100
# A long letter has some two hundred thousand bytes.
_LARGEST = 8 << 20
_DOCUMENT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The letter, the same bytes each time.",
        "content": {PDF: {"schema": {"type": "string", "format": "binary", "maxLength": _LARGEST}}},
    }
}
_OF_A_MATTER = r"^[a-z_]+(/[A-Za-z0-9-]{1,40}){1,3}$"
AboutFilter = Annotated[
    str | None,
    Query(
        max_length=200,
        pattern=_OF_A_MATTER,
        description="Only letters about this matter",
        examples=["claim/018f0000-0000-7000-8000-000000000001"],
    ),
]
WordingFilter = Annotated[Wording, Query(description="In which language: Malay, English, or one behind the other")]
# A unit of work of the service, under the caller's tenancy.
Unit = Callable[[Request], Awaitable[UnitOfWork]]


@dataclass(frozen=True)
class GatewayKey:
    """The key with which the gateway signs; None where there is no gateway: then nothing is signed by it."""

    key: bytes | None


class LetterOut(Out):
    """A letter: whom it is to, about which revision of which matter. Its content is fetched by itself."""

    letter: UUID
    kind: LetterKind
    about: str = Field(max_length=200, description="Such as claim and its id", examples=["claim/018f0000"])
    revision: int = Field(ge=0, le=LARGEST_INTEGER, description="Of the matter, which the letter explains")
    party: str = Field(max_length=100, description="Whom it is to, by public number", examples=["P000000012T"])
    hash: str = Field(max_length=64, description="SHA-256 of what it says; it begins at the foot of each page")
    written_at: datetime

    @classmethod
    def of(cls, kept: KeptLetter) -> Self:
        """As it is stored."""
        return cls(**_values_of(kept))


class MessageEventOut(Out):
    """One thing that became of a message: an attempt, or what its provider said."""

    what: str = Field(max_length=20, examples=["taken"])
    reason: str = Field(max_length=64, description="A stable code; else empty")
    at: datetime
    by_provider: bool = Field(description="Whether a signed receipt says it")


class MessageOut(Out):
    """A message: the letter on its way by one channel."""

    message: UUID
    channel: Channel
    wording: Wording
    state: MessageState
    attempts: int = Field(ge=0, le=LARGEST_INTEGER)
    reason: str = Field(max_length=64, description="Why nobody was reached, as a stable code; else empty")
    ended_at: datetime | None
    events: list[MessageEventOut] = Field(max_length=MOST_EVENTS, description="Oldest first")


class LetterWithMessages(LetterOut):
    """A letter, and what became of each message that was to bring it."""

    messages: list[MessageOut] = Field(max_length=_MOST_MESSAGES)


class MessageReceiptIn(In):
    """What the provider says of a message; the message's id and the body's bytes are signed."""

    model_config = examples(
        {"receipt": "R-1", "what": "delivered", "at": "2026-08-12T09:00:00Z"},
        {"receipt": "R-2", "what": "bounced", "at": "2026-08-12T09:00:00Z", "reason": "address_unknown"},
    )

    receipt: str = Field(
        pattern=r"^[A-Za-z0-9-]{1,64}$", max_length=64, description="The provider's id of it", examples=["R-1"]
    )
    what: MessageReceiptKind
    at: Instant = Field(
        description="When it was so: of several receipts the latest counts", examples=["2026-08-12T09:00:00Z"]
    )
    reason: str = Field(
        default="",
        pattern=r"^([a-z][a-z0-9_]{0,63})?$",
        max_length=64,
        description="Why, as a code",
        examples=["address_unknown"],
    )


class MessageReceiptOut(Out):
    """That the receipt is kept."""

    receipt: str = Field(max_length=64)


class MessagePreferenceIn(In):
    """How a person wants to be written to."""

    model_config = examples({"wording": "ms", "channel": "email"})

    wording: Wording
    channel: Channel = Field(description="What does not arrive by e-mail or short message goes by post")


class MessagePreferenceOut(Out):
    """How a person is written to; where it said nothing, in both languages and by post."""

    wording: Wording
    channel: Channel
    stated_at: datetime | None

    @classmethod
    def of(cls, preference: Preference) -> Self:
        """As it holds."""
        return cls(wording=preference.wording, channel=preference.channel, stated_at=preference.stated_at)


@dataclass(frozen=True)
class _Signed:
    """What is signed of a receipt, and the signature that came with it."""

    content: bytes
    signature: str
    key: bytes | None

    def checked(self) -> str:
        """The signature, which is the gateway's; raises ReceiptUnsigned."""
        if self.key is None or not is_signed(self.key, self.content, self.signature):
            raise ReceiptUnsigned()
        return self.signature


async def _signed(
    message: UUID,
    request: Request,
    gateway: Annotated[GatewayKey, Depends(wired("gateway_key", GatewayKey))],
    signature: Annotated[
        str,
        Header(
            alias=SIGNATURE,
            max_length=64,
            description="HMAC-SHA-256, in hexadecimal, of the message's id as it was handed over, a line feed and the "
            "body",
        ),
    ] = "",
) -> _Signed:
    # What is wrong with the body is said first: it is checked by the route.
    return _Signed(signed_of_receipt(message, await request.body()), signature, gateway.key)


@made_once
def letter_router(service: str, unit: Unit) -> APIRouter:
    """What a person reads of its letters, what officers read of all, and what the gateway says of messages."""
    router = APIRouter(route_class=CommittingRoute, tags=["letters"])
    _add_reading(router, service, unit)
    _add_preferences(router, service, unit)

    @router.post(
        "/v1/messages/{message}/receipts",
        status_code=202,
        summary="Say what became of a message",
        dependencies=[
            requires(f"{service}:message_receipt:write"),
            Depends(officers_only),
            Depends(idempotent),
        ],
        responses=problems(400, 403, 404, 409, 422),
    )
    async def take_message_receipt(
        message: UUID,
        body: MessageReceiptIn,
        signed: Annotated[_Signed, Depends(_signed)],
        uow: Annotated[UnitOfWork, Depends(unit)],
    ) -> MessageReceiptOut:
        """For the organisation's gateway. Receipts may come in any order and more than once; the latest word counts."""
        receipt = Receipt(body.receipt, body.what, body.at, body.reason)
        await take_receipt(TakeReceipt(message, receipt, signed.checked()), uow)
        return MessageReceiptOut(receipt=body.receipt)

    return router


def _add_reading(router: APIRouter, service: str, unit: Unit) -> None:
    read = [requires(f"{service}:letter:read"), reads(*_TOLD, of="letter")]

    @router.get("/v1/letters", summary="List letters", dependencies=read, responses=problems(400, 422))
    async def list_letters(
        listing: Listing, uow: Annotated[UnitOfWork, Depends(unit)], caller: Party, about: AboutFilter = None
    ) -> Page[LetterOut]:
        """Those to the caller; all of them for the organisation's officers."""
        after, hidden = listing.after_id, await uow.hidden_from(caller.officer)
        found = await LetterRepository(uow.connection).page(about, hidden, after, listing.limit)
        return listing.page(found, item=LetterOut.of)

    @router.get("/v1/letters/{letter}", summary="Read a letter", dependencies=read, responses=problems(404))
    async def read_letter(letter: UUID, uow: Annotated[UnitOfWork, Depends(unit)], caller: Party) -> LetterWithMessages:
        """Whom it is to, and what became of each message that was to bring it."""
        letters = LetterRepository(uow.connection)
        kept, messages = await _find(letter, caller, uow), await letters.messages_of(letter)
        events = await letters.events_of([message.id for message, _ in messages])
        told = [_message_out(message, ended_at, events) for message, ended_at in messages]
        return LetterWithMessages(**_values_of(kept), messages=told)

    @router.get(
        "/v1/letters/{letter}/content",
        summary="Fetch a letter",
        dependencies=read,
        responses={**_DOCUMENT, **problems(404)},
        response_class=Response,
    )
    async def read_letter_content(
        letter: UUID,
        uow: Annotated[UnitOfWork, Depends(unit)],
        caller: Party,
        wording: WordingFilter = Wording.BOTH,
    ) -> Response:
        """The letter as a PDF; it names its party by number. Its ETag is the SHA-256 of what it says."""
        kept = await _find(letter, caller, uow)
        # In a thread: laying out a long letter takes a while.
        content = await asyncio.to_thread(pdf, kept.letter, wording)
        return Response(content, media_type=PDF, headers={"ETag": f'"{kept.hash}-{wording.value}"'})


def _add_preferences(router: APIRouter, service: str, unit: Unit) -> None:
    own = [requires(f"{service}:message_preference:write")]

    @router.get("/v1/message-preference", summary="Read how one is written to", dependencies=own)
    async def read_message_preference(uow: Annotated[UnitOfWork, Depends(unit)], caller: Party) -> MessagePreferenceOut:
        """How the caller is written to."""
        return MessagePreferenceOut.of(await LetterRepository(uow.connection).preference(caller.party))

    @router.post(
        "/v1/message-preference",
        status_code=201,
        summary="Say how one is written to",
        dependencies=[*own, Depends(idempotent)],
        responses=problems(400, 403, 409, 422),
    )
    async def state_message_preference(
        body: MessagePreferenceIn, uow: Annotated[UnitOfWork, Depends(unit)], caller: Party
    ) -> MessagePreferenceOut:
        """From now on, until the person says otherwise. Telephone and e-mail are the gateway's to know."""
        if caller.party_kind != "person":
            raise PersonsOnly()
        letters = LetterRepository(uow.connection)
        await letters.state_preference(caller.party, Preference(body.wording, body.channel))
        return MessagePreferenceOut.of(await letters.preference(caller.party))


async def _find(letter: UUID, caller: Caller, uow: UnitOfWork) -> KeptLetter:
    found = await LetterRepository(uow.connection).find(letter)
    if found is None or str(letter) in await uow.hidden_from(caller.officer):
        raise LetterUnknown()
    return found


def _values_of(kept: KeptLetter) -> dict[str, Any]:
    return {
        "letter": kept.id,
        "kind": kept.kind,
        "about": kept.about,
        "revision": kept.revision,
        "party": shown_party(kept.party),
        "hash": kept.hash,
        "written_at": kept.written_at,
    }


def _message_out(message: Message, ended_at: datetime | None, events: list[MessageEvent]) -> MessageOut:
    return MessageOut(
        message=message.id,
        channel=message.channel,
        wording=Wording(message.wording),
        state=message.state,
        attempts=message.attempts,
        reason=message.reason,
        ended_at=ended_at,
        events=[
            MessageEventOut(what=each.what, reason=each.reason, at=each.at, by_provider=each.receipt is not None)
            for each in events
            if each.message == message.id
        ],
    )
