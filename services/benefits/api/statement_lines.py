"""Lines of the bank's statement: what came in, as the bank states it."""

from dataclasses import asdict

from fastapi import APIRouter, Depends
from pydantic import Field

from services.benefits.api.dependencies import Cipher, CommittedBeforeAnswer, PayingBank
from services.benefits.api.fields import PaidMoney
from services.benefits.commands.take_statement_lines import TakenLines, TakeStatementLines, take_statement_lines
from services.benefits.domain.errors import OnlyTheBank
from services.benefits.storage.repayments import StatementLine
from shared.security.fields import FieldCipher
from shared.security.scopes import Party, requires
from shared.web.fields import LARGEST_INTEGER, Day, DocumentNumber, Text, Whole
from shared.web.money import In, Out, examples
from shared.web.problems import problems
from shared.web.routing import CommittingRoute, idempotent

router = APIRouter(route_class=CommittingRoute, tags=["statement lines"])

# So many fit into a body with the longest texts.
MOST_LINES = 200


class StatementLineIn(In):
    """Money that came in by one line of a statement."""

    line: Whole = Field(ge=1, le=LARGEST_INTEGER, description="Its number in the statement.", examples=[1])
    amount: PaidMoney
    value_on: Day = Field(description="The day from which it counts.")
    reference: Text = Field(
        max_length=140, description="What the payer wrote.", examples=["R0F3A9C41D2E7B655 BAYARAN BALIK"]
    )


class StatementLinesIn(In):
    """Lines of one statement: all of them, or some."""

    model_config = examples(
        {
            "statement": "2026-11-27/1",
            "lines": [
                {
                    "line": 1,
                    "amount": {"amount": "612.00", "currency": "MYR"},
                    "value_on": "2026-11-27",
                    "reference": "R0F3A9C41D2E7B655",
                }
            ],
        }
    )

    statement: DocumentNumber
    lines: list[StatementLineIn] = Field(min_length=1, max_length=MOST_LINES)

    def command(self, bank: str, cipher: FieldCipher) -> TakeStatementLines:
        """As a command of the bank that sent it."""
        return TakeStatementLines([self._sealed(each, bank, cipher) for each in self.lines])

    def _sealed(self, line: StatementLineIn, bank: str, cipher: FieldCipher) -> StatementLine:
        stated = StatementLine(bank, self.statement, line.line, line.amount.sen, line.value_on, None, b"")
        return stated.sealed(line.reference, cipher)


class StatementLinesOut(Out):
    """What of the lines was new."""

    taken: int = Field(ge=0, le=MOST_LINES, description="Lines that are taken now.", examples=[1])
    repeated: int = Field(ge=0, le=MOST_LINES, description="Lines that were sent before.", examples=[0])

    @classmethod
    def of(cls, taken: TakenLines) -> "StatementLinesOut":
        """From what the command did."""
        return cls(**asdict(taken))


@router.post(
    "/v1/statement-lines",
    status_code=201,
    summary="Send lines of a statement",
    dependencies=[requires("benefits:statement_line:write"), Depends(idempotent)],
    responses=problems(400, 403, 409),
)
async def send_statement_lines(
    body: StatementLinesIn, uow: CommittedBeforeAnswer, caller: Party, cipher: Cipher, bank: PayingBank
) -> StatementLinesOut:
    """Take what came in. A line counts once, by the bank, its statement and its number; one that says otherwise than it
    did before is refused, and nothing of the request is taken. A line with the reference of a recovery makes that
    smaller; what is more than is open, or has another reference, is kept for a person. None is of a day to come, and no
    bank but the organisation's own sends any."""
    if caller.party != bank:
        raise OnlyTheBank()
    return StatementLinesOut.of(await take_statement_lines(body.command(caller.party, cipher), cipher, uow))
