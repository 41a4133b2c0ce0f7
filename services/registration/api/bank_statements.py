"""Bank statements: the bank sends what came on the organisation's account, and sees what became of it."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field

from services.registration.api.dependencies import Banks, CommittedBeforeAnswer, Looker
from services.registration.commands.release_bank_statement import ReleaseBankStatement
from services.registration.commands.release_bank_statement import release_bank_statement as handle_release
from services.registration.commands.state_bank_statement import StateBankStatement, state_bank_statement
from services.registration.domain.bank_statements import (
    BankStatement,
    BankStatementKind,
    BankStatementState,
    HeldFor,
    KeptCredit,
    KeptStatement,
)
from services.registration.domain.contribution import month_of
from services.registration.domain.errors import BankStatementNotXml, ReceiptOfBankOnly
from services.registration.domain.receipts import KeptReceipt
from services.registration.files.camt import read_bank_statements
from services.registration.queries import bank_statements
from services.registration.storage.persons import Viewer
from shared.kernel.identifiers import employer_id
from shared.security.scopes import Party, officers_only, requires
from shared.web.ids import EmployerId
from shared.web.money import Money, Out, SignedMoney
from shared.web.paging import Listing, Page
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

PATH = "/v1/bank-statements"

router = APIRouter(route_class=CommittingRoute, tags=["bank statements"])

_BYTES = "application/octet-stream"
_XML_TYPES = ("application/xml", "text/xml", _BYTES)
LARGEST = 8 << 20
_EXAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M-2026-08-14</MsgId><CreDtTm>2026-08-14T23:00:00+08:00</CreDtTm></GrpHdr>
<Stmt><Id>S-2026-08-14</Id><CreDtTm>2026-08-14T23:00:00+08:00</CreDtTm>
<Acct><Id><Othr><Id>514012345678</Id></Othr></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="MYR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-08-14</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="MYR">1103.65</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-08-14</Dt></Dt></Bal>
<Ntry><Amt Ccy="MYR">103.65</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-08-14</Dt></BookgDt><ValDt><Dt>2026-08-14</Dt></ValDt><AcctSvcrRef>FPX000731</AcctSvcrRef>
<BkTxCd><Prtry><Cd>FPX</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>PAY-1</EndToEndId></Refs>
<RmtInf><Ustrd>RF30E000000007202607</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""
_MESSAGE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A camt.053.001 or camt.054.001 document, version .02 or .08, with one statement or more.",
        "content": {
            "application/xml": {"schema": {"type": "string", "maxLength": LARGEST}, "example": _EXAMPLE},
            # The same bytes: clients that are generated from the document send no XML of their own.
            _BYTES: {"schema": {"type": "string", "format": "binary", "maxLength": LARGEST}},
        },
    }
}
StatementInPath = Annotated[UUID, Path(description="The statement.")]
_Count = Annotated[int, Field(ge=0, le=1_000_000, examples=[1])]


@dataclass(frozen=True, slots=True)
class _Message:
    """The bytes of a message, and the statements that were read in them."""

    content: bytes
    stated: list[BankStatement]


class BankStatementOut(Out):
    """A statement of the account, and what became of its credits; the counts stand when it is taken."""

    statement: UUID
    kind: BankStatementKind
    identification: str = Field(max_length=35, description="Its Id in the message.", examples=["S-2026-08-14"])
    state: BankStatementState
    held_for: HeldFor | None = Field(description="What does not fit: nothing of it counts, and it is sent again right.")
    created_at: datetime
    received_at: datetime
    entries: _Count = Field(description="Entries that are booked.")
    credits: _Count = Field(description="Credits, and what went back of some, each detail on its own.")
    amount: SignedMoney = Field(description="What came, less what went back.")
    repeated: _Count = Field(description="Credits that were known from another message.")
    matched: _Count = Field(description="Credits that are an employer's receipts.")
    unmatched: _Count = Field(description="Credits that nobody has matched.")

    @classmethod
    def of(cls, kept: KeptStatement) -> Self:
        """From what is stored."""
        return cls(
            statement=kept.id,
            kind=kept.kind,
            identification=kept.identification,
            state=kept.state,
            held_for=kept.held_for,
            created_at=kept.created_at,
            received_at=kept.received_at,
            entries=kept.entries,
            credits=kept.credits,
            amount=SignedMoney.of(kept.credits_sen),
            repeated=kept.repeated,
            matched=kept.matched,
            unmatched=kept.unmatched,
        )


class BankStatementsOut(Out):
    """The statements of a message, as they stand."""

    statements: list[BankStatementOut] = Field(max_length=100)


class UnallocatedOut(Out):
    """Money on the account that is no employer's, or of no fund yet, and why."""

    credit: UUID | None = Field(description="The id of what no employer's receipt is yet: it is matched by a task.")
    receipt: UUID | None = Field(description="The id of a receipt, which is of an employer and month.")
    employer: EmployerId | None
    month: str | None = Field(min_length=7, max_length=7, examples=["2026-07"])
    amount: Money
    banked_on: date
    reversal: bool = Field(description="Whether it went back, and nobody knows of which credit.")
    reason: str = Field(max_length=64, description="A stable code; for officers alone where it is a receipt's.")
    remittance: list[Annotated[str, Field(max_length=140)]] = Field(
        max_length=64, description="What the payer wrote, and the references; for officers alone."
    )

    @classmethod
    def of(cls, found: KeptCredit | KeptReceipt, looker: Viewer) -> Self:
        """From what is stored, as the looker may see it."""
        if isinstance(found, KeptReceipt):
            receipt, allocation = found.receipt, found.allocation
            why = None if allocation is None else allocation.unallocated_for
            return cls(
                credit=None,
                receipt=found.id,
                employer=employer_id(receipt.employer),
                month=str(month_of(receipt.month)),
                amount=Money.of(receipt.amount_sen),
                banked_on=receipt.banked_on,
                reversal=False,
                reason=str(why) if looker.officer else "unallocated",
                remittance=[],
            )
        said = found.credit
        return cls(
            credit=found.id,
            receipt=None,
            employer=None,
            month=None,
            amount=Money.of(said.amount_sen),
            banked_on=said.banked_on,
            reversal=said.is_reversal,
            reason=str(found.unmatched_for or found.state),
            remittance=[*said.texts, *said.references] if looker.officer else [],
        )


async def _message(request: Request) -> _Message:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _XML_TYPES:
        raise BankStatementNotXml()
    # In a thread, and before the unit of work: a large message takes a second, and nobody is to wait for it.
    content = await request.body()
    return _Message(content, await asyncio.to_thread(read_bank_statements, content))


@router.post(
    PATH,
    status_code=202,
    summary="Send what came on the account",
    dependencies=[requires("registration:bank_statement:write"), Depends(idempotent)],
    responses=problems(400, 403, 409, 413, 415, 422),
    openapi_extra=_MESSAGE,
)
async def send_bank_statement(
    message: Annotated[_Message, Depends(_message)], uow: CommittedBeforeAnswer, caller: Party, banks: Banks
) -> BankStatementsOut:
    """Send a camt.053 statement or a camt.054 notification, as a bank of the organisation, or as an officer.

    An officer's counts once another one has released it.

    Each credit counts once, whichever messages state it, and is matched to the employer and month whose payment
    reference its payer wrote. What is not matched is unallocated, and a task for two officers. What the bank reverses
    is taken back. A statement whose balances or sums do not fit is held: nothing of it counts.
    """
    if not caller.is_officer and caller.party not in banks:
        raise ReceiptOfBankOnly()
    officer = caller.subject if caller.is_officer else None
    found = await state_bank_statement(StateBankStatement(message.stated, message.content, caller.party, officer), uow)
    return BankStatementsOut(statements=[BankStatementOut.of(each) for each in found])


@router.get(
    PATH,
    summary="List bank statements",
    dependencies=[requires("registration:bank_statement:read")],
    responses=problems(400, 422),
)
async def list_bank_statements(
    listing: Listing,
    uow: CommittedBeforeAnswer,
    looker: Looker,
    state: Annotated[BankStatementState | None, Query(description="Those alone that stand there.")] = None,
) -> Page[BankStatementOut]:
    """Those that the caller sent; all for the organisation's officers."""
    found = await bank_statements.list_statements(state, listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=BankStatementOut.of)


@router.get(
    f"{PATH}/{{statement}}",
    summary="Read a bank statement",
    dependencies=[requires("registration:bank_statement:read")],
    responses=problems(404),
)
async def read_bank_statement(
    statement: StatementInPath, uow: CommittedBeforeAnswer, looker: Looker
) -> BankStatementOut:
    """One that the caller sent; any for the organisation's officers."""
    return BankStatementOut.of(await bank_statements.find_statement(statement, looker, uow))


@router.post(
    f"{PATH}/{{statement}}/releases",
    status_code=201,
    summary="Release an officer's bank statement",
    dependencies=[requires("registration:bank_statement:release"), Depends(officers_only), Depends(idempotent)],
    responses=problems(403, 404, 409),
)
async def release_bank_statement(
    statement: StatementInPath, uow: CommittedBeforeAnswer, caller: Party
) -> BankStatementOut:
    """Let it count, as another officer than the one who sent it."""
    return BankStatementOut.of(await handle_release(ReleaseBankStatement(statement, caller.subject), uow))


@router.get(
    "/v1/unallocated-receipts",
    summary="List money that is nobody's yet",
    dependencies=[requires("registration:contribution_receipt:read")],
    responses=problems(400, 422),
)
async def list_unallocated_receipts(
    listing: Listing, uow: CommittedBeforeAnswer, looker: Looker
) -> Page[UnallocatedOut]:
    """Credits of no employer and receipts of no fund, each sen once.

    All of them for the organisation's officers, what it stated for a bank, what it paid for an employer."""
    found = await bank_statements.list_unallocated(listing.after_id, listing.limit, looker, uow)
    return listing.page(found, item=lambda each: UnallocatedOut.of(each, looker))
